//! Errors of the handle.

use std::io;

use crate::control::{Denial, SendError};
use crate::endpoint::ConnectError;
use crate::identity::CurrentProcessError;
use crate::record::IdentityError;
use crate::report::Report;

/// A [`std::result::Result`] with [`BackendHandleError`].
pub type Result<T> = std::result::Result<T, BackendHandleError>;

/// An error that prevents a daemon from being reached or controlled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackendHandleError {
    /// The record does not describe an identity, or the identity of the calling process
    /// cannot be determined.
    #[error("the identity is unusable: {0}")]
    Identity(#[from] IdentityError),
    /// The daemon is not proven to be the recorded one; the report says which check
    /// failed.
    #[error("{}", .0.summary)]
    Probe(Box<Report>),
    /// The process is proven by a process record, which names no endpoint that answers.
    #[error("PID {pid} has no endpoint that answers: ProbeReport::into_grant controls it")]
    NotADaemon {
        /// PID of the process.
        pid: u32,
    },
    /// No connection could be made.
    #[error("cannot connect: {0}")]
    Connect(#[from] ConnectError),
    /// The process has exited, does not serve the socket, or cannot be signalled.
    #[error("the process cannot be controlled: {0}")]
    VerifyPid(#[from] VerifyPidError),
    /// The daemon did not exit in time.
    #[error("PID {pid} is still alive at the deadline")]
    ShutdownTimeout {
        /// PID of the process that got the signal.
        pid: u32,
    },
}

impl From<CurrentProcessError> for BackendHandleError {
    fn from(error: CurrentProcessError) -> Self {
        Self::Identity(error.into())
    }
}

/// An error that concerns the verified process.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyPidError {
    /// The process has exited.
    #[error("the process has exited")]
    Exited,
    /// Another process serves the socket, or the system does not say which one does.
    #[error("{0}")]
    NotServing(String),
    /// The process is never signalled, for example because it is the caller.
    #[error(transparent)]
    Denied(Denial),
    /// The process is not proven any more to be the recorded one: it has executed another
    /// program, or cannot be examined any more.
    #[error("the process is no longer what was proven ({summary})")]
    Changed {
        /// Summary of the last report.
        summary: String,
    },
    /// The system refused.
    #[error(transparent)]
    System(#[from] io::Error),
}

impl From<SendError> for VerifyPidError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Denied(denial) => Self::Denied(denial),
            SendError::Changed { summary } => Self::Changed { summary },
            SendError::System(error) => Self::System(error),
        }
    }
}
