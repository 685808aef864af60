//! What the caller requires of a process, beside what its record says.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::evidence::UserEvidence;
use super::program_evidence::{Program, ProgramEvidence, Relation, RequiredFile};
use super::user;
use crate::platform::{self, ImageError, PinnedProcess, UserId};
use crate::process::{self, ProgramMatch};

/// What the caller requires of a process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requirements {
    /// The executable that it must run.
    pub(crate) exe: Option<PathBuf>,
    /// The user that it must run as.
    pub(crate) user: Option<UserId>,
    /// Whether locks by flock(2) of other processes on a PID file count.
    pub(crate) all_locks: bool,
}

impl Requirements {
    pub(crate) fn is_empty(&self) -> bool {
        self.exe.is_none() && self.user.is_none()
    }

    /// Looks at the executable of a process.
    pub(super) fn compare_program(&self, process: &PinnedProcess) -> ProgramEvidence {
        ProgramEvidence {
            required: self.exe.clone(),
            program: program(process, self.exe.as_deref()),
        }
    }

    /// Looks at the users of a process; `None` if none is required.
    pub(super) fn compare_user(&self, process: &PinnedProcess) -> Option<UserEvidence> {
        self.user
            .map(|required| user::compare(process, Some(required)))
    }
}

fn program(process: &PinnedProcess, required: Option<&Path>) -> Program {
    match process.status() {
        Ok(status) if status.is_kernel_thread => return Program::KernelThread,
        _ => {}
    }
    let Ok(Some(image)) = process.image_file() else {
        // Not permitted, or gone: opening it tells more.
        let error = process.image().err();
        return Program::Failed(error.unwrap_or(ImageError::Changed));
    };
    let relation = required.map_or(Relation::NotRequired, |path| relation(process, path));
    match process.image_id() {
        Ok(now) if now == image.stat.id => Program::Found {
            path: image.path,
            relation,
        },
        Ok(_) => Program::Failed(ImageError::Changed),
        Err(_) => Program::Failed(ImageError::Gone),
    }
}

fn relation(process: &PinnedProcess, required: &Path) -> Relation {
    match process::compare_program(process, required) {
        Ok(ProgramMatch::Same) => Relation::Same,
        Ok(ProgramMatch::Outdated) => Relation::Replaced,
        Ok(ProgramMatch::Other) => Relation::Other(required_file(required)),
        Err(error) => Relation::Unreadable(error),
    }
}

/// Returns what the process does not run.
fn required_file(path: &Path) -> RequiredFile {
    if platform::attributes(path).is_err() {
        RequiredFile::Missing
    } else if is_script(path) {
        RequiredFile::Script
    } else {
        RequiredFile::Program
    }
}

/// Returns whether a file begins as one that an interpreter runs, of
/// [execve(2)](https://man7.org/linux/man-pages/man2/execve.2.html).
fn is_script(path: &Path) -> bool {
    let read = || {
        let file = platform::readable(path).ok()?;
        let is_regular = platform::known_attributes(&file.file).ok()?.kind.is_none();
        let is_read = is_regular && file.mount.is_none();
        let mut file = is_read.then(|| platform::reopened(&file.file).ok())??;
        let mut start = [0; 2];
        file.read_exact(&mut start).ok()?;
        Some(start)
    };
    read() == Some(*b"#!")
}
