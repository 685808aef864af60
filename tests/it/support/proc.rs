//! What `/proc` says about a process, and a hold on one that is no child.

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::Child;

use nix::sys::wait::{Id, WaitPidFlag, waitid};
use rpctl::__private;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::client::PATIENCE;
use super::timing::wait_until;

/// The largest PID of the kernel, which no process of a test has.
pub(crate) const MAX_PID: u32 = (1 << 22) - 1;

/// A line of `/proc/PID/status`, such as `Threads` or `VmHWM` (in kB).
pub(crate) fn status(pid: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let value = line.unwrap_or_else(|| panic!("no {name} in {status}"));
    value.split_whitespace().next().unwrap().parse().unwrap()
}

/// The bytes that a child has read from files and sockets, once it has ended. It
/// stays to be collected.
pub(crate) fn bytes_read_by(child: &Child) -> u64 {
    let pid = nix::unistd::Pid::from_raw(child.id().try_into().unwrap());
    let until_end = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
    waitid(Id::Pid(pid), until_end).unwrap();
    let io = std::fs::read_to_string(format!("/proc/{pid}/io")).unwrap();
    let read = io.lines().find_map(|line| line.strip_prefix("rchar: "));
    read.unwrap().parse().unwrap()
}

/// The targets of the open descriptors of a process, sorted; none of one that has ended.
pub(crate) fn descriptors(pid: u32) -> Vec<PathBuf> {
    let mut targets: Vec<PathBuf> = std::fs::read_dir(format!("/proc/{pid}/fd"))
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        // One may be closed between listing and looking.
        .filter_map(|entry| std::fs::read_link(entry.path()).ok())
        .collect();
    targets.sort();
    targets
}

/// The fields of `/proc/PID/stat` from the state on: state, parent, process
/// group, session, terminal, …
pub(crate) fn stat(pid: u32) -> Vec<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    fields.split_whitespace().map(str::to_owned).collect()
}

/// Wait until every thread of a process sleeps: a server that does so only when it
/// waits has done all there was to do.
pub(crate) fn wait_for_sleep(pid: u32) {
    wait_for_state(pid, 'S');
}

/// Wait until every thread of a process is in a state, as `/proc` names it.
pub(crate) fn wait_for_state(pid: u32, state: char) {
    wait_until(|| is_in_state(pid, state));
}

/// Whether there is a process, and every thread of it is in a state.
pub(crate) fn is_in_state(pid: u32, state: char) -> bool {
    let state = format!(") {state} ");
    let is_in_state = |thread: std::fs::DirEntry| {
        let stat = std::fs::read_to_string(thread.path().join("stat"));
        stat.is_ok_and(|stat| stat.contains(&state))
    };
    let threads = std::fs::read_dir(format!("/proc/{pid}/task"));
    threads.is_ok_and(|threads| threads.flatten().all(is_in_state))
}

/// Milliseconds since the Unix epoch, when this boot began, by the clocks as they stand now.
fn boot_ms() -> u64 {
    let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
    let hundredths = uptime.split(' ').next().unwrap().replace('.', "");
    __private::unix_now_ms() - hundredths.parse::<u64>().unwrap() * 10
}

/// A time at which an earlier boot ran, in milliseconds since the Unix epoch.
pub(crate) fn before_boot_ms() -> u64 {
    boot_ms() - 86_400_000
}

/// A time of this boot, one second before a process started, in milliseconds since the
/// Unix epoch.
pub(crate) fn before_start_ms(pid: u32) -> u64 {
    let ticks: u64 = stat(pid)[19].parse().unwrap();
    boot_ms() + ticks * 1000 / rustix::param::clock_ticks_per_second() - 1000
}

/// A process that cannot be mistaken for another one.
pub(crate) struct Pinned {
    pid: u32,
    pidfd: OwnedFd,
}

impl Pinned {
    pub(crate) fn open(pid: u32) -> Option<Self> {
        let number = Pid::from_raw(pid.try_into().unwrap()).unwrap();
        let pidfd = pidfd_open(number, PidfdFlags::empty()).ok()?;
        Some(Self { pid, pidfd })
    }

    pub(crate) fn signal(&self, signal: Signal) {
        pidfd_send_signal(&self.pidfd, signal).unwrap();
    }

    /// Stop it, and return once it has stopped.
    pub(crate) fn stop(&self) {
        self.signal(Signal::STOP);
        wait_until(|| matches!(&*stat(self.pid)[0], "T" | "t"));
    }

    /// Kill it, unless it has ended already.
    pub(crate) fn kill(&self) {
        let _ = pidfd_send_signal(&self.pidfd, Signal::KILL);
        self.wait();
    }

    /// Wait for its end.
    pub(crate) fn wait(&self) {
        let mut fds = [PollFd::new(&self.pidfd, PollFlags::IN)];
        let timeout = Timespec::try_from(PATIENCE).unwrap();
        assert_eq!(poll(&mut fds, Some(&timeout)), Ok(1), "it does not end");
    }
}
