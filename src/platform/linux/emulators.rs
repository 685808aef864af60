//! Emulators that the kernel starts for the executables of other machines, see
//! [binfmt_misc](https://docs.kernel.org/admin-guide/binfmt-misc.html).

use std::ffi::OsStr;
use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Dir, Mode, OFlags, ResolveFlags, fstatfs, openat};

use super::files::stat_open;
use super::hanging::{guarded, open_in};
use super::proc;
use super::process::PinnedProcess;
use crate::platform::types::FileId;

/// The directory of the registrations, below a root directory.
const REGISTRATIONS: &str = "proc/sys/fs/binfmt_misc";

/// The magic number of its file system. An automounter in its place is left alone.
const BINFMT_MISC: u64 = 0x4249_4e4d;

impl PinnedProcess {
    /// Returns whether `image`, which this process runs, is an emulator that the kernel
    /// started for the file at `path`. Registrations are those that the process sees, and
    /// those that this one sees.
    pub(crate) fn emulates(&self, path: &Path, image: FileId) -> bool {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let inside = self.in_living_thread(|thread| openat(thread, "root", flags, Mode::empty()));
        let ours = rustix::fs::open("/", flags, Mode::empty());
        let is_image = |root: &OwnedFd, path: &Path| {
            open_below(root, path)
                .and_then(|file| stat_open(&File::from(file)).ok())
                .is_some_and(|file| file.id == image)
        };
        let roots: Vec<OwnedFd> = [inside, ours].into_iter().flatten().collect();
        let look = || {
            Ok(roots.iter().any(|root| {
                let interpreters = interpreters(root).unwrap_or_default();
                interpreters.iter().any(|path| is_image(root, path))
            }))
        };
        self.was_started_for(path) && guarded(look, look).unwrap_or(false)
    }

    /// Returns whether the first argument of this process is a file: the kernel puts the
    /// path of the executable there. It may be relative to an earlier working directory.
    fn was_started_for(&self, path: &Path) -> bool {
        let arguments = self.read("cmdline").unwrap_or_default();
        let started = arguments.split('\0').nth(1).map(Path::new);
        started.is_some_and(|started| {
            started == path || (started.is_relative() && started.file_name() == path.file_name())
        })
    }
}

/// Returns the interpreters of all enabled registrations below a root directory.
fn interpreters(root: &OwnedFd) -> Option<Vec<PathBuf>> {
    let found = open_below(root, Path::new(REGISTRATIONS))?;
    if u64::try_from(fstatfs(&found).ok()?.f_type) != Ok(BINFMT_MISC) {
        return None;
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = openat(&found, ".", flags, Mode::empty()).ok()?;
    let entries = Dir::read_from(&directory).ok()?.flatten();
    let interpreter = |name: &OsStr| {
        let text = proc::read(proc::open_at(directory.as_fd(), name.to_str()?).ok()?).ok()?;
        let registration = text.strip_prefix("enabled\n")?;
        let path = registration
            .lines()
            .find_map(|line| line.strip_prefix("interpreter "));
        path.map(PathBuf::from)
    };
    Some(
        entries
            .filter_map(|entry| interpreter(OsStr::from_bytes(entry.file_name().to_bytes())))
            .collect(),
    )
}

/// Opens a file below a root directory without mounting anything there, by
/// [openat2(2)](https://man7.org/linux/man-pages/man2/openat2.2.html).
fn open_below(root: &OwnedFd, path: &Path) -> Option<OwnedFd> {
    open_in(root, path, ResolveFlags::IN_ROOT).ok()
}
