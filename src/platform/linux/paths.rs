//! What paths name, without waiting for a file system that does not answer.
//!
//! Each function looks in this process, and in a helper if the path leads to a file system
//! that may hang.

use std::ffi::{CStr, OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{
    Access, AtFlags, CWD, Dir, FileType, Mode, OFlags, StatxFlags, StatxTimestamp, accessat,
    makedev, openat, statx,
};
use rustix::io::Errno;

use super::descriptor_path::path_of_descriptor;
use super::files::{file_id, nanoseconds};
use super::hanging::{guarded, guarded_file, is_of_root, mount_that_may_hang, open};
use crate::platform::file_kind::FileKind;
use crate::platform::types::{FileAttributes, FileStat, Ownership, Readable};

/// Returns the attributes of the file at a path, as
/// [stat(2)](https://man7.org/linux/man-pages/man2/stat.2.html) does.
///
/// # Errors
///
/// The error of the system; `FileSystemHangs` if the file
/// system does not answer.
pub fn attributes(path: &Path) -> io::Result<FileAttributes> {
    let look = || known_attributes(open(path, OFlags::PATH)?);
    guarded(look, || fresh_attributes(open(path, OFlags::PATH)?))
}

/// Returns the attributes of the file or symbolic link at a path, as
/// [lstat(2)](https://man7.org/linux/man-pages/man2/lstat.2.html) does.
///
/// # Errors
///
/// As for [`attributes`].
pub fn link_attributes(path: &Path) -> io::Result<FileAttributes> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW;
    let look = || known_attributes(open(path, flags)?);
    guarded(look, || fresh_attributes(open(path, flags)?))
}

/// Returns the identity and times of the file at a path, as [`attributes`].
pub(crate) fn stat(path: &Path) -> io::Result<FileStat> {
    attributes(path).map(|attributes| attributes.stat)
}

/// Returns the path without symbolic links of the file at a path, as
/// [realpath(3)](https://man7.org/linux/man-pages/man3/realpath.3.html) does.
///
/// # Errors
///
/// As for [`attributes`].
pub fn resolved(path: &Path) -> io::Result<PathBuf> {
    let look = || {
        let file = open(path, OFlags::PATH)?;
        let path = std::fs::read_link(path_of_descriptor(&file))?;
        Ok(path.into_os_string())
    };
    guarded(look, look).map(PathBuf::from)
}

/// Returns the names in a directory, but no more than `limit`, by
/// [readdir(3)](https://man7.org/linux/man-pages/man3/readdir.3.html).
///
/// # Errors
///
/// As for [`attributes`].
pub fn names_in(directory: &Path, limit: usize) -> io::Result<Vec<OsString>> {
    let read = || {
        let directory = open(directory, OFlags::RDONLY | OFlags::DIRECTORY)?;
        let is_name = |name: &CStr| !matches!(name.to_bytes(), b"." | b"..");
        let mut names = Vec::new();
        for entry in Dir::new(directory)? {
            let entry = entry?;
            if names.len() == limit {
                break;
            }
            if is_name(entry.file_name()) {
                names.push(OsStr::from_bytes(entry.file_name().to_bytes()).to_owned());
            }
        }
        Ok(names)
    };
    guarded(read, read)
}

/// Opens the file at a path with `O_PATH`: it cannot be read, and no call on the
/// descriptor waits for the file system unless it has to.
pub(super) fn held(path: &Path) -> io::Result<OwnedFd> {
    let open = || open(path, OFlags::PATH);
    guarded_file(open, open)
}

/// Holds the file at a path, which can be read then.
///
/// # Errors
///
/// As for [`attributes`].
pub(crate) fn readable(path: &Path) -> io::Result<Readable> {
    let held = File::from(held(path)?);
    let device = known_attributes(&held)?.stat.id.device;
    readable_from(held, device)
}

/// Returns a file of `device` that is held with `O_PATH`. Many files are held and few of
/// them are read, so each is opened when that is done.
///
/// # Errors
///
/// Fails if the caller may not read the file, as far as that is known, by
/// [faccessat2(2)](https://man7.org/linux/man-pages/man2/faccessat.2.html).
pub(super) fn readable_from(file: File, device: u64) -> io::Result<Readable> {
    let is_local = is_of_root(device);
    let mount = (!is_local).then(|| mount_that_may_hang(&file)).flatten();
    if mount.is_none() {
        let flags = AtFlags::EMPTY_PATH | AtFlags::EACCESS;
        let may_read = accessat(&file, "", Access::READ_OK, flags);
        // Before Linux 5.8, the system cannot tell.
        if let Err(error @ (Errno::ACCESS | Errno::PERM)) = may_read {
            return Err(error.into());
        }
    }
    Ok(Readable { file, mount })
}

/// Opens a file for reading that is held with `O_PATH`.
pub(crate) fn reopened(held: &File) -> io::Result<File> {
    let path = path_of_descriptor(held);
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(openat(CWD, path, flags, Mode::empty())?.into())
}

/// Returns the attributes of a file that is held, as far as the kernel knows them without
/// asking the file system: they were current when it was opened. Linux: by
/// `AT_STATX_DONT_SYNC` of
/// [statx(2)](https://man7.org/linux/man-pages/man2/statx.2.html).
pub(crate) fn known_attributes(held: impl AsFd) -> io::Result<FileAttributes> {
    Ok(known_attributes_at(held, "")?)
}

/// Returns the attributes of the file behind a link of `/proc`, as [`known_attributes`].
pub(super) fn known_attributes_at(at: impl AsFd, name: &str) -> rustix::io::Result<FileAttributes> {
    attributes_by(at, name, AtFlags::STATX_DONT_SYNC)
}

pub(super) fn fresh_attributes(held: impl AsFd) -> io::Result<FileAttributes> {
    Ok(attributes_by(held, "", AtFlags::empty())?)
}

fn attributes_by(at: impl AsFd, name: &str, flags: AtFlags) -> rustix::io::Result<FileAttributes> {
    let flags = flags | AtFlags::EMPTY_PATH | AtFlags::NO_AUTOMOUNT;
    let about = statx(at, name, flags, StatxFlags::BASIC_STATS)?;
    let time = |time: StatxTimestamp| nanoseconds(time.tv_sec, time.tv_nsec);
    let mode = u32::from(about.stx_mode);
    let file_type = FileType::from_raw_mode(mode);
    Ok(FileAttributes {
        stat: FileStat {
            id: file_id(
                makedev(about.stx_dev_major, about.stx_dev_minor),
                about.stx_ino,
            ),
            size: about.stx_size,
            modified_ns: time(about.stx_mtime),
            changed_ns: time(about.stx_ctime),
        },
        ownership: Ownership {
            owner: about.stx_uid,
            mode: mode & 0o7777,
        },
        kind: kind_of(file_type),
        is_link: file_type == FileType::Symlink,
        is_named: about.stx_nlink > 0,
    })
}

fn kind_of(file_type: FileType) -> Option<FileKind> {
    match file_type {
        FileType::RegularFile => None,
        FileType::Directory => Some(FileKind::Directory),
        FileType::Fifo => Some(FileKind::Fifo),
        FileType::Socket => Some(FileKind::Socket),
        FileType::BlockDevice | FileType::CharacterDevice => Some(FileKind::Device),
        _ => Some(FileKind::File),
    }
}
