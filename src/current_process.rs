//! The calling process: its identity for a record.

use crate::digest;
use crate::host::UNKNOWN;
use crate::identity::{CurrentProcessError, DaemonProcess, DigestAlgorithm, Endpoint};
use crate::platform;

impl DaemonProcess {
    /// Describes the calling process, which listens on `ipc_endpoint`, for a record.
    ///
    /// Both digests are computed in one pass over the running image, so that clients of
    /// either generation can verify them. `started_at_unix_ms` is the current time.
    ///
    /// # Errors
    ///
    /// [`CurrentProcessError`] if the running executable cannot be found, opened or
    /// read, or is the loader of the program.
    pub fn current_process(
        ipc_endpoint: Endpoint,
        idle_timeout_secs: Option<u32>,
    ) -> Result<Self, CurrentProcessError> {
        let exe_path = std::env::current_exe().map_err(CurrentProcessError::Path)?;
        if let Some(program) = platform::loaded_program() {
            let loader = exe_path;
            return Err(CurrentProcessError::Loaded { program, loader });
        }
        let exe_digest = platform::own_image()
            .and_then(|image| digest::of_file(image, DigestAlgorithm::ALL))
            .map_err(CurrentProcessError::Read)?;
        Ok(Self {
            pid: std::process::id(),
            exe_path,
            exe_digest,
            boot_id: platform::boot_id().unwrap_or_else(|| UNKNOWN.to_owned()),
            ipc_endpoint,
            started_at_unix_ms: platform::unix_now_ms(),
            idle_timeout_secs,
        })
    }
}
