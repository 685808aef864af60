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
            let judged = judge(found, recorded.as_deref(), image, *has_content);
            let exe = match recorded {
                Some(recorded) => exe_path::examine(recorded, image, pid, judged.for_path()),
                None if judged.is_other_program => {
                    let text = CheckText::detail("another executable runs");
                    (ExeState::Other, text)
                }
                None => (ExeState::Unrecorded, CheckText::nothing()),
            };
            let digest = (judged.state, judged.text);
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

/// What an image that was examined proves to be.
struct Judged {
    state: DigestState,
    text: CheckText,
    is_other_program: bool,
}

impl Judged {
    /// Returns the state by which a path that differs is judged: one that holds the recorded
    /// program, or another build of it, is no mismatch.
    fn for_path(&self) -> DigestState {
        match self.state {
            _ if self.is_other_program => DigestState::Different,
            DigestState::OtherBuild | DigestState::Unrecorded => DigestState::Equal,
            state => state,
        }
    }
}

/// Tells another build of the recorded path from another program.
fn judge(
    (state, text): Finding<DigestState>,
    recorded: Option<&Path>,
    image: &ImageEvidence,
    has_content: Option<bool>,
) -> Judged {
    let judged = |state, text, is_other_program| Judged {
        state,
        text,
        is_other_program,
    };
    let without_digest = match state {
        DigestState::NotSupplied => DigestState::Unrecorded,
        state => state,
    };
    let ImageEvidence::Found(found) = image else {
        return judged(without_digest, text, false);
    };
    let is_at_path = matches!(
        found.recorded,
        RecordedFile::Same | RecordedFile::SameInside
    ) || recorded.is_some_and(|path| exe_path::is_named(found, path));
    match (state, has_content) {
        (DigestState::Different, _) | (DigestState::NotSupplied, Some(false)) if is_at_path => {
            let detail = "another build: the process has executed the recorded path again";
            judged(DigestState::OtherBuild, text.with_detail(detail), false)
        }
        (DigestState::Different, _) => {
            let detail = "the process has executed another program since it was recorded";
            judged(state, text.with_detail(detail), true)
        }
        (DigestState::NotSupplied, Some(false)) => judged(without_digest, text, true),
        // A path alone is no mismatch.
        (DigestState::NotSupplied, None) if !is_at_path && recorded.is_some() => {
            judged(DigestState::NotSupplied, text, false)
        }
        _ => judged(without_digest, text, false),
    }
}
