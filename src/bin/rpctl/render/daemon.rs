//! The result of starting a daemon.

use std::path::PathBuf;

use rpctl::Endpoint;
use serde::{Deserialize, Serialize};

/// A daemon that was started, and the files that belong to it.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct SpawnedDaemon {
    pub(crate) service_name: String,
    pub(crate) service_version: String,
    pub(crate) pid: u32,
    pub(crate) endpoint: Endpoint,
    /// `None` if the record goes to standard output.
    pub(crate) record: Option<PathBuf>,
    pub(crate) sidecar: Option<PathBuf>,
    pub(crate) idle_timeout_secs: u32,
}
