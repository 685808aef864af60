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
    (state, text.with_any_detail(detail))
}

fn compare(
    found: &FoundImage,
    recorded: &Path,
    digest_is_equal: bool,
) -> (ExeState, Option<String>) {
    let link = found.link.as_deref();
    let (state, detail) = match &found.recorded {
        RecordedFile::Same | RecordedFile::SameInside if link == Some(recorded) => {
            return (ExeState::Same, None);
        }
        RecordedFile::Same => (ExeState::Same, "the same file under another name"),
        RecordedFile::SameInside => (
            ExeState::Same,
            "the same file, as the process itself sees the path",
        ),
        _ if digest_is_equal && was_started_from(found, recorded) => (
            ExeState::Replaced,
            "replaced or deleted since start: the old build is still running",
        ),
        RecordedFile::Missing | RecordedFile::Other if digest_is_equal && found.link_is_current => {
            let name = link.unwrap_or(Path::new("?")).display();
            let detail = format!("moved since start: now {name}");
            return (ExeState::Moved, Some(detail));
        }
        RecordedFile::Unreadable(error) => return unreadable(error),
        RecordedFile::Copy => (
            ExeState::Other,
            "the recorded path holds a separate copy of the running image",
        ),
        RecordedFile::Missing => (
            ExeState::Other,
            "another executable runs; the recorded path is empty",
        ),
        RecordedFile::Other => (ExeState::Other, "another executable runs"),
    };
    (state, Some(detail.to_owned()))
}

fn unreadable(error: &io::Error) -> (ExeState, Option<String>) {
    let (state, detail) = match error.kind() {
        io::ErrorKind::PermissionDenied => (
            ExeState::Denied,
            "not permitted to look at the recorded path".to_owned(),
        ),
        _ => (
            ExeState::Unreadable,
            format!("the recorded path cannot be looked at: {error}"),
        ),
    };
    (state, Some(detail))
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
