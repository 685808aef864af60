//! The executable that a process runs, next to the one that the caller requires.

use std::io;
use std::path::PathBuf;

use crate::platform::ImageError;

/// The executable that a process runs, next to the one that the caller requires.
#[derive(Debug)]
pub(crate) struct ProgramEvidence {
    /// The required path.
    pub(crate) required: Option<PathBuf>,
    pub(crate) program: Program,
}

/// The executable that a process runs.
#[derive(Debug)]
pub(crate) enum Program {
    /// There is no process to examine.
    NotExamined,
    /// A kernel thread runs none.
    KernelThread,
    Failed(ImageError),
    /// Its path as the kernel remembers it.
    Found {
        path: Option<PathBuf>,
        relation: Relation,
    },
}

/// The relation of a running executable to the required one.
#[derive(Debug)]
pub(crate) enum Relation {
    /// No executable is required.
    NotRequired,
    Same,
    /// The file that the path named before: it was replaced or deleted since the process was
    /// started.
    Replaced,
    Other(RequiredFile),
    /// The required path cannot be looked at.
    Unreadable(io::Error),
}

/// The file at a required path that a process does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequiredFile {
    Missing,
    Script,
    Program,
}
