//! Noticing changes of files.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::libc;
use nix::sys::event::{EvFlags, EventFilter, FilterFlag, KEvent, Kqueue};
use rustix::fs::{Mode, OFlags, open};

use super::wait::wait_for;
use rustix::event::PollFlags;
use std::os::fd::AsFd;

/// The files and directories that are watched at once.
const MAX_WATCHED: usize = 256;

/// The flag by which a file is opened to be watched alone: `O_EVTONLY`.
const WATCH_ONLY: OFlags = OFlags::from_bits_retain(libc::O_EVTONLY.cast_unsigned());

/// A watch on a set of files, which reports that something has changed in their directories
/// or in themselves: callers look at the files then.
///
/// Files and directories need not exist yet. What cannot be watched is skipped: callers
/// also look at the files from time to time.
#[derive(Debug)]
pub struct FileWatch {
    queue: Kqueue,
    watched: Vec<(PathBuf, File)>,
}

impl FileWatch {
    /// Creates an empty watch.
    ///
    /// # Errors
    ///
    /// The error of the system call.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            queue: Kqueue::new()?,
            watched: Vec::new(),
        })
    }

    /// Adds a file, by
    /// [kqueue(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/kqueue.2.html)
    /// on the file and on the lowest existing directory above it.
    pub fn add(&mut self, path: &Path) {
        let Ok(path) = std::path::absolute(path) else {
            return;
        };
        self.watch(&path);
        if let Some(directory) = path.ancestors().skip(1).find(|it| it.is_dir()) {
            self.watch(directory);
        }
    }

    /// Adds all files of a directory.
    pub fn add_all_in(&mut self, directory: &Path) {
        let Ok(files) = std::fs::read_dir(directory) else {
            return self.add(directory);
        };
        self.watch(directory);
        for file in files.take(MAX_WATCHED).flatten() {
            self.watch(&file.path());
        }
    }

    fn watch(&mut self, path: &Path) {
        let is_known = self.watched.iter().any(|(known, _)| known == path);
        if is_known || self.watched.len() >= MAX_WATCHED {
            return;
        }
        let flags = WATCH_ONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let Ok(file) = open(path, flags, Mode::empty()).map(File::from) else {
            return;
        };
        let changes = FilterFlag::NOTE_WRITE
            | FilterFlag::NOTE_EXTEND
            | FilterFlag::NOTE_DELETE
            | FilterFlag::NOTE_RENAME;
        let Ok(number) = usize::try_from(file.as_raw_fd()) else {
            return;
        };
        let flags = EvFlags::EV_ADD | EvFlags::EV_CLEAR;
        let event = KEvent::new(number, EventFilter::EVFILT_VNODE, flags, changes, 0, 0);
        if self.queue.kevent(&[event], &mut [], None).is_ok() {
            self.watched.push((path.to_owned(), file));
        }
    }

    /// Waits for a change of any of the files. Returns whether one occurred in time.
    ///
    /// # Errors
    ///
    /// The error of the system call.
    pub fn wait(&self, timeout: Duration) -> io::Result<bool> {
        if !wait_for(self.queue.as_fd(), PollFlags::IN, timeout)? {
            return Ok(false);
        }
        // What has occurred is taken from the queue.
        let nothing = FilterFlag::empty();
        let empty = KEvent::new(
            0,
            EventFilter::EVFILT_VNODE,
            EvFlags::empty(),
            nothing,
            0,
            0,
        );
        let mut events = [empty; MAX_WATCHED];
        let now = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        Ok(self.queue.kevent(&[], &mut events, Some(now))? > 0)
    }
}
