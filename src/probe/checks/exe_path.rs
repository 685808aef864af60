//! Check `exe_path`: the running image is the recorded file. Files are compared,
//! not names.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::CheckText;
use super::state::{DigestState, ExeState, PidState};
use crate::platform::{self, ImageError};
use crate::probe::evidence::{FoundImage, ImageEvidence, RecordedFile};

/// The suffix that the kernel appends to the name of an unlinked image. See
/// [proc_pid_exe(5)](https://man7.org/linux/man-pages/man5/proc_pid_exe.5.html).
const DELETED: &str = " (deleted)";

/// The beginning of the kernel's name for a file of
/// [memfd_create(2)](https://man7.org/linux/man-pages/man2/memfd_create.2.html).
const IN_MEMORY: &str = "/memfd:";

pub(super) fn examine(
    recorded: &Path,
    image: &ImageEvidence,
    pid: PidState,
    digest: DigestState,
) -> (ExeState, CheckText) {
    let found = match image {
        _ if pid != PidState::Alive => return (ExeState::Skipped, CheckText::nothing()),
        ImageEvidence::NotExamined | ImageEvidence::Failed(ImageError::Gone) => {
            return (ExeState::Skipped, CheckText::nothing());
        }
        ImageEvidence::Failed(error) => {
            let state = match error {
                ImageError::Denied(_) => ExeState::Denied,
                ImageError::NoImage => ExeState::Other,
                ImageError::Io(error) if platform::is_hang(error) => ExeState::Hangs,
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
    let (state, detail) = compare(found, recorded, digest);
    (state, text.with_any_detail(detail))
}

/// Compares the image with the recorded path. A path that differs is no evidence by
/// itself: the digest of the running image decides.
fn compare(found: &FoundImage, recorded: &Path, digest: DigestState) -> (ExeState, Option<String>) {
    let (state, detail) = match &found.recorded {
        RecordedFile::Same | RecordedFile::SameInside if found.has_name(recorded) => {
            return (ExeState::Same, None);
        }
        RecordedFile::Same => (ExeState::Same, "the same file under another name"),
        RecordedFile::SameInside => (
            ExeState::Same,
            "the same file, as the process itself sees the path",
        ),
        // The path may well name the image.
        RecordedFile::Unreadable(error)
            if digest != DigestState::Different && platform::is_hang(error) =>
        {
            return unreadable(error);
        }
        file => match digest {
            DigestState::Equal => return renamed(found, recorded, file),
            DigestState::Emulated => (
                ExeState::Unreadable,
                "the image is an emulator, started for the recorded file (binfmt_misc)",
            ),
            DigestState::Different => (ExeState::Other, "another executable runs"),
            _ => match file {
                RecordedFile::Unreadable(error) => return unreadable(error),
                _ => (
                    ExeState::Unreadable,
                    "the recorded path does not name the running image, and no digest shows \
                     whether it is another program",
                ),
            },
        },
    };
    (state, Some(detail.to_owned()))
}

/// Explains why the recorded path does not name an image with the recorded digest.
fn renamed(found: &FoundImage, recorded: &Path, file: &RecordedFile) -> (ExeState, Option<String>) {
    let any = |is_named: &dyn Fn(&Path) -> bool| {
        is_named(recorded) || found.resolved.as_deref().is_some_and(is_named)
    };
    let (state, detail) = if found.link_is_current {
        moved(found, file)
    } else if !found.is_in_memory() && any(&|path| found.has_name(&with_suffix(path))) {
        let how = match file {
            RecordedFile::Missing => "deleted",
            RecordedFile::Unreadable(_) => "replaced or deleted",
            _ => "replaced",
        };
        let detail = format!("{how} since start: the old build is still running");
        (ExeState::Replaced, detail)
    } else {
        let is_named = any(&|path| found.has_name(path));
        (ExeState::Elsewhere, nameless(found, is_named))
    };
    (state, Some(detail))
}

/// Explains an image that has another name than the recorded one.
fn moved(found: &FoundImage, file: &RecordedFile) -> (ExeState, String) {
    let name = found.name().display();
    match file {
        RecordedFile::Copy => (
            ExeState::Elsewhere,
            format!("the recorded path holds a separate copy of the running {name}"),
        ),
        _ => (ExeState::Replaced, format!("moved since start: now {name}")),
    }
}

/// Explains an image that no path names now, not even the kernel's name for it. `is_named`
/// is whether that is the recorded name.
fn nameless(found: &FoundImage, is_named: bool) -> String {
    let name = found.name();
    if found.is_in_memory() {
        "the image is a file in memory (memfd), which no path names".to_owned()
    } else if found.is_unlinked && is_named {
        "deleted before the record was made".to_owned()
    } else if found.is_unlinked {
        format!("deleted under another name: {}", name.display())
    } else if is_named {
        "hidden since start: something else is mounted over it".to_owned()
    } else {
        "no path names the running image: its file system was unmounted, or is mounted \
         elsewhere only"
            .to_owned()
    }
}

fn unreadable(error: &io::Error) -> (ExeState, Option<String>) {
    let (state, detail) = match error.kind() {
        io::ErrorKind::PermissionDenied => (
            ExeState::Denied,
            "not permitted to look at the recorded path".to_owned(),
        ),
        _ => (
            if platform::is_hang(error) {
                ExeState::Hangs
            } else {
                ExeState::Unreadable
            },
            format!("the recorded path cannot be looked at: {error}"),
        ),
    };
    (state, Some(detail))
}

/// Returns whether the image has this path, or had it when it lost its name. The name of a file
/// in memory is no path: the maker of the file chooses it.
pub(super) fn is_named(found: &FoundImage, path: &Path) -> bool {
    !found.is_in_memory() && (found.has_name(path) || found.has_name(&with_suffix(path)))
}

/// Returns the name that the kernel gives an unlinked image.
fn with_suffix(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(DELETED);
    name.into()
}

impl FoundImage {
    /// Returns whether this is the kernel's name for the image.
    fn has_name(&self, name: &Path) -> bool {
        self.link.as_deref() == Some(name)
    }

    fn is_in_memory(&self) -> bool {
        self.is_unlinked && self.name().to_string_lossy().starts_with(IN_MEMORY)
    }

    fn name(&self) -> &Path {
        self.link.as_deref().unwrap_or(Path::new("?"))
    }
}
