//! A directory on a path, and the users who could have led the way there elsewhere.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;

use rustix::fs::{CWD, Mode, Stat, fstat, openat};

use super::held::{DIRECTORY, Held};
use super::stat::device;
use super::{hanging, kernel_files, writers};
use crate::platform::types::{Power, Writer};

/// A directory that was reached.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) directory: Arc<OwnedFd>,
    /// The path, without symbolic links.
    pub(super) path: PathBuf,
    /// The users, besides the caller and root, who could have led the way elsewhere.
    pub(super) writers: Vec<Writer>,
    /// Whether other users can create files in the directory, but not replace those of
    /// others, as in `/tmp`.
    pub(super) is_shared: bool,
    device: u64,
    /// Whether the kernel makes up the files of this device, if that was asked.
    is_made_up: Option<bool>,
}

impl Place {
    pub(super) fn root() -> io::Result<Self> {
        let directory = openat(CWD, "/", DIRECTORY, Mode::empty())?;
        Self::new("/", directory, Vec::new())
    }

    /// Returns the working directory, the path of which is not known.
    pub(super) fn unnamed() -> io::Result<Self> {
        let directory = hanging::working_directory()?;
        let writers = vec![unseen("the path of the working directory")];
        Self::new(".", directory, writers)
    }

    fn new(path: &str, directory: OwnedFd, writers: Vec<Writer>) -> io::Result<Self> {
        let stat = fstat(&directory)?;
        let mut place = Self {
            directory: directory.into(),
            path: path.into(),
            writers,
            is_shared: false,
            device: device(&stat),
            is_made_up: None,
        };
        place.examine(&stat);
        Ok(place)
    }

    /// Goes to another directory, which has this name here.
    pub(super) fn go(&mut self, name: &OsStr, directory: OwnedFd, stat: &Stat) {
        self.directory = directory.into();
        if name == ".." {
            self.path.pop();
        } else {
            self.path.push(name);
        }
        self.examine(stat);
    }

    /// Goes to another directory, along a way of its own.
    pub(super) fn go_to(&mut self, other: Self) {
        let earlier = std::mem::replace(self, other).writers;
        let later = std::mem::replace(&mut self.writers, earlier);
        self.add(later);
    }

    fn examine(&mut self, stat: &Stat) {
        let found = writers::of_directory(&self.path, &self.directory, stat);
        self.is_shared = found.is_shared;
        self.examine_file_system(Arc::clone(&self.directory), stat);
        self.device = device(stat);
        self.is_made_up = None;
        self.add(found.writers);
    }

    /// Examines who decides what is shown of a file, if it is on another file system than the
    /// directory that was reached before.
    pub(super) fn examine_file_system(&mut self, held: impl AsFd, stat: &Stat) {
        if device(stat) != self.device {
            self.add(writers::of_file_system(held).into_iter().collect());
        }
    }

    /// Remembers whether the kernel makes up the files of the directory.
    pub(super) fn with_kind(mut self) -> io::Result<Self> {
        self.is_made_up = Some(kernel_files::is_made_up(&self.directory)?);
        Ok(self)
    }

    /// Returns whether files of a device are of the file system of the directory, and known not
    /// to be made up by the kernel.
    pub(super) fn stores(&self, device: u64) -> bool {
        self.is_made_up == Some(false) && device == self.device
    }

    /// Returns whether the kernel makes up a file of the directory.
    pub(super) fn makes_up(&self, file: &Held, stat: &Stat) -> io::Result<bool> {
        // Another file system may be mounted over the file.
        match self.is_made_up {
            Some(is_made_up) if device(stat) == self.device => Ok(is_made_up),
            _ => kernel_files::is_made_up(file),
        }
    }

    /// Examines a symbolic link in the directory.
    pub(super) fn examine_link(&mut self, name: &OsStr, stat: &Stat) {
        self.add(writers::of_link(&self.path.join(name), stat));
        self.examine_name(name, stat);
    }

    /// Examines who can have given a file its name: in a directory that users share, any
    /// user can link to a file of another user, if the system lets them.
    pub(super) fn examine_name(&mut self, name: &OsStr, stat: &Stat) {
        if self.is_shared && stat.st_nlink > 1 && !writers::hard_links_are_protected() {
            let path = self.path.join(name);
            let reason = format!("all users can link a file to {}", path.display());
            self.add(vec![Writer::unknown(Power::Replace, reason)]);
        }
    }

    /// Adds writers; the first way of each user is enough.
    pub(super) fn add(&mut self, writers: Vec<Writer>) {
        for writer in writers {
            if self.writers.iter().all(|known| known.user != writer.user) {
                self.writers.push(writer);
            }
        }
    }
}

/// Returns a writer for what cannot be examined.
pub(super) fn unseen(what: &str) -> Writer {
    Writer::unknown(Power::Replace, format!("{what} cannot be looked at"))
}
