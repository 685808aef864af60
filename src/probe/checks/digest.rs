//! Check `digest`: the digest of the running image.

use std::time::Duration;

use data_encoding::HEXLOWER;

use super::CheckText;
use super::state::{DigestState, PidState};
use crate::platform;
use crate::probe::evidence::{DigestEvidence, ImageEvidence};

pub(super) fn examine(
    evidence: &DigestEvidence,
    image: &ImageEvidence,
    pid: PidState,
) -> (DigestState, CheckText) {
    if pid != PidState::Alive {
        return (DigestState::Skipped, CheckText::nothing());
    }
    match evidence {
        DigestEvidence::NotExamined => (DigestState::Skipped, without_image(image)),
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
            if platform::is_hang(error) {
                DigestState::Hangs
            } else {
                DigestState::Unreadable
            },
            CheckText::detail(format!("the running image cannot be read: {error}")),
        ),
        DigestEvidence::Computed {
            algorithm,
            expected,
            actual,
            cached_for,
        } => {
            let value = |digest| format!("{algorithm}:{}", HEXLOWER.encode(digest));
            let text = CheckText::compared(value(expected), value(actual));
            compare(expected == actual, image, *cached_for, text)
        }
    }
}

/// Returns why there is no image to hash.
fn without_image(image: &ImageEvidence) -> CheckText {
    match image {
        ImageEvidence::Failed(error) => CheckText::detail(error.to_string()),
        _ => CheckText::nothing(),
    }
}

fn compare(
    is_equal: bool,
    image: &ImageEvidence,
    cached_for: Option<Duration>,
    text: CheckText,
) -> (DigestState, CheckText) {
    if matches!(image, ImageEvidence::Found(found) if found.is_emulator) {
        let text = text.with_detail("the image is that of an emulator");
        return (DigestState::Emulated, text);
    }
    let detail = match cached_for {
        _ if !is_equal => Some("the process runs another build or another program".to_owned()),
        Some(age) => Some(format!("cached, computed {} s ago", age.as_secs())),
        None => None,
    };
    let state = if is_equal {
        DigestState::Equal
    } else {
        DigestState::Different
    };
    (state, text.with_any_detail(detail))
}
