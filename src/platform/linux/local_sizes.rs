//! The sizes of many files, without waiting for a file system that does not answer.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fs::{AtFlags, FileType, OFlags, StatxFlags, statx};

use super::hanging::open;
use super::paths::known_attributes;

/// A directory, held open unless it is on a file system that may hang.
type Held = (PathBuf, Option<Arc<OwnedFd>>);

/// Tells the sizes of files. The directory of files that follow each other is opened once.
#[derive(Debug, Default)]
pub(crate) struct LocalSizes(Mutex<Option<Held>>);

impl LocalSizes {
    /// Returns the size of the file at a path, unless it is on a file system that may hang, by
    /// [statx(2)](https://man7.org/linux/man-pages/man2/statx.2.html).
    pub(crate) fn of(&self, path: &Path) -> Option<u64> {
        let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
            return size_if_local(path);
        };
        if !directory.is_absolute() {
            return size_if_local(path);
        }
        let directory = self.open(directory)?;
        let look = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT | AtFlags::STATX_DONT_SYNC;
        let about = statx(&directory, name, look, StatxFlags::BASIC_STATS).ok()?;
        match FileType::from_raw_mode(about.stx_mode.into()) {
            FileType::Symlink => size_if_local(path),
            _ => Some(about.stx_size),
        }
    }

    fn open(&self, directory: &Path) -> Option<Arc<OwnedFd>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = held.as_ref().filter(|(path, _)| path == directory) {
            return known.clone();
        }
        let opened = open(directory, OFlags::PATH | OFlags::DIRECTORY);
        let opened = opened.ok().map(Arc::new);
        *held = Some((directory.to_owned(), opened.clone()));
        opened
    }
}

fn size_if_local(path: &Path) -> Option<u64> {
    let file = open(path, OFlags::PATH).ok()?;
    known_attributes(file).ok().map(|file| file.stat.size)
}
