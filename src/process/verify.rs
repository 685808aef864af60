//! Proving that the recorded process still runs.

use std::io;
use std::path::Path;

use super::fields::is_pid;
use super::record::ProcessRecord;
use super::standing::{Seen, Standing, conclude, examine_host};
use super::verified::VerifiedProcess;
use super::verify_error::{Doubt, Gone, VerifyError};
use crate::identity::HostIdentity;
use crate::platform::{self, Liveness, PinError, PinnedProcess};

impl ProcessRecord {
    /// Proves that the recorded process still runs, and holds it.
    ///
    /// PID, exact start and boot name one process for ever; the pidfs inode, if the kernel
    /// has one, must agree too. The process can have executed another program since: see
    /// [`VerifiedProcess::image`]. Nothing is hashed, and nothing is asked of the process.
    ///
    /// # Errors
    ///
    /// [`VerifyError`]. Only [`VerifyError::Gone`] means that the process has ended.
    pub fn verify(&self) -> Result<VerifiedProcess, VerifyError> {
        let pid = self.process.pid;
        if !is_pid(pid) {
            return Err(VerifyError::Unknown(Doubt::Pid));
        }
        let ours = HostIdentity::current(Path::new("/"));
        let began = platform::boot_began_unix_ms();
        let standing = self.standing(&ours, began)?;
        let (process, seen) = match PinnedProcess::open(pid) {
            Ok(process) => {
                let seen = self.compare(&process)?;
                (Some(process), seen)
            }
            Err(PinError::NoSuchProcess) => (None, Seen::Absent),
            Err(PinError::Thread { .. }) => (None, Seen::Other),
            Err(PinError::Denied(_)) => return Err(VerifyError::NotPermitted { pid }),
            Err(PinError::ForeignProc) => return Err(VerifyError::Unknown(Doubt::ForeignProc)),
            Err(PinError::Io(error)) => return Err(error.into()),
        };
        conclude(standing, seen)?;
        // A process that was not pinned is not concluded to be the recorded one.
        let process = process.ok_or(VerifyError::Gone(Gone::NoSuchProcess))?;
        Ok(VerifiedProcess::new(process, Some(self)))
    }

    /// Compares the host of the record with ours; `began` is when this boot began, in
    /// milliseconds since the Unix epoch.
    pub(crate) fn standing(
        &self,
        ours: &HostIdentity,
        began: Option<u64>,
    ) -> Result<Standing, VerifyError> {
        examine_host(&self.host, ours, self.recorded_at_unix_ms, began)
    }

    /// Compares a process that has the recorded PID with the recorded one.
    pub(crate) fn compare(&self, process: &PinnedProcess) -> Result<Seen, VerifyError> {
        let recorded = &self.process;
        let inodes = recorded.pidfs_inode.zip(process.pidfs_inode());
        if inodes.is_some_and(|(recorded, ours)| recorded != ours) {
            return Ok(Seen::Other);
        }
        let started = match process.start() {
            Ok(start) => start,
            Err(_) if process.liveness()? != Liveness::Alive => return Ok(Seen::Absent),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                return Err(VerifyError::NotPermitted { pid: recorded.pid });
            }
            Err(error) => return Err(error.into()),
        };
        let starts = recorded
            .start
            .zip(started)
            .filter(|(recorded, ours)| recorded.ticks_per_second == ours.ticks_per_second);
        let seen = match (starts, inodes) {
            (Some((recorded, ours)), _) if recorded != ours => Seen::Other,
            (_, Some(_)) => Seen::SameInode,
            (Some(_), None) => Seen::SameStart,
            (None, None) => Seen::Unclear,
        };
        // What was read holds only if the process is still there.
        Ok(match process.liveness()? {
            Liveness::Alive => seen,
            Liveness::Zombie if seen != Seen::Other => Seen::Zombie,
            _ if seen != Seen::Other => Seen::Absent,
            _ => seen,
        })
    }
}
