//! Stopping a process that was verified, and no other.
//!
//! Whether a process may be stopped is decided by the report on it; only then is
//! there a [`Grant`], and only through a grant can a signal be sent. The grant
//! holds the process that was verified, not its number.

mod grant;
mod judge;

pub(crate) use grant::stop;
pub use grant::{Grant, Sent, Waited};
pub use judge::{Denial, Protected, Stop, judge};
