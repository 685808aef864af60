//! Why a signal was not sent.

use std::io;

use super::permission::Denial;
use crate::process::SignalError;

/// An error that prevents a signal from being sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The process is protected, for example because the caller is its descendant.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// The process is not proven any more to be the recorded one: it has executed another
    /// program, or cannot be examined any more.
    #[error("the process is no longer what was proven ({summary})")]
    Changed {
        /// Summary of the last report.
        summary: String,
    },
    /// The system refused, for example because the process belongs to another user.
    #[error(transparent)]
    System(#[from] io::Error),
}

impl From<SignalError> for SendError {
    fn from(error: SignalError) -> Self {
        match error {
            SignalError::Protected { pid, what } => Denial::Protected { pid, what }.into(),
            SignalError::System(error) => error.into(),
        }
    }
}
