//! Processes that are proven to be the recorded ones, and the only road to a signal.

mod protected;
mod sending;

pub use crate::signal::{Signal, UnknownSignal};
pub use protected::Protected;
pub(crate) use protected::protection;
pub(crate) use sending::send;
pub use sending::{SendOutcome, SignalError};
