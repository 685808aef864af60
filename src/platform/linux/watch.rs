//! Waiting for files to appear or change.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::fs::OFlags;
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use rustix::io::Errno;

use super::descriptor_path::path_of_descriptor;
use super::hanging::open;
use super::wait::wait_for;
use crate::deadline::Deadline;

/// The buffer size: enough for a few events, the others are read in the next turn.
const BUFFER_LEN: usize = 4096;

/// A watch on a set of files, which reports that one of them appears, is replaced or is
/// written after it was added. Linux: by
/// [inotify(7)](https://man7.org/linux/man-pages/man7/inotify.7.html).
///
/// Files and directories need not exist yet. A file that cannot be watched is skipped, as
/// is one on a file system that may hang: callers also look at the files from time to time.
#[derive(Debug)]
pub struct FileWatch {
    inotify: OwnedFd,
    names: HashSet<(i32, OsString)>,
    /// The directories of which all files are watched.
    directories: HashSet<i32>,
}

impl FileWatch {
    /// Creates an empty watch, by
    /// [inotify_init1(2)](https://man7.org/linux/man-pages/man2/inotify_init1.2.html).
    ///
    /// # Errors
    ///
    /// Fails if the user has too many watches.
    pub fn new() -> io::Result<Self> {
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        Ok(Self {
            inotify,
            names: HashSet::new(),
            directories: HashSet::new(),
        })
    }

    /// Adds a file, by
    /// [inotify_add_watch(2)](https://man7.org/linux/man-pages/man2/inotify_add_watch.2.html)
    /// on its directory.
    pub fn add(&mut self, path: &Path) {
        if let Some((directory, name)) = nearest_directory(path)
            && let Some(watch) = self.watch(&directory)
        {
            self.names.insert((watch, name));
        }
    }

    /// Adds all files of a directory.
    pub fn add_all_in(&mut self, directory: &Path) {
        match held(directory).and_then(|directory| self.watch(&directory)) {
            Some(watch) => drop(self.directories.insert(watch)),
            None => self.add(directory),
        }
    }

    fn watch(&self, directory: &OwnedFd) -> Option<i32> {
        let events = WatchFlags::CREATE
            | WatchFlags::MOVED_TO
            | WatchFlags::CLOSE_WRITE
            | WatchFlags::ONLYDIR;
        let directory = path_of_descriptor(directory);
        inotify::add_watch(&self.inotify, directory, events).ok()
    }

    /// Waits for a change of any of the files. Returns whether one occurred in time.
    ///
    /// # Errors
    ///
    /// The error of the system call.
    pub fn wait(&self, timeout: Duration) -> io::Result<bool> {
        let deadline = Deadline::after(timeout);
        while wait_for(self.inotify.as_fd(), PollFlags::IN, deadline.remaining())? {
            if self.is_concerned()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads the events. Returns whether one of them concerns a watched file.
    fn is_concerned(&self) -> io::Result<bool> {
        let mut buffer = [MaybeUninit::uninit(); BUFFER_LEN];
        let mut events = inotify::Reader::new(&self.inotify, &mut buffer);
        let mut is_concerned = false;
        loop {
            match events.next() {
                Ok(event) => {
                    let name = event.file_name().map(std::ffi::CStr::to_bytes);
                    is_concerned |= name.is_some_and(|name| {
                        let name = OsStr::from_bytes(name).to_owned();
                        self.directories.contains(&event.wd())
                            || self.names.contains(&(event.wd(), name))
                    });
                }
                Err(Errno::AGAIN) => return Ok(is_concerned),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Returns the lowest existing directory above a path, and the name to wait for in it.
fn nearest_directory(path: &Path) -> Option<(OwnedFd, OsString)> {
    let path = std::path::absolute(path).ok()?;
    path.ancestors()
        .find_map(|below| Some((held(below.parent()?)?, below.file_name()?.to_owned())))
}

/// Opens a directory, unless it is on a file system that may hang.
fn held(directory: &Path) -> Option<OwnedFd> {
    open(directory, OFlags::PATH | OFlags::DIRECTORY).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    #[test]
    fn a_file_is_noticed_in_a_directory_that_is_made_later() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("a/b/file");
        let on_file = || {
            let mut watch = FileWatch::new().unwrap();
            watch.add(&file);
            watch
        };
        let watch = on_file();
        std::fs::write(root.path().join("other"), "").unwrap();
        assert!(!watch.wait(Duration::ZERO).unwrap());
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        assert!(watch.wait(LONG).unwrap());

        let watch = on_file();
        std::fs::write(&file, "").unwrap();
        assert!(watch.wait(LONG).unwrap());
    }

    #[test]
    fn any_file_is_noticed_in_a_directory_watched_as_a_whole() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("a");
        let mut watch = FileWatch::new().unwrap();
        watch.add_all_in(&directory);
        std::fs::write(root.path().join("other"), "").unwrap();
        assert!(!watch.wait(Duration::ZERO).unwrap());
        std::fs::create_dir(&directory).unwrap();
        assert!(watch.wait(LONG).unwrap());

        let mut watch = FileWatch::new().unwrap();
        watch.add_all_in(&directory);
        std::fs::write(directory.join("any"), "").unwrap();
        assert!(watch.wait(LONG).unwrap());
    }
}
