//! A process that was recorded.

use std::path::Path;

use data_encoding::HEXLOWER;
use rpctl::__private;
use rpctl::process::{ProcessRecord, RecordedExe};
use serde::Serialize;

use super::units;

/// A process that was recorded, and the file of its record.
#[derive(Debug, Serialize)]
pub(crate) struct RecordedDaemon {
    pub(crate) record: String,
    pub(crate) service_name: Option<String>,
    pub(crate) service_version: Option<String>,
    pub(crate) pid: u32,
    /// The effective user: the name, or the number of a user without a name.
    pub(crate) user: Option<String>,
    /// Unix milliseconds.
    #[serde(skip)]
    pub(crate) started_at_unix_ms: Option<u64>,
    started_at: Option<String>,
    pub(crate) exe: Option<RecordedProgram>,
    /// The addresses, as `--socket` takes them.
    pub(crate) listeners: Vec<String>,
    /// What to do next.
    #[serde(skip)]
    pub(crate) hints: Vec<String>,
}

/// The executable of a recorded process.
#[derive(Debug, Serialize)]
pub(crate) struct RecordedProgram {
    pub(crate) path: Option<String>,
    sha256: Option<String>,
    blake3: Option<String>,
}

impl RecordedDaemon {
    /// Describes the record in a file, which other commands find by `name`.
    pub(crate) fn new(record: &ProcessRecord, path: &Path, name: &str) -> Self {
        let process = &record.process;
        let user = process.users.map(|users| users.effective);
        let started_at_unix_ms = record.started_at_unix_ms();
        Self {
            record: path.to_string_lossy().into_owned(),
            service_name: record.service_name.clone(),
            service_version: record.service_version.clone(),
            pid: process.pid,
            user: user.map(|id| __private::user_name(id).unwrap_or_else(|| id.to_string())),
            started_at_unix_ms,
            started_at: started_at_unix_ms.and_then(units::moment),
            exe: process.exe.as_ref().map(RecordedProgram::from),
            listeners: record.listener_names(),
            hints: vec![format!("rpctl probe {name}")],
        }
    }
}

impl From<&RecordedExe> for RecordedProgram {
    fn from(exe: &RecordedExe) -> Self {
        let path = exe.path.as_ref();
        Self {
            path: path.map(|path| path.to_string_lossy().into_owned()),
            sha256: exe.sha256.map(|digest| HEXLOWER.encode(&digest)),
            blake3: exe.blake3.map(|digest| HEXLOWER.encode(&digest)),
        }
    }
}
