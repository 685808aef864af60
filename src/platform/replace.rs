//! Writing a file whole.

use std::io::{self, Write};
use std::path::Path;

use super::{Directory, guarded};

/// Writes a file atomically, with mode 0600, and synchronises it with the disk. Missing
/// directories are created with mode 0700.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let replace = || {
        let directory = Directory::create(directory)?;
        directory.replace(name, |file| {
            file.write_all(bytes)?;
            file.sync_all()
        })?;
        directory.sync()
    };
    guarded(replace, replace)
}
