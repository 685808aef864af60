//! The files of `/proc`, of
//! [proc(5)](https://man7.org/linux/man-pages/man5/proc.5.html), and whether their numbers
//! are those of this PID namespace.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{Mode, OFlags, openat};
use rustix::time::{ClockId, clock_gettime};

use super::kernel_files::is_in_proc;
use crate::platform::types::{ProcessStatus, UserIds};

/// The flag of a kernel thread in `/proc/PID/stat`.
const PF_KTHREAD: u32 = 0x0020_0000;

/// The flag of a process that has executed nothing since it was forked, as
/// [ps(1)](https://man7.org/linux/man-pages/man1/ps.1.html) describes it.
const PF_FORKNOEXEC: u32 = 0x40;

/// The initial buffer size; most files of `/proc` are shorter.
const FILE_LEN: usize = 4096;

/// Returns whether the PIDs of `/proc` are those of this PID namespace. They are not in a
/// container whose mount namespace was not entered, or that kept the `/proc` of its host.
///
/// The kernel lists the PIDs of this process in the namespace of `/proc` and in each one
/// below it, down to its own: one PID means one namespace. The result is remembered for
/// the mounted file system.
pub(super) fn is_ours() -> io::Result<bool> {
    /// The device of a `/proc` with the PIDs of this namespace; no device is 0.
    static OURS: AtomicU64 = AtomicU64::new(0);
    let unusable =
        |error: io::Error| io::Error::new(error.kind(), format!("/proc cannot be read: {error}"));
    let device = rustix::fs::stat("/proc")
        .map_err(|error| unusable(error.into()))?
        .st_dev;
    if OURS.load(Ordering::Relaxed) == device {
        return Ok(true);
    }
    let is_ours = own_numbers().map_err(unusable)? == Some(vec![std::process::id()]);
    if is_ours {
        OURS.store(device, Ordering::Relaxed);
    }
    Ok(is_ours)
}

/// Returns the PIDs of this process, from the namespace of `/proc` down to its own.
/// `None` if it has none there.
fn own_numbers() -> io::Result<Option<Vec<u32>>> {
    let status = match File::open("/proc/self/status") {
        Err(error) if error.kind() == io::ErrorKind::NotFound && is_mounted() => return Ok(None),
        status => read(status?)?,
    };
    Ok(field(&status, "NSpid").and_then(|numbers| {
        let numbers = numbers.split_ascii_whitespace();
        numbers.map(|number| number.parse().ok()).collect()
    }))
}

fn is_mounted() -> bool {
    File::open("/proc").is_ok_and(|root| is_in_proc(root).unwrap_or(false))
}

/// Returns the PID of a process in its own PID namespace, if that is not the one of this
/// process.
pub(crate) fn inner_pid(pid: u32) -> Option<u32> {
    let status = status_file(pid)?;
    let mut ids = field(&status, "NSpid")?.split_ascii_whitespace();
    ids.next()?;
    ids.next_back()?.parse().ok()
}

/// Returns the PIDs of a process, from the namespace of `/proc` down to its own.
#[cfg(feature = "client")]
pub(super) fn numbers(pid: u32) -> Option<Vec<u32>> {
    let status = status_file(pid)?;
    let numbers = field(&status, "NSpid")?.split_ascii_whitespace();
    numbers.map(|number| number.parse().ok()).collect()
}

/// Returns the number of PID namespaces that a process has a PID in: 1 if it is in that of
/// `/proc`.
pub(super) fn namespace_depth(pid: u32) -> Option<usize> {
    let status = status_file(pid)?;
    Some(field(&status, "NSpid")?.split_ascii_whitespace().count())
}

/// Returns whether a process is a zombie and has no other threads; `None` if its state
/// cannot be read.
pub(super) fn is_zombie(pid: u32) -> Option<bool> {
    let status = status_file(pid)?;
    let field = |name| field(&status, name).map(str::trim_start);
    Some(field("State")?.starts_with(['Z', 'X']) && field("Threads")? == "1")
}

/// Returns the PID of the process that a thread belongs to.
pub(super) fn thread_group(tid: u32) -> Option<u32> {
    field(&status_file(tid)?, "Tgid")?.trim().parse().ok()
}

fn status_file(pid: u32) -> Option<String> {
    std::fs::read_to_string(format!("/proc/{pid}/status")).ok()
}

/// Returns the signals that this process ignores: the lowest bit is that of signal 1.
pub(super) fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    field(&status, "SigIgn")
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default()
}

