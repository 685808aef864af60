//! Open files, and what they are.

use std::fs::{File, FileType, OpenOptions};
use std::io;
#[cfg(feature = "digest")]
use std::os::windows::fs::FileExt;
use std::os::windows::fs::{FileTypeExt, OpenOptionsExt};
use std::os::windows::io::AsHandle;
use std::path::{Component, Path, PathBuf, Prefix};

use windows_sys::Win32::Storage::FileSystem::{
    FILE_ATTRIBUTE_REPARSE_POINT, FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT,
    FILE_GENERIC_READ, FILE_READ_ATTRIBUTES, READ_CONTROL,
};

use super::acl;
use super::error::unsupported;
use super::sys::file as sys;
use super::times::unix_ns;
use crate::platform::file_kind::FileKind;
#[cfg(feature = "client")]
use crate::platform::types::LockHolder;
use crate::platform::types::{FileAttributes, FileId, FileStat, UserId};

/// The rights to look at a file and at who may change it.
const LOOK: u32 = FILE_READ_ATTRIBUTES | READ_CONTROL;

/// Opens a file or directory for reading. Anyone may rename or remove it.
pub(super) fn open(path: &Path) -> io::Result<File> {
    open_with(path, FILE_GENERIC_READ, 0)
}

/// Opens a file or directory to look at its attributes.
pub(super) fn look_at(path: &Path) -> io::Result<File> {
    open_with(path, LOOK, 0)
}

/// Opens a file, directory or link to look at its attributes.
pub(super) fn look_at_link(path: &Path) -> io::Result<File> {
    open_with(path, LOOK, FILE_FLAG_OPEN_REPARSE_POINT)
}

pub(super) fn open_with(path: &Path, access: u32, flags: u32) -> io::Result<File> {
    refuse_device(path)?;
    OpenOptions::new()
        .access_mode(access)
        .custom_flags(FILE_FLAG_BACKUP_SEMANTICS | flags)
        .open(path)
}

/// Refuses the path of a device or a pipe: to open one can wait, or have an effect.
fn refuse_device(path: &Path) -> io::Result<()> {
    let is_device = match path.components().next() {
        Some(Component::Prefix(prefix)) => matches!(prefix.kind(), Prefix::DeviceNS(_)),
        _ => false,
    };
    if is_device
        || path
            .file_name()
            .is_some_and(|name| is_device_name(&name.to_string_lossy()))
    {
        let message = "this is the name of a device or pipe, not of a file";
        return Err(io::Error::new(io::ErrorKind::InvalidFilename, message));
    }
    Ok(())
}

/// Returns whether a name stands for a device in every directory, with any extension.
fn is_device_name(name: &str) -> bool {
    let stem = name.split(['.', ':']).next().unwrap_or(name).trim_end();
    let upper = stem.to_ascii_uppercase();
    let numbered = |device: &str| {
        let number = upper.strip_prefix(device);
        number.is_some_and(|number| matches!(number.as_bytes(), [b'0'..=b'9']))
    };
    matches!(
        upper.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) || numbered("COM")
        || numbered("LPT")
}

/// Returns the attributes of an open file.
pub(super) fn attributes_of(file: &File) -> io::Result<FileAttributes> {
    let kind = FileKind::from_file_type(file.metadata()?.file_type());
    let (_, is_named) = sys::size_and_name(file)?;
    let is_link = sys::times(file)?.attributes & FILE_ATTRIBUTE_REPARSE_POINT != 0;
    Ok(FileAttributes {
        stat: stat_open(file)?,
        ownership: acl::ownership(file)?,
        kind,
        is_link,
        is_named,
    })
}

/// Reads from `offset` on, and moves the position of the open file, by
/// [ReadFile](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-readfile).
#[cfg(feature = "digest")]
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek_read(buffer, offset)
}

/// Returns the identity and the times of an open file.
pub(crate) fn stat_open(file: &File) -> io::Result<FileStat> {
    let (device, inode) = sys::id(file)?;
    let (size, _) = sys::size_and_name(file)?;
    let times = sys::times(file)?;
    Ok(FileStat {
        id: FileId { device, inode },
        size,
        modified_ns: unix_ns(times.written),
        changed_ns: unix_ns(times.changed),
    })
}

