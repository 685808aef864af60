//! Check `digest`: the digest of the running image.

use data_encoding::HEXLOWER;

use super::Said;
use super::state::{DigestState, PidState};
use crate::probe::evidence::{DigestEvidence, Evidence, ImageEvidence};

pub(super) fn examine(evidence: &Evidence, pid: PidState) -> (DigestState, Said) {
    if pid != PidState::Alive {
        return (DigestState::Skipped, Said::nothing());
    }
    match &evidence.digest.value {
        DigestEvidence::NotExamined => match &evidence.image.value {
            ImageEvidence::Failed(error) => (DigestState::Skipped, Said::detail(error.to_string())),
            _ => (DigestState::Skipped, Said::nothing()),
        },
        DigestEvidence::NotSupplied => (
            DigestState::NotSupplied,
            Said::detail("the record supplies no digest"),
        ),
        DigestEvidence::Denied => (
            DigestState::Denied,
            Said::detail("not permitted to read the executable of this process"),
        ),
        DigestEvidence::TimedOut(limit) => (
            DigestState::TimedOut,
            Said::detail(format!(
                "hashing the running image was given up after {limit:?}"
            )),
        ),
        DigestEvidence::Failed(error) => (
            DigestState::Unreadable,
            Said::detail(format!("the running image cannot be read: {error}")),
        ),
        DigestEvidence::Computed {
            algorithm,
            expected,
            actual,
            kept_for,
        } => {
            let text = |digest| format!("{algorithm}:{}", HEXLOWER.encode(digest));
            let said = Said::compared(text(expected), text(actual));
            if expected == actual {
                let said = match kept_for {
                    Some(age) => {
                        said.with_detail(format!("cached, computed {} s ago", age.as_secs()))
                    }
                    None => said,
                };
                (DigestState::Equal, said)
            } else {
                (
                    DigestState::Different,
                    said.with_detail("the process runs another build or another program"),
                )
            }
        }
    }
}
