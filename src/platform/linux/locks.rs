//! The locks on a file and their holders, of
//! [flock(2)](https://man7.org/linux/man-pages/man2/flock.2.html) and
//! [fcntl_locking(2)](https://man7.org/linux/man-pages/man2/fcntl_locking.2.html).
//!
//! No lock is ever taken to find out: a daemon that starts at that moment would find its own
//! file locked.

use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::os::fd::BorrowedFd;

use rustix::fs::{Dir, Mode, OFlags, fstat, major, minor, openat};
use rustix::io::Errno;

use super::paths::known_attributes_at;
use super::proc;
use super::process::PinnedProcess;
use super::record_lock::record_lock_holder;
use crate::platform::types::{FileId, LockHolder};

/// Returns the holders of all locks on an open file.
///
/// The list in
/// [proc_locks(5)](https://man7.org/linux/man-pages/man5/proc_locks.5.html) leaves out the
/// locks of other PID namespaces; see [`record_lock_holder`]. The kernel takes some
/// milliseconds for it.
pub(crate) fn lock_holders(file: &File) -> io::Result<Vec<LockHolder>> {
    let stat = fstat(file)?;
    let mut holders = record_lock_holder(file)?.into_iter().collect();
    // It is masked in some containers.
    if let Ok(list) = File::open("/proc/locks").and_then(proc::read) {
        add_listed(&list, stat.st_dev, stat.st_ino, &mut holders);
    }
    Ok(holders)
}

/// Adds the holders of the locks on a file in the text of `/proc/locks`. The kernel names
/// devices there as stat(2) does, except those of Btrfs.
fn add_listed(list: &str, device: u64, inode: u64, holders: &mut Vec<LockHolder>) {
    let file = (major(device), minor(device), inode);
    let locks = list.lines().filter_map(Lock::parse);
    for lock in locks.filter(|lock| lock.file == file) {
        if !holders.contains(&lock.holder) {
            holders.push(lock.holder);
        }
    }
}

/// A line of `/proc/locks`.
struct Lock {
    holder: LockHolder,
    /// The major and minor number of the device, and the inode number.
    file: (u32, u32, u64),
}

impl Lock {
    /// Parses `1: POSIX  ADVISORY  WRITE 812 fe:00:1044 0 EOF`. A process that waits for a
    /// lock has `->` before the kind, and a lease is no lock.
    fn parse(line: &str) -> Option<Self> {
        let (_, line) = line.split_once(": ")?;
        let mut words = line.split_ascii_whitespace();
        let (kind, _, access) = (words.next()?, words.next()?, words.next()?);
        let pid: i32 = words.next()?.parse().ok()?;
        let mut file = words.next()?.split(':');
        let mut number = |radix| u64::from_str_radix(file.next()?, radix).ok();
        let (major, minor) = (number(16)?.try_into().ok()?, number(16)?.try_into().ok()?);
        let file = (major, minor, number(10)?);
        let holder = match (kind, u32::try_from(pid)) {
            ("OFDLCK", _) if access == "WRITE" => LockHolder::UnnamedWriter,
            ("OFDLCK", _) => LockHolder::UnnamedReader,
            ("POSIX" | "FLOCK", Err(_) | Ok(0)) => LockHolder::Elsewhere,
            ("POSIX", Ok(pid)) if access == "WRITE" => LockHolder::Writer(pid),
            ("POSIX" | "FLOCK", Ok(pid)) => LockHolder::Process(pid),
            _ => return None,
        };
        Some(Self { holder, file })
    }
}

/// Returns the processes that hold a lock on a file as [`PinnedProcess::holds_lock`] tells, of
/// those that may be looked at. Every process is looked at.
pub(crate) fn lock_writers(file: FileId) -> Vec<PinnedProcess> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let processes = pids.filter_map(|pid| PinnedProcess::open(pid).ok());
    let holds = |process: &PinnedProcess| process.holds_lock(file).is_ok_and(|holds| holds);
    processes.filter(holds).collect()
}

impl PinnedProcess {
    /// Returns whether this process holds a lock for writing on a file that it has opened for
    /// writing, of
    /// [proc_pid_fdinfo(5)](https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html).
    ///
    /// A user who may only read a file can lock it, too, but not through such a descriptor.
    pub(crate) fn holds_lock(&self, file: FileId) -> io::Result<bool> {
        self.in_living_thread(|directory| holds_lock(directory, file))
            .map_err(|error| self.unless_hidden(error))
    }
}

