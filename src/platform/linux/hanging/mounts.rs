//! The table of mounts, of
//! [proc_pid_mountinfo(5)](https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html).

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::fs::{AtFlags, CWD, StatxFlags, makedev};

use super::local_kinds::{LOCAL, is_mounted_nowhere};
use super::mode;
use crate::platform::linux::wait::poll_once;
use crate::platform::types::Mount;

/// The table, as it was when it was last read.
static TABLE: Mutex<Option<Table>> = Mutex::new(None);

struct Table {
    /// Reports by poll(2) that the table has changed.
    file: File,
    lines: Vec<Line>,
}

/// One mount.
pub(super) struct Line {
    pub(super) id: u64,
    pub(super) device: (u32, u32),
    pub(super) point: PathBuf,
    pub(super) kind: String,
    /// The options of the file system, separated by commas.
    pub(super) options: String,
}

/// Returns the mount that is entered at a mount point, if it may hang. A mount that the
/// table does not have may hang.
pub(super) fn at_point(point: &Path) -> Option<Mount> {
    find(|line| line.point == point)
}

/// Returns the mount through which a file was opened, if it may hang.
pub(in crate::platform::linux) fn mount_that_may_hang(file: impl AsFd) -> Option<Mount> {
    let Some((id, device)) = numbers_of(file) else {
        return Some(Mount::default());
    };
    if is_of_root(makedev(device.0, device.1)) {
        return None;
    }
    // A mount of another namespace may be of a file system that is mounted here, too.
    find(|line| line.id == id).and_then(|mount| match mount.kind {
        Some(_) => Some(mount),
        None if is_mounted_nowhere(device) => None,
        None => find(|line| line.device == device),
    })
}

/// Returns the ID of the mount through which a file was opened, and its device. The file
/// system is not touched, by `AT_STATX_DONT_SYNC` of
/// [statx(2)](https://man7.org/linux/man-pages/man2/statx.2.html).
pub(super) fn numbers_of(file: impl AsFd) -> Option<(u64, (u32, u32))> {
    let flags = AtFlags::EMPTY_PATH | AtFlags::STATX_DONT_SYNC | AtFlags::NO_AUTOMOUNT;
    let about = rustix::fs::statx(file, "", flags, StatxFlags::MNT_ID).ok()?;
    let device = (about.stx_dev_major, about.stx_dev_minor);
    let has_id = about.stx_mask & StatxFlags::MNT_ID.bits() != 0;
    has_id.then_some((about.stx_mnt_id, device))
}

/// Returns whether a device is that of the root directory, on which this program depends
/// anyway. Most files are there, and the table need not be read for them.
pub(in crate::platform::linux) fn is_of_root(device: u64) -> bool {
    static ROOT: OnceLock<Option<u64>> = OnceLock::new();
    let root = ROOT.get_or_init(|| {
        let flags = AtFlags::STATX_DONT_SYNC | AtFlags::NO_AUTOMOUNT;
        let about = rustix::fs::statx(CWD, "/", flags, StatxFlags::BASIC_STATS).ok()?;
        Some(makedev(about.stx_dev_major, about.stx_dev_minor))
    });
    *root == Some(device)
}

/// Returns the topmost mount that `is_meant` accepts, if it may hang.
fn find(is_meant: impl Fn(&Line) -> bool) -> Option<Mount> {
    look_at(
        |lines| match lines.iter().rev().find(|line| is_meant(line)) {
            Some(line) if line.answers() => None,
            Some(line) => Some(line.mount()),
            None => Some(Mount::default()),
        },
    )
}

/// Looks at the mounts, in the order of the table; there are none if it cannot be read.
pub(super) fn look_at<T>(look: impl FnOnce(&[Line]) -> T) -> T {
    if mode::is_apart() {
        // A helper must not wait for the lock, nor take the report of a change from the
        // process that shares the open file.
        return look(&Table::read().map_or(Vec::new(), |table| table.lines));
    }
    let mut table = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
    let current = table.take().filter(Table::is_current);
    *table = current.or_else(|| Table::read().ok());
    look(table.as_ref().map_or(&[], |table| &table.lines))
}

impl Table {
    fn read() -> io::Result<Self> {
        let mut file = File::open("/proc/self/mountinfo")?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        file.rewind()?;
        let lines = text.split(|&byte| byte == b'\n');
        let lines = lines.filter_map(Line::parse).collect();
        Ok(Self { file, lines })
    }

    /// Returns whether no mount was added, moved or removed, by
    /// [poll(2)](https://man7.org/linux/man-pages/man2/poll.2.html).
    fn is_current(&self) -> bool {
        let changed = poll_once(self.file.as_fd(), PollFlags::PRI, Some(Duration::ZERO));
        changed.is_ok_and(|changed| !changed.contains(PollFlags::PRI))
    }
}

impl Line {
    /// Returns whether the file system answers for certain. The one of the root directory
    /// has to: this program runs from it.
    fn answers(&self) -> bool {
        LOCAL.binary_search(&self.kind.as_str()).is_ok() || self.point == Path::new("/")
    }

    pub(super) fn mount(&self) -> Mount {
        Mount {
            point: Some(self.point.clone()),
            kind: Some(self.kind.clone()),
        }
    }

    fn parse(line: &[u8]) -> Option<Self> {
        let mut fields = line.split(|&byte| byte == b' ');
        let text = |field: &[u8]| Some(std::str::from_utf8(field).ok()?.to_owned());
        let id = text(fields.next()?)?.parse().ok()?;
        let device = text(fields.nth(1)?)?;
        let (major, minor) = device.split_once(':')?;
        let point = unescape(fields.nth(1)?).into();
        let mut fields = fields.skip_while(|field| *field != b"-");
        let kind = text(fields.nth(1)?)?;
        let options = unescape(fields.nth(1).unwrap_or_default());
        Some(Self {
            id,
            device: (major.parse().ok()?, minor.parse().ok()?),
            point,
            kind,
            options: options.to_string_lossy().into_owned(),
        })
    }
}

/// Decodes a path in which blanks, line ends and backslashes are octal numbers.
fn unescape(path: &[u8]) -> OsString {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((&first, after)) = rest.split_first() {
        let octal = after
            .get(..3)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        let (byte, after) = match byte.filter(|_| first == b'\\') {
            Some(byte) => (byte, &after[3..]),
            None => (first, after),
        };
        bytes.push(byte);
        rest = after;
    }
    OsString::from_vec(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_is_read_with_blanks_in_its_path() {
        let line = b"36 35 98:7 /a /m\\040n\\134o rw,noatime shared:1 - fuse.sshfs x rw";
        let line = Line::parse(line).unwrap();
        assert_eq!((line.id, line.device), (36, (98, 7)));
        assert_eq!(line.point, Path::new("/m n\\o"));
        assert_eq!((&*line.kind, &*line.options), ("fuse.sshfs", "rw"));
    }

    #[test]
    fn only_types_that_are_known_to_be_local_answer_for_certain() {
        assert!(LOCAL.is_sorted());
        assert_eq!(at_point(Path::new("/proc")), None);
        assert_eq!(at_point(Path::new("/nowhere")), Some(Mount::default()));
    }

    #[test]
    fn the_mount_of_an_open_file_is_found() {
        let status = File::open("/proc/self/status").unwrap();
        assert_eq!(mount_that_may_hang(&status), None);
    }
}
