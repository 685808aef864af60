//! Why a living process does nothing.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

/// The reason that a living process does nothing, not even end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Standstill {
    /// A signal stopped it, until SIGCONT: see
    /// [signal(7)](https://man7.org/linux/man-pages/man7/signal.7.html).
    Stopped,
    /// The process that traces it (a debugger) stopped it: see
    /// [ptrace(2)](https://man7.org/linux/man-pages/man2/ptrace.2.html).
    Traced {
        /// PID of the debugger; `None` if it is outside the PID namespace of the caller.
        by: Option<u32>,
    },
    /// Its cgroup is frozen: see
    /// [cgroups(7)](https://man7.org/linux/man-pages/man7/cgroups.7.html).
    Frozen {
        /// The file to which another value is to be written.
        #[serde(serialize_with = "lossy")]
        control: PathBuf,
    },
}

impl Standstill {
    /// Returns the value that thaws a frozen process, and the file to which it is to be
    /// written; `None` for a process that is not frozen.
    #[must_use]
    pub fn thaw(&self) -> Option<(&'static str, &Path)> {
        match self {
            Self::Frozen { control } if self.outlasts_kill() => Some(("THAWED", control)),
            Self::Frozen { control } => Some(("0", control)),
            _ => None,
        }
    }

    /// Returns whether SIGKILL does not end the process before it goes on: if a cgroup of
    /// version 1 is frozen.
    #[must_use]
    pub fn outlasts_kill(&self) -> bool {
        matches!(self, Self::Frozen { control } if control.ends_with("freezer.state"))
    }
}

impl fmt::Display for Standstill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped => f.write_str("stopped by a signal"),
            Self::Traced { by: None } => f.write_str("stopped by a debugger"),
            Self::Traced { by: Some(by) } => write!(f, "stopped by a debugger, PID {by}"),
            Self::Frozen { control } => write!(f, "frozen by {}", control.display()),
        }
    }
}

fn lossy<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}