/// Returns a path without the prefix `\\?\`, as people write it.
pub(super) fn plain(path: PathBuf) -> PathBuf {
    let Some(Component::Prefix(prefix)) = path.components().next() else {
        return path;
    };
    let rest = |start: String| {
        let mut plain = PathBuf::from(start);
        plain.extend(path.components().skip(1));
        plain
    };
    match prefix.kind() {
        Prefix::VerbatimDisk(disk) => rest(format!("{}:", char::from(disk))),
        Prefix::VerbatimUNC(server, share) => {
            let (server, share) = (server.to_string_lossy(), share.to_string_lossy());
            rest(format!(r"\\{server}\{share}"))
        }
        _ => path.clone(),
    }
}

impl FileKind {
    /// Returns the kind of a file; `None` for a regular file.
    #[must_use]
    pub fn from_file_type(file_type: FileType) -> Option<Self> {
        if file_type.is_file() {
            None
        } else if file_type.is_dir() || file_type.is_symlink_dir() {
            Some(Self::Directory)
        } else {
            Some(Self::File)
        }
    }
}

/// Returns `false`: there are no files that the kernel makes up.
pub(crate) fn is_pseudo_file(_: &File) -> io::Result<bool> {
    Ok(false)
}

/// Returns whether an error says that a link leads nowhere: it is told as a missing file.
#[cfg(feature = "record")]
pub(crate) fn leads_nowhere(_: &io::Error) -> bool {
    false
}

/// Returns standard input as an unbuffered file.
pub(crate) fn own_stdin() -> io::Result<File> {
    Ok(io::stdin().as_handle().try_clone_to_owned()?.into())
}

#[cfg(feature = "client")]
pub(crate) fn lock_holders(_: &File) -> io::Result<Vec<LockHolder>> {
    unsupported()
}

#[cfg(feature = "client")]
pub(crate) fn lock_writers(_: FileId) -> Vec<super::process::PinnedProcess> {
    Vec::new()
}

#[cfg(feature = "client")]
pub(crate) fn record_lock_holder(_: &File) -> io::Result<Option<LockHolder>> {
    unsupported()
}

#[cfg(feature = "client")]
pub(crate) fn is_in_memory(_: &File) -> bool {
    false
}

/// Returns `false`: the owner of a file can set every time of it, so no digest is cached.
pub(crate) fn ctime_is_reliable(_: &File, _device: u64) -> bool {
    false
}

pub(crate) fn mount_id(_: &File) -> Option<u64> {
    None
}

/// Does nothing: new files get the access control list of their directory.
pub fn keep_new_files_private() {}

/// Does nothing: no limit on the size of files ends a process.
///
/// # Errors
///
/// None.
#[cfg(feature = "cli")]
pub fn survive_size_limit() -> io::Result<()> {
    Ok(())
}

/// A socket file that is held open: pipes have none.
#[derive(Debug)]
pub(crate) enum HeldSocket {}

impl HeldSocket {
    pub(crate) fn open(_: &Path) -> Option<Self> {
        None
    }

    pub(crate) fn identity(&self) -> (FileId, i128) {
        match *self {}
    }

    pub(crate) fn owner(&self) -> UserId {
        match *self {}
    }

    pub(crate) fn is_unbound(&self) -> bool {
        match *self {}
    }
}

/// A file that is held open without access to its content: a path names one file for all.
#[derive(Debug)]
pub(crate) enum HeldFile {}

impl HeldFile {
    pub(crate) fn id(&self) -> FileId {
        match *self {}
    }

    pub(crate) fn path(&self) -> PathBuf {
        match *self {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_and_pipes_are_not_opened() {
        for path in [
            r"\\.\pipe\x",
            r"\\.\C:",
            r"C:\x\nul",
            "con.pb",
            "COM1.json",
            "lpt9",
        ] {
            assert!(refuse_device(Path::new(path)).is_err(), "{path}");
        }
        for path in [
            r"C:\x\console.pb",
            r"\\server\share\x",
            "com10",
            "nulls.json",
        ] {
            assert!(refuse_device(Path::new(path)).is_ok(), "{path}");
        }
    }

    #[test]
    fn paths_are_shown_without_their_prefix() {
        for (path, shown) in [
            (r"\\?\C:\a\b", r"C:\a\b"),
            (r"\\?\UNC\server\share\a", r"\\server\share\a"),
            (r"C:\a", r"C:\a"),
        ] {
            assert_eq!(plain(path.into()), PathBuf::from(shown));
        }
    }
}
