//! Waiting for a verified process without blocking an executor.

use std::io;
use std::time::Duration;

use super::verified::{StopError, VerifiedProcess};

impl VerifiedProcess {
    /// Waits like [`Self::wait`], on a thread of its own. Dropping the future abandons the
    /// wait.
    ///
    /// # Errors
    ///
    /// As [`Self::wait`].
    pub async fn wait_async(&self, timeout: Duration) -> io::Result<bool> {
        let process = self.try_clone()?;
        blocking::unblock(move || process.wait(timeout)).await
    }

    /// Stops the process like [`Self::shutdown`], on a thread of its own. Dropping the
    /// future does not take the signal back.
    ///
    /// # Errors
    ///
    /// As [`Self::shutdown`].
    pub async fn shutdown_async(&self, timeout: Duration) -> Result<(), StopError> {
        let process = self.try_clone().map_err(StopError::from)?;
        blocking::unblock(move || process.shutdown(timeout)).await
    }

    /// Ends the process like [`Self::kill`], on a thread of its own. Dropping the future
    /// does not take the signal back.
    ///
    /// # Errors
    ///
    /// As [`Self::kill`].
    pub async fn kill_async(&self, timeout: Duration) -> Result<(), StopError> {
        let process = self.try_clone().map_err(StopError::from)?;
        blocking::unblock(move || process.kill(timeout)).await
    }
}
