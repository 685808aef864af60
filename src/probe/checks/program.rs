//! The executable that the caller requires, compared with the one that a process runs.

use std::io;
use std::path::Path;

use super::CheckText;
use super::state::ExeState;
use crate::platform::{self, ImageError};
use crate::probe::program_evidence::{Program, ProgramEvidence, Relation, RequiredFile};

/// Returns the result for an executable that is not the required one, or not known to be it;
/// `None` if it is, and if none is required.
pub(crate) fn require_program(evidence: &ProgramEvidence) -> Option<(ExeState, CheckText)> {
    evidence.required.as_ref()?;
    let (state, text) = examine(evidence);
    match state {
        ExeState::Same | ExeState::Replaced | ExeState::Skipped => None,
        // Unlike a number, a record says for itself which process is meant.
        ExeState::Unwanted | ExeState::Other => Some((ExeState::Unwanted, text)),
        _ if is_missing(evidence) => Some((ExeState::Unwanted, text)),
        unknown => Some((unknown, text)),
    }
}

/// Returns whether no file has the required path, and the process does not run the file that
/// had it before.
fn is_missing(evidence: &ProgramEvidence) -> bool {
    matches!(
        evidence.program,
        Program::Found {
            relation: Relation::Other(RequiredFile::Missing),
            ..
        }
    )
}

pub(super) fn examine(evidence: &ProgramEvidence) -> (ExeState, CheckText) {
    let required = evidence.required.as_deref();
    let text = |actual: &str| match required {
        Some(required) => CheckText::compared(required.to_string_lossy(), actual),
        None => CheckText::found(actual),
    };
    let (path, relation) = match &evidence.program {
        Program::NotExamined | Program::Failed(ImageError::Gone) => {
            return (ExeState::Skipped, CheckText::nothing());
        }
        Program::KernelThread => {
            let detail = "a kernel thread, which runs no program";
            return (ExeState::Other, text("none").with_detail(detail));
        }
        Program::Failed(error) => return failed(error, required),
        Program::Found { path, relation } => (path.as_deref(), relation),
    };
    let name = path.map_or("?".into(), Path::to_string_lossy);
    let (state, detail) = relate(relation, &name);
    (state, text(&name).with_any_detail(detail))
}

/// Explains an executable that cannot be looked at. It only matters if one is required.
fn failed(error: &ImageError, required: Option<&Path>) -> (ExeState, CheckText) {
    let state = match error {
        _ if required.is_none() => ExeState::Unrecorded,
        ImageError::Denied(_) => ExeState::Denied,
        ImageError::Io(error) if platform::is_hang(error) => ExeState::Hangs,
        _ => ExeState::Unreadable,
    };
    (state, CheckText::detail(error.to_string()))
}

fn relate(relation: &Relation, name: &str) -> (ExeState, Option<String>) {
    let (state, detail) = match relation {
        Relation::NotRequired => (
            ExeState::Unrecorded,
            "a PID file does not say what to run".to_owned(),
        ),
        Relation::Same => return (ExeState::Same, None),
        Relation::Replaced => (
            ExeState::Replaced,
            "replaced or deleted since start: the old build is still running".to_owned(),
        ),
        // The path may be mistyped, and speaks against no process.
        Relation::Other(RequiredFile::Missing) => (
            ExeState::Unreadable,
            "the required executable does not exist".to_owned(),
        ),
        Relation::Other(RequiredFile::Script) => (
            ExeState::Unwanted,
            format!(
                "the required file is a script, and the executable of a script is its \
                 interpreter: perhaps {name}"
            ),
        ),
        Relation::Other(RequiredFile::Program) => (
            ExeState::Unwanted,
            "another executable than the required one".to_owned(),
        ),
        Relation::Unreadable(error) if platform::is_hang(error) => (
            ExeState::Hangs,
            format!("the required path cannot be looked at: {error}"),
        ),
        Relation::Unreadable(error) => (
            match error.kind() {
                io::ErrorKind::PermissionDenied => ExeState::Denied,
                _ => ExeState::Unreadable,
            },
            format!("the required path cannot be looked at: {error}"),
        ),
    };
    (state, Some(detail))
}
