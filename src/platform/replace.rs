//! Writing a file whole.

use std::io::{self, Write};
use std::path::Path;

use super::{Directory, guarded};

/// The events after which a file still has its whole content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Also a crash of the system: the file is written to the disk at once.
    Crash,
    /// The end of the program. After a crash the file can be missing or empty.
    ThisBoot,
}

/// Writes a file atomically, with mode 0600. Missing directories are created with mode
/// 0700.
pub(crate) fn replace_file(path: &Path, bytes: &[u8], durability: Durability) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let is_synced = durability == Durability::Crash;
    let replace = || {
        let directory = Directory::create(directory)?;
        directory.replace(name, |file| {
            file.write_all(bytes)?;
            if is_synced { file.sync_all() } else { Ok(()) }
        })?;
        if is_synced { directory.sync() } else { Ok(()) }
    };
    guarded(replace, replace)
}
