//! Handing a connection over to a verified daemon of Windows.

use std::fmt;
use std::io;

use super::handle::BackendHandle;
use crate::platform::{self, Liveness, PinnedProcess};

/// The size of a token in bytes.
pub const HANDOFF_TOKEN_BYTES: usize = 16;

/// The value of a handle of Windows, in the process that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WindowsHandleValue(usize);

impl WindowsHandleValue {
    /// Makes a value from a number.
    #[must_use]
    pub fn new(value: usize) -> Self {
        Self(value)
    }

    /// Returns the number.
    #[must_use]
    pub fn get(self) -> usize {
        self.0
    }
}

/// A secret by which the daemon recognises the message that goes with a handle.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct HandoffToken([u8; HANDOFF_TOKEN_BYTES]);

impl HandoffToken {
    /// Makes a token from the random source of the system.
    ///
    /// # Errors
    ///
    /// The error of that source.
    pub fn generate() -> std::result::Result<Self, getrandom::Error> {
        let mut bytes = [0; HANDOFF_TOKEN_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Makes a token from its bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; HANDOFF_TOKEN_BYTES]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, for the message to the daemon.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; HANDOFF_TOKEN_BYTES] {
        &self.0
    }

    /// Returns the bytes, for the message to the daemon.
    #[must_use]
    pub fn into_bytes(self) -> [u8; HANDOFF_TOKEN_BYTES] {
        self.0
    }
}

impl fmt::Debug for HandoffToken {
    /// Writes no byte of the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandoffToken(..)")
    }
}

impl From<[u8; HANDOFF_TOKEN_BYTES]> for HandoffToken {
    fn from(bytes: [u8; HANDOFF_TOKEN_BYTES]) -> Self {
        Self(bytes)
    }
}

/// A handle that a daemon has got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateHandleSuccess {
    /// The value of the handle in the daemon.
    pub duplicated_handle: WindowsHandleValue,
    /// PID of the daemon.
    pub backend_pid: u32,
    /// The token for the message to the daemon.
    pub handoff_token: HandoffToken,
}

/// The reasons that a daemon has not got a handle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DuplicateHandleError {
    /// Only Windows has such handles.
    #[error("only Windows can give a handle to another process")]
    UnsupportedPlatform,
    /// The daemon has ended since it was verified.
    #[error("PID {backend_pid} has ended since it was verified")]
    CannotOpenBackend {
        /// PID of the daemon.
        backend_pid: u32,
    },
    /// The access control list of the daemon does not allow it.
    #[error("not permitted to give PID {backend_pid} a handle")]
    PermissionDenied {
        /// PID of the daemon.
        backend_pid: u32,
    },
    /// The system refused, for example because the value is no handle of this process.
    #[error("PID {backend_pid} could not be given the handle")]
    DuplicateFailed {
        /// PID of the daemon.
        backend_pid: u32,
        /// The number of the error of the system.
        raw_os_error: Option<i32>,
    },
}

/// The result of giving a daemon a handle.
pub type DuplicateHandleResult = std::result::Result<DuplicateHandleSuccess, DuplicateHandleError>;

impl BackendHandle {
    /// Gives the verified process a copy of a handle of this process, such as that of a pipe
    /// with a client at its other end. Windows: by
    /// [DuplicateHandle](https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-duplicatehandle).
    ///
    /// The process is the one that was verified: it is held, so no other process has its PID.
    /// The caller tells it the value and the token, in a message of the daemon's own protocol.
    ///
    /// # Errors
    ///
    /// See [`DuplicateHandleError`]; on any other system
    /// [`DuplicateHandleError::UnsupportedPlatform`].
    pub fn try_duplicate_windows_handoff_handle(
        &self,
        pipe_handle: WindowsHandleValue,
        handoff_token: HandoffToken,
    ) -> DuplicateHandleResult {
        let process = self.process();
        let backend_pid = process.pid();
        let given = give(process, pipe_handle);
        let duplicated_handle = given.map_err(|error| match error.kind() {
            io::ErrorKind::Unsupported => DuplicateHandleError::UnsupportedPlatform,
            io::ErrorKind::NotFound => DuplicateHandleError::CannotOpenBackend { backend_pid },
            io::ErrorKind::PermissionDenied => {
                DuplicateHandleError::PermissionDenied { backend_pid }
            }
            _ => DuplicateHandleError::DuplicateFailed {
                backend_pid,
                raw_os_error: error.raw_os_error(),
            },
        })?;
        Ok(DuplicateHandleSuccess {
            duplicated_handle,
            backend_pid,
            handoff_token,
        })
    }
}

fn give(process: &PinnedProcess, handle: WindowsHandleValue) -> io::Result<WindowsHandleValue> {
    if process.liveness()? != Liveness::Alive {
        return Err(io::ErrorKind::NotFound.into());
    }
    platform::give_handle(process, handle.get()).map(WindowsHandleValue::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_kept_out_of_logs_and_differs_each_time() {
        let token = HandoffToken::generate().unwrap();
        assert_ne!(token, HandoffToken::generate().unwrap());
        assert_eq!(format!("{token:?}"), "HandoffToken(..)");
        assert_eq!(HandoffToken::from(token.into_bytes()), token);
        assert_eq!(HandoffToken::from_bytes(*token.as_bytes()), token);
    }
}
