//! Signalling a process that was proven to be the recorded one, and removing the files
//! that its daemon left.
//!
//! [`permits()`] decides, from the report alone, whether a process may be signalled. Only
//! [`crate::ProbeReport::into_grant`] makes a [`Grant`], and a grant sends no other signal
//! than the one that it was given for, to the process that it holds. Likewise only
//! [`crate::ProbeReport::to_removal`] makes a [`Removal`], for a record whose daemon is
//! proven to be gone. For processes that were recorded as [`crate::process`] does, see
//! [`crate::process::VerifiedProcess`].

mod descendants;
mod family;
mod grant;
mod left;
mod permission;
mod refusal;
mod removal;
mod send_error;
mod survivors;
mod wait;

pub use crate::platform::ExitStatus;
pub use crate::process::{Protected, SendOutcome, Signal, Trust};
pub use grant::Grant;
pub use left::{Left, LeftProcess, Relation};
pub use permission::{Denial, permits};
pub use refusal::Refused;
pub use removal::{KeepReason, Removal};
pub use send_error::SendError;
pub use wait::WaitOutcome;
