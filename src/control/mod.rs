//! Stopping a process that was proven to be the recorded one, and removing the files
//! that its daemon left.
//!
//! [`permits()`] decides, from the report alone, whether a process may be stopped. Only
//! [`crate::ProbeReport::into_grant`] makes a [`Grant`], and a grant sends no other signal
//! than the one that it was given for, to the process that it holds. Likewise only
//! [`crate::ProbeReport::to_removal`] makes a [`Removal`], for a record whose daemon is
//! proven to be gone. For processes that were recorded as [`crate::process`] does, see
//! [`crate::process::VerifiedProcess`].

mod grant;
mod permission;
mod removal;

pub use crate::platform::ExitStatus;
pub use crate::process::{Protected, SendOutcome, Trust};
pub use grant::{Grant, Refused, SendError, WaitOutcome};
pub use permission::{Denial, StopSignal, permits};
pub use removal::{KeepReason, Removal};
