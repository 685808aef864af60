//! Check `digest`: the digest of the running image.

use data_encoding::HEXLOWER;

use super::CheckText;
use super::state::{DigestState, PidState};
use crate::probe::evidence::{DigestEvidence, Evidence, ImageEvidence};

pub(super) fn examine(evidence: &Evidence, pid: PidState) -> (DigestState, CheckText) {
    if pid != PidState::Alive {
        return (DigestState::Skipped, CheckText::nothing());
    }
    match &evidence.digest.value {
        DigestEvidence::NotExamined => match &evidence.image.value {
            ImageEvidence::Failed(error) => {
                (DigestState::Skipped, CheckText::detail(error.to_string()))
            }
            _ => (DigestState::Skipped, CheckText::nothing()),
        },
        DigestEvidence::NotSupplied => (
            DigestState::NotSupplied,
            CheckText::detail("the record supplies no digest"),
        ),
        DigestEvidence::Denied => (
            DigestState::Denied,
            CheckText::detail("not permitted to read the executable of this process"),
        ),
        DigestEvidence::TimedOut(limit) => (
            DigestState::TimedOut,
            CheckText::detail(format!(
                "hashing the running image was given up after {limit:?}"
            )),
        ),
        DigestEvidence::Failed(error) => (
            DigestState::Unreadable,
            CheckText::detail(format!("the running image cannot be read: {error}")),
        ),
        DigestEvidence::Computed {
            algorithm,
            expected,
            actual,
            cached_for,
        } => {
            let text = |digest| format!("{algorithm}:{}", HEXLOWER.encode(digest));
            let text = CheckText::compared(text(expected), text(actual));
            if expected == actual {
                let text = match cached_for {
                    Some(age) => {
                        text.with_detail(format!("cached, computed {} s ago", age.as_secs()))
                    }
                    None => text,
                };
                (DigestState::Equal, text)
            } else {
                (
                    DigestState::Different,
                    text.with_detail("the process runs another build or another program"),
                )
            }
        }
    }
}
