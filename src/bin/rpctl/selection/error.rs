//! Errors of a selection.

use crate::failure::Failure;

/// The reason why no record is selected.
#[derive(Debug)]
pub(crate) enum SelectionError {
    /// No record could be meant yet. A daemon that is being started may write one.
    NothingYet(Failure),
    /// Any other error. Waiting does not help.
    Other(anyhow::Error),
}

impl From<anyhow::Error> for SelectionError {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<SelectionError> for anyhow::Error {
    fn from(error: SelectionError) -> Self {
        match error {
            SelectionError::NothingYet(failure) => failure.into(),
            SelectionError::Other(error) => error,
        }
    }
}
