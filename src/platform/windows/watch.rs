//! Noticing changes of files.

use std::io;
use std::os::windows::io::BorrowedHandle;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::sys::changes::Changes;
use super::sys::wait::{MAX_HANDLES, wait_for_one};

/// A watch on a set of files, which reports that something has changed in their directories:
/// callers look at the files then.
///
/// Files and directories need not exist yet. A directory that cannot be watched is skipped:
/// callers also look at the files from time to time.
#[derive(Debug)]
pub struct FileWatch {
    watched: Vec<(PathBuf, Changes)>,
}

impl FileWatch {
    /// Creates an empty watch.
    ///
    /// # Errors
    ///
    /// None.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            watched: Vec::new(),
        })
    }

    /// Adds a file.
    pub fn add(&mut self, path: &Path) {
        let Ok(path) = std::path::absolute(path) else {
            return;
        };
        let directories = path.ancestors().skip(1);
        if let Some(directory) = directories.into_iter().find(|it| it.is_dir()) {
            self.watch(directory);
        }
    }

    /// Adds all files of a directory.
    pub fn add_all_in(&mut self, directory: &Path) {
        if directory.is_dir() {
            self.watch(directory);
        } else {
            self.add(directory);
        }
    }

    fn watch(&mut self, directory: &Path) {
        let is_known = self.watched.iter().any(|(known, _)| known == directory);
        if is_known || self.watched.len() >= MAX_HANDLES {
            return;
        }
        if let Ok(changes) = Changes::of(directory) {
            self.watched.push((directory.to_owned(), changes));
        }
    }

    /// Waits for a change in any of the directories. Returns whether one occurred in time.
    ///
    /// # Errors
    ///
    /// The error of the system.
    pub fn wait(&self, timeout: Duration) -> io::Result<bool> {
        if self.watched.is_empty() {
            std::thread::sleep(timeout);
            return Ok(false);
        }
        let changes = || self.watched.iter().map(|(_, changes)| changes);
        let handles: Vec<BorrowedHandle<'_>> = changes().map(Changes::handle).collect();
        let has_changed = wait_for_one(&handles, Some(timeout))?;
        for changes in changes() {
            if wait_for_one(&[changes.handle()], Some(Duration::ZERO))? {
                changes.again()?;
            }
        }
        Ok(has_changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    #[test]
    fn a_file_is_noticed_in_a_directory_that_is_made_later() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("a").join("file");
        let on_file = || {
            let mut watch = FileWatch::new().unwrap();
            watch.add(&file);
            watch
        };
        let watch = on_file();
        assert!(!watch.wait(Duration::ZERO).unwrap());
        std::fs::create_dir(file.parent().unwrap()).unwrap();
        assert!(watch.wait(LONG).unwrap());

        let watch = on_file();
        std::fs::write(&file, "").unwrap();
        assert!(watch.wait(LONG).unwrap());
    }
}