/// Returns the user IDs in the text of `/proc/PID/status`.
pub(super) fn user_ids(status: &str) -> io::Result<UserIds> {
    let read = || {
        let mut ids = field(status, "Uid")?.split_ascii_whitespace();
        Some(UserIds {
            real: number(ids.next())?,
            effective: number(ids.next())?,
            saved: number(ids.next())?,
            file_system: number(ids.next())?,
        })
    };
    read().ok_or_else(|| unreadable("status"))
}

/// Returns the value after a name in the text of `/proc/PID/status`.
pub(super) fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = status.lines();
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
}

/// Returns the start of the thread that has this ID, of
/// [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html).
#[cfg(feature = "client")]
pub(crate) fn thread_status(tid: u32) -> io::Result<ProcessStatus> {
    status(&std::fs::read_to_string(format!("/proc/{tid}/stat"))?)
}

/// Parses the text of `/proc/PID/stat`.
pub(super) fn status(stat: &str) -> io::Result<ProcessStatus> {
    let read = || {
        let fields = stat_fields(stat)?;
        let flags: u32 = number(fields.get(6).copied())?;
        Some(ProcessStatus {
            parent: number(fields.get(1).copied())?,
            session: number(fields.get(3).copied())?,
            started_at_unix_ms: unix_ms_of_boot_ticks(number(fields.get(19).copied())?),
            is_kernel_thread: flags & PF_KTHREAD != 0,
            has_executed: flags & PF_FORKNOEXEC == 0,
        })
    };
    read().ok_or_else(|| unreadable("stat"))
}

/// Returns the start time in the text of `/proc/PID/stat`, in the time namespace of this
/// process.
pub(super) fn start_ticks(stat: &str) -> io::Result<u64> {
    let read = || number(stat_fields(stat)?.get(19).copied());
    read().ok_or_else(|| unreadable("stat"))
}

/// Returns the wait status in the text of `/proc/PID/stat` of a zombie, which the kernel
/// reports to its owner only; `None` for any other process.
pub(super) fn zombie_status(stat: &str) -> Option<i32> {
    let fields = stat_fields(stat)?;
    (fields.first() == Some(&"Z")).then(|| number(fields.get(49).copied()))?
}

/// Returns the fields of `/proc/PID/stat` from the state on. The command name before them
/// can contain any character, including parentheses.
fn stat_fields(stat: &str) -> Option<Vec<&str>> {
    let (_, after_name) = stat.rsplit_once(')')?;
    Some(after_name.split_ascii_whitespace().collect())
}

fn number<T: FromStr>(text: Option<&str>) -> Option<T> {
    text?.parse().ok()
}

fn unreadable(name: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("/proc/PID/{name} has an unknown form"),
    )
}

/// Opens a file in a directory of `/proc` for reading, by
/// [openat(2)](https://man7.org/linux/man-pages/man2/openat.2.html).
pub(super) fn open_at(directory: impl AsFd, name: &str) -> rustix::io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    openat(directory, name, flags, Mode::empty()).map(File::from)
}

/// Reads a file of `/proc`, whose size is unknown. A read that does not fill the buffer is
/// the last one, so most files take one.
pub(super) fn read(mut file: File) -> io::Result<String> {
    let mut bytes = vec![0; FILE_LEN];
    let mut len = 0;
    loop {
        match file.read(&mut bytes[len..]) {
            Ok(read) => len += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        if len < bytes.len() {
            bytes.truncate(len);
            return Ok(String::from_utf8_lossy(&bytes).into_owned());
        }
        bytes.resize(len * 2, 0);
    }
}

/// Converts clock ticks since boot to wall-clock time, by the present difference of the
/// two clocks: `btime` of `/proc/stat` is rounded to seconds.
fn unix_ms_of_boot_ticks(ticks: u64) -> u64 {
    let hertz = rustix::param::clock_ticks_per_second().max(1);
    let since_boot_ms = i128::from(ticks) * 1000 / i128::from(hertz);
    let boot_ms = milliseconds(ClockId::Realtime) - milliseconds(ClockId::Boottime);
    u64::try_from(boot_ms + since_boot_ms).unwrap_or(0)
}

fn milliseconds(clock: ClockId) -> i128 {
    let time = clock_gettime(clock);
    i128::from(time.tv_sec) * 1000 + i128::from(time.tv_nsec) / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_name_with_parentheses_shifts_no_fields() {
        let fields = stat_fields("7 (a) b) (c) S 1 7 7").unwrap();
        assert_eq!(fields[..2], ["S", "1"]);
    }

    #[test]
    fn a_name_that_begins_like_another_is_not_taken_for_it() {
        assert_eq!(field("NSpid:\t1\nNS:\t2\n", "NS"), Some("\t2"));
    }
}
