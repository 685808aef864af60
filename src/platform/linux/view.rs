//! The files that paths name for a process: its mount namespace, root or working directory
//! may be other ones than those of this process.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, ResolveFlags, openat, readlinkat};

use super::descriptor_path::path_of_descriptor;
use super::hanging::{guarded_file, open_in};
use super::paths::known_attributes;
use super::process::PinnedProcess;
use crate::platform::types::FileId;

/// A file that is held open without access to its content.
#[derive(Debug)]
pub(crate) struct HeldFile {
    file: File,
    id: FileId,
}

impl HeldFile {
    fn new(file: OwnedFd) -> io::Result<Self> {
        let file = File::from(file);
        let id = known_attributes(&file)?.stat.id;
        Ok(Self { file, id })
    }

    /// Returns the identity of the file.
    pub(crate) fn id(&self) -> FileId {
        self.id
    }

    /// Returns a path that leads to this file, and is short enough for `sun_path`.
    pub(crate) fn path(&self) -> PathBuf {
        path_of_descriptor(&self.file)
    }
}

/// The directory from which a process resolves paths. It is held beyond the end of the process.
#[derive(Debug)]
pub(super) struct HeldDirectory {
    directory: OwnedFd,
    resolve: ResolveFlags,
}

impl HeldDirectory {
    /// Holds the file that a path names from there.
    pub(super) fn hold(&self, path: &Path) -> io::Result<HeldFile> {
        let open = || open_in(&self.directory, path, self.resolve);
        HeldFile::new(guarded_file(open, open)?)
    }
}

impl PinnedProcess {
    /// Returns whether this process has another mount namespace or root directory than the
    /// calling one, as far as that may be read, by
    /// [proc_pid_ns(5)](https://man7.org/linux/man-pages/man5/proc_pid_ns.5.html) and
    /// [proc_pid_root(5)](https://man7.org/linux/man-pages/man5/proc_pid_root.5.html).
    pub(crate) fn has_other_root(&self) -> bool {
        let link = |name| {
            self.in_living_thread(|directory| readlinkat(directory, name, Vec::new()))
                .ok()
        };
        let ours = rustix::fs::readlink("/proc/thread-self/ns/mnt", Vec::new()).ok();
        let theirs = link("ns/mnt");
        let is_other_namespace = theirs.is_some() && ours.is_some() && theirs != ours;
        // A root directory is shown below that of the reader.
        is_other_namespace || link("root").is_some_and(|root| root.as_bytes() != b"/")
    }

    /// Returns whether this process is in the user namespace of the calling one, by
    /// [proc_pid_ns(5)](https://man7.org/linux/man-pages/man5/proc_pid_ns.5.html). It then sees
    /// no mounts but those of privileged users.
    pub(crate) fn is_in_our_user_namespace(&self) -> bool {
        let theirs =
            self.in_living_thread(|directory| readlinkat(directory, "ns/user", Vec::new()));
        let ours = rustix::fs::readlink("/proc/thread-self/ns/user", Vec::new());
        matches!((theirs, ours), (Ok(theirs), Ok(ours)) if theirs == ours)
    }

    /// Holds the file that a path names for this process, in its mount namespace and below
    /// its root directory, by
    /// [openat2(2)](https://man7.org/linux/man-pages/man2/openat2.2.html).
    pub(crate) fn hold_inside(&self, path: &Path) -> io::Result<HeldFile> {
        self.root()?.hold(path)
    }

    /// Holds the file that a relative path names in the working directory of this process,
    /// of [proc_pid_cwd(5)](https://man7.org/linux/man-pages/man5/proc_pid_cwd.5.html).
    pub(crate) fn hold_in_working_directory(&self, path: &Path) -> io::Result<HeldFile> {
        self.working_directory()?.hold(path)
    }

    /// Holds the root directory of this process.
    pub(super) fn root(&self) -> io::Result<HeldDirectory> {
        let directory = self.open_directory("root")?;
        let resolve = ResolveFlags::IN_ROOT;
        Ok(HeldDirectory { directory, resolve })
    }

    /// Holds the working directory of this process.
    pub(super) fn working_directory(&self) -> io::Result<HeldDirectory> {
        let directory = self.open_directory("cwd")?;
        let resolve = ResolveFlags::empty();
        Ok(HeldDirectory { directory, resolve })
    }

    fn open_directory(&self, name: &str) -> io::Result<OwnedFd> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(self.in_living_thread(|directory| openat(directory, name, flags, Mode::empty()))?)
    }
}
