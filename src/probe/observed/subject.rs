//! The process to look at, and how it is told from another one with its PID.

use crate::identity::HostIdentity;
use crate::platform::{self, PinnedProcess, UserIds};
use crate::process::{ProcessRecord, RecordedExe, RecordedListener, Seen, Standing, VerifyError};

/// What a record says about a process that is not asked.
pub(crate) struct Subject<'a> {
    pub(super) pid: u32,
    pub(super) host: &'a HostIdentity,
    /// When the record was made, in milliseconds since the Unix epoch.
    pub(super) made_at: u64,
    pub(super) users: Option<UserIds>,
    pub(super) exe: Option<&'a RecordedExe>,
    pub(super) listeners: &'a [RecordedListener],
    record: &'a ProcessRecord,
}

impl<'a> From<&'a ProcessRecord> for Subject<'a> {
    fn from(record: &'a ProcessRecord) -> Self {
        Self {
            pid: record.process.pid,
            host: &record.host,
            made_at: record.recorded_at_unix_ms,
            users: record.process.users,
            exe: record.process.exe.as_ref(),
            listeners: &record.listeners,
            record,
        }
    }
}

impl Subject<'_> {
    /// Compares the host and the boot of the record with ours.
    pub(super) fn standing(&self, ours: &HostIdentity) -> Result<Standing, VerifyError> {
        self.record.standing(ours, platform::boot_began_unix_ms())
    }

    /// Compares the process that has the recorded PID with the recorded one.
    pub(super) fn compare(&self, process: &PinnedProcess) -> Result<Seen, VerifyError> {
        self.record.compare(process)
    }

    /// Describes the instance for a reader.
    pub(super) fn instance(&self) -> Option<String> {
        let start = self.record.process.start;
        start.map(|start| start.to_string())
    }
}
