//! Stopping a process that was verified, and no other; removing what a daemon
//! left behind, and nothing else.
//!
//! Whether a process may be stopped is decided by the report on it; only then is
//! there a [`Grant`], and only through a grant can a signal be sent. The grant
//! holds the process that was verified, not its number. Likewise only what is
//! provably gone gives a [`Removal`] of its record.

mod grant;
mod permission;
mod removal;

pub use grant::{Grant, SendOutcome, WaitOutcome};
pub(crate) use grant::{refuse_protected, stop};
pub use permission::{Denial, Protected, StopSignal, judge};
pub use removal::{KeepReason, Removal};
