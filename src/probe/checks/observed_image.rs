//! Checks `exe_path` and `digest` of a process that is not asked. It can have executed
//! another program since it was recorded, and is the same process all the same.

use std::path::{Path, PathBuf};

use super::CheckText;
use super::state::{DigestState, ExeState, PidState};
use super::{digest, exe_path};
use crate::probe::evidence::{ImageEvidence, RecordedFile};
use crate::probe::observed_evidence::{ObservedEvidence, ObservedImage};

type Finding<S> = (S, CheckText);

/// Returns the results of the checks `exe_path` and `digest`.
pub(super) fn examine(
    evidence: &ObservedEvidence,
    pid: PidState,
) -> (Finding<ExeState>, Finding<DigestState>) {
    let nothing = CheckText::nothing;
    match &evidence.image.value {
        _ if pid != PidState::Alive => (
            (ExeState::Skipped, nothing()),
            (DigestState::Skipped, nothing()),
        ),
        ObservedImage::NotExamined => (
            (ExeState::Skipped, nothing()),
            (DigestState::Skipped, nothing()),
        ),
        ObservedImage::Unrecorded => {
            let text = || CheckText::detail("the record does not say what the process ran");
            (
                (ExeState::Unrecorded, text()),
                (DigestState::Unrecorded, text()),
            )
        }
        ObservedImage::Untouched { path, is_proven } => {
            (untouched(path.as_ref()), unhashed(*is_proven))
        }
        ObservedImage::Examined {
            recorded,
            image,
            has_content,
        } => {
            let found = digest::examine(&evidence.digest.value, image, pid);
            let digest = judge(found, recorded.as_deref(), image, *has_content);
            let is_content = matches!(
                digest.0,
                DigestState::Equal | DigestState::OtherBuild | DigestState::Unrecorded
            );
            let as_digest = if is_content {
                DigestState::Equal
            } else {
                digest.0
            };
            let exe = match recorded {
                Some(recorded) => exe_path::examine(recorded, image, pid, as_digest),
                None => (ExeState::Unrecorded, CheckText::nothing()),
            };
            (exe, digest)
        }
    }
}

fn untouched(path: Option<&PathBuf>) -> Finding<ExeState> {
    let text = match path {
        Some(path) => CheckText::compared(path.to_string_lossy(), path.to_string_lossy()),
        None => CheckText::nothing(),
    };
    (ExeState::Same, text)
}

fn unhashed(is_proven: bool) -> Finding<DigestState> {
    if is_proven {
        (
            DigestState::Unchanged,
            CheckText::found("unchanged since recorded"),
        )
    } else {
        let detail = "the record supplies no digest; the file has its recorded size and times";
        (DigestState::Unrecorded, CheckText::detail(detail))
    }
}

/// Tells another build of the recorded path from another program.
fn judge(
    (state, text): Finding<DigestState>,
    recorded: Option<&Path>,
    image: &ImageEvidence,
    has_content: Option<bool>,
) -> Finding<DigestState> {
    let is_other = match (state, has_content) {
        (DigestState::Different, _) | (DigestState::NotSupplied, Some(false)) => true,
        (DigestState::NotSupplied, _) => return (DigestState::Unrecorded, text),
        _ => false,
    };
    if !is_other {
        return (state, text);
    }
    let ImageEvidence::Found(found) = image else {
        return (state, text);
    };
    let is_at_path = matches!(
        found.recorded,
        RecordedFile::Same | RecordedFile::SameInside
    ) || recorded.is_some_and(|path| exe_path::is_named(found, path));
    if is_at_path {
        let detail = "another build: the process has executed the recorded path again";
        (DigestState::OtherBuild, text.with_detail(detail))
    } else {
        let detail = "the process has executed another program since it was recorded";
        (DigestState::Different, text.with_detail(detail))
    }
}
