//! Race-free removal of a record.

use std::io;
use std::path::Path;

use super::load::load;
use super::record::Record;
use crate::platform;

/// Removes the record at `path` if `matches` accepts it. Returns whether a file was
/// removed.
///
/// A record that a daemon writes to `path` during the call is not removed: the file
/// is moved to an unpredictable name, read again there, and moved back if `matches`
/// refuses it. In between, other programs do not find it. Daemons made with this
/// library wait for that time if the caller holds the lock of the directory.
///
/// # Errors
///
/// The error of the system if the file cannot be moved or removed. A missing file
/// is not an error.
pub fn remove_if(path: &Path, matches: impl Fn(&Record) -> bool) -> io::Result<bool> {
    platform::remove_if(path, |path| load(path).is_ok_and(|record| matches(&record)))
}
