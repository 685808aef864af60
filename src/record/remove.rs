//! Removing a record, and no other that takes its place meanwhile.

use std::io;
use std::path::Path;

use super::load::load;
use super::record::Record;
use crate::platform;

/// Remove the record at `path` if it is one that `is_meant` recognises; whether
/// it was.
///
/// A record that a daemon writes there meanwhile is not removed: the file is
/// moved to a name that nobody else knows, read once more there, and moved back
/// if it is not meant. Whoever looks for it between the two does not find it;
/// [`platform::lock_dir`] keeps daemons made with this library waiting that long.
///
/// # Errors
///
/// When the file cannot be moved or removed. A file that is not there is none.
pub fn remove_if(path: &Path, is_meant: impl Fn(&Record) -> bool) -> io::Result<bool> {
    platform::remove_if(path, |path| {
        load(path).is_ok_and(|record| is_meant(&record))
    })
}