fn holds_lock(process: BorrowedFd<'_>, file: FileId) -> rustix::io::Result<bool> {
    let directory = |name: &CStr| {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        openat(process, name, flags, Mode::empty())
    };
    let (descriptors, infos) = (directory(c"fd")?, directory(c"fdinfo")?);
    for entry in Dir::read_from(&descriptors)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().to_str() else {
            continue;
        };
        let info = match proc::open_at(&infos, name) {
            Ok(info) => proc::read(info).unwrap_or_default(),
            Err(error @ (Errno::ACCESS | Errno::PERM)) => return Err(error),
            Err(_) => continue,
        };
        // Few descriptors have a lock, and their files may be on a mount that hangs.
        if !locks_for_writing(&info) {
            continue;
        }
        match known_attributes_at(&descriptors, name) {
            Ok(held) if held.stat.id == file => return Ok(true),
            Err(error @ (Errno::ACCESS | Errno::PERM)) => return Err(error),
            // Another file, or one that was closed since it was listed.
            _ => {}
        }
    }
    // The descriptors of a thread that has ended are gone, and so is its link to the image.
    match known_attributes_at(process, "exe") {
        Err(Errno::NOENT) => Err(Errno::NOENT),
        _ => Ok(false),
    }
}

/// Returns whether the text of a file in `/proc/PID/fdinfo` tells of a descriptor for writing
/// with a lock for writing.
fn locks_for_writing(info: &str) -> bool {
    let flags = proc::field(info, "flags").map(str::trim);
    let flags = flags.and_then(|flags| u32::from_str_radix(flags, 8).ok());
    let is_for_writing = flags.is_some_and(|flags| {
        let mode = OFlags::from_bits_retain(flags) & OFlags::RWMODE;
        mode == OFlags::WRONLY || mode == OFlags::RDWR
    });
    let is_lock = |line: &str| {
        let lock = line.strip_prefix("lock:").and_then(Lock::parse);
        lock.is_some() && line.split_ascii_whitespace().any(|word| word == "WRITE")
    };
    is_for_writing && info.lines().any(is_lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "\
1: FLOCK  ADVISORY  WRITE 11418 fe:00:10445949 0 EOF
2: POSIX  ADVISORY  READ  401 fe:00:10445949 0 EOF
3: POSIX  ADVISORY  WRITE 402 fe:00:10445949 0 EOF
3: -> POSIX  ADVISORY  WRITE 403 fe:00:10445949 0 EOF
4: OFDLCK ADVISORY  WRITE -1 fe:00:10445949 0 EOF
4: OFDLCK ADVISORY  READ  -1 fe:00:10445949 9 9
5: LEASE  ACTIVE    READ  404 fe:00:10445949 0 EOF
6: FLOCK  ADVISORY  WRITE 405 fe:01:10445949 0 EOF
7: POSIX  ADVISORY  WRITE 406 fe:00:7 0 EOF
8: FLOCK  ADVISORY  WRITE 0 fe:00:9 0 EOF
";

    fn locks(inode: u64) -> Vec<LockHolder> {
        let mut holders = Vec::new();
        add_listed(LIST, rustix::fs::makedev(0xfe, 0), inode, &mut holders);
        holders
    }

    #[test]
    fn the_locks_on_a_file_are_found_by_device_and_inode() {
        let of_file = [
            LockHolder::Process(11418),
            LockHolder::Process(401),
            LockHolder::Writer(402),
            LockHolder::UnnamedWriter,
            LockHolder::UnnamedReader,
        ];
        assert_eq!(locks(10_445_949), of_file);
        assert_eq!(locks(9), [LockHolder::Elsewhere]);
        assert_eq!(locks(8), []);
    }

    #[test]
    fn only_a_descriptor_for_writing_counts() {
        let info = |flags: &str, lock: &str| format!("pos:\t0\nflags:\t{flags}\nino:\t7\n{lock}");
        let flock = "lock:\t1: FLOCK  ADVISORY  WRITE 7 fe:00:7 0 EOF\n";
        let shared = "lock:\t1: FLOCK  ADVISORY  READ 7 fe:00:7 0 EOF\n";
        let description = "lock:\t1: OFDLCK ADVISORY  WRITE -1 fe:00:7 0 EOF\n";
        assert!(locks_for_writing(&info("02100002", flock)));
        assert!(locks_for_writing(&info("01", description)));
        assert!(!locks_for_writing(&info("02100000", flock)));
        assert!(!locks_for_writing(&info("02100002", shared)));
        assert!(!locks_for_writing(&info("02100002", "")));
    }
}
