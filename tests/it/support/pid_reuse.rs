//! Rounds of PID reuse; see `control::pid_reuse`.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use rpctl::control::{self, Grant, SendOutcome, Trust};
use rpctl::{Endpoint, Probe};

use super::script::identity_of;
use super::timing::wait_until;

/// SIGTERM and SIGKILL in the mask of pending signals.
const STOPPING: u64 = 1 << 14 | 1 << 8;

pub(super) fn run(directory: &str, rounds: &str) {
    let rounds: u32 = rounds.parse().unwrap();
    let mut reused = 0;
    let mut signalled = 0;
    for round in 0..rounds {
        let stop = [control::Signal::Term, control::Signal::Kill][round as usize % 2];
        let mut daemon = sleeper();
        let grant = verified(&daemon, directory, stop);
        daemon.kill().unwrap();
        daemon.wait().unwrap();
        let mut bystander = sleeper_on(daemon.id());
        reused += u32::from(bystander.id() == daemon.id());
        // Stopped, it shows in its pending signals what it was sent.
        let pid = Pid::from_raw(bystander.id().try_into().unwrap());
        kill(pid, Signal::SIGSTOP).unwrap();
        waitpid(pid, Some(WaitPidFlag::WUNTRACED)).unwrap();
        assert_eq!(grant.send().unwrap(), SendOutcome::AlreadyGone);
        signalled += u32::from(is_signalled(bystander.id()));
        bystander.kill().unwrap();
        bystander.wait().unwrap();
    }
    println!("\nrounds: {rounds}, reused: {reused}, signalled: {signalled}");
}

pub(super) fn sleeper() -> Child {
    Command::new("sleep")
        .arg("1000")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Starts a process with this number; a process that has it is ended first.
pub(crate) fn sleeper_on(pid: u32) -> Child {
    for _ in 0..100 {
        std::fs::write("/proc/sys/kernel/ns_last_pid", (pid - 1).to_string()).unwrap();
        let mut child = sleeper();
        if child.id() == pid {
            return child;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    sleeper()
}

fn verified(daemon: &Child, directory: &str, stop: control::Signal) -> Grant {
    let exe = format!("/proc/{}/exe", daemon.id());
    wait_until(|| std::fs::read_link(&exe).is_ok_and(|path| path.ends_with("sleep")));
    let endpoint = Endpoint {
        namespace_id: "test".to_owned(),
        path: Path::new(directory)
            .join("none.sock")
            .to_str()
            .unwrap()
            .to_owned(),
    };
    let report = Probe::new(&identity_of(daemon.id(), &endpoint)).run();
    report.into_grant(stop, Trust::Required).unwrap()
}

pub(super) fn is_signalled(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let is_stopped = status.lines().any(|line| line.starts_with("State:\tT"));
    let pending = status
        .lines()
        .filter_map(|line| {
            line.strip_prefix("ShdPnd:")
                .or(line.strip_prefix("SigPnd:"))
        })
        .map(|mask| u64::from_str_radix(mask.trim(), 16).unwrap())
        .fold(0, |all, mask| all | mask);
    !is_stopped || pending & STOPPING != 0
}
