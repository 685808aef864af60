//! Check `exe_path`: the running image is the recorded file. Files are compared,
//! not names.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use super::CheckText;
use super::state::{DigestState, ExeState, PidState};
use crate::platform::ImageError;
use crate::probe::evidence::{Evidence, FoundImage, ImageEvidence, RecordedFile};

/// The suffix that the kernel appends to the name of an unlinked image. See
/// [proc_pid_exe(5)](https://man7.org/linux/man-pages/man5/proc_pid_exe.5.html).
const DELETED: &str = " (deleted)";

pub(super) fn examine(
    evidence: &Evidence,
    pid: PidState,
    digest: DigestState,
) -> (ExeState, CheckText) {
    let recorded = &evidence.expected.exe_path;
    let found = match &evidence.image.value {
        _ if pid != PidState::Alive => return (ExeState::Skipped, CheckText::nothing()),
        ImageEvidence::NotExamined | ImageEvidence::Failed(ImageError::Gone) => {
            return (ExeState::Skipped, CheckText::nothing());
        }
        ImageEvidence::Failed(error) => {
            let state = match error {
                ImageError::Denied => ExeState::Denied,
                ImageError::NoImage => ExeState::Other,
                _ => ExeState::Unreadable,
            };
            return (state, CheckText::detail(error.to_string()));
        }
        ImageEvidence::Found(found) => found,
    };
    let actual = found.link.as_deref().map_or_else(
        || "a name longer than the kernel tells".into(),
        Path::to_string_lossy,
    );
    let text = CheckText::compared(recorded.to_string_lossy(), actual.as_ref());
    let (state, detail) = compare(found, recorded, digest == DigestState::Equal);
    (
        state,
        match detail {
            Some(detail) => text.with_detail(detail),
            None => text,
        },
    )
}

fn compare(
    found: &FoundImage,
    recorded: &Path,
    digest_is_equal: bool,
) -> (ExeState, Option<String>) {
    let link = found.link.as_deref();
    match &found.recorded {
        RecordedFile::Same | RecordedFile::SameInside if link == Some(recorded) => {
            (ExeState::Same, None)
        }
        RecordedFile::Same => (
            ExeState::Same,
            Some("the same file under another name".to_owned()),
        ),
        RecordedFile::SameInside => (
            ExeState::Same,
            Some("the same file, as the process itself sees the path".to_owned()),
        ),
        _ if digest_is_equal && was_started_from(found, recorded) => (
            ExeState::Replaced,
            Some("replaced or deleted since start: the old build is still running".to_owned()),
        ),
        RecordedFile::Missing | RecordedFile::Other if digest_is_equal && found.link_is_current => {
            (
                ExeState::Moved,
                Some(format!(
                    "moved since start: now {}",
                    link.unwrap_or(Path::new("?")).display()
                )),
            )
        }
        RecordedFile::Unreadable(error) if error.kind() == io::ErrorKind::PermissionDenied => (
            ExeState::Denied,
            Some("not permitted to look at the recorded path".to_owned()),
        ),
        RecordedFile::Unreadable(error) => (
            ExeState::Unreadable,
            Some(format!("the recorded path cannot be looked at: {error}")),
        ),
        RecordedFile::Copy => (
            ExeState::Other,
            Some("the recorded path holds a separate copy of the running image".to_owned()),
        ),
        RecordedFile::Missing => (
            ExeState::Other,
            Some("another executable runs; the recorded path is empty".to_owned()),
        ),
        RecordedFile::Other => (ExeState::Other, Some("another executable runs".to_owned())),
    }
}

/// Returns whether the image has lost its name, and that name was the recorded one.
fn was_started_from(found: &FoundImage, recorded: &Path) -> bool {
    let unlinked = |path: &Path| {
        let mut name = OsString::from(path);
        name.push(DELETED);
        found.link.as_deref() == Some(Path::new(&name))
    };
    !found.link_is_current
        && (unlinked(recorded) || found.resolved.as_deref().is_some_and(unlinked))
}
