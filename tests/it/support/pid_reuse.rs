//! Rounds of PID reuse; see `control::pid_reuse`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use rpctl::control::{self, Grant, SendOutcome, Trust, WaitOutcome};
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
        let signal = [control::Signal::Term, control::Signal::Kill][round as usize % 2];
        let mut daemon = sleeper();
        let grant = verified(&daemon, directory, "sleep", signal);
        daemon.kill().unwrap();
        daemon.wait().unwrap();
        let mut bystander = sleeper_on(daemon.id());
        reused += u32::from(bystander.id() == daemon.id());
        stop(bystander.id());
        assert_eq!(grant.send().unwrap(), SendOutcome::AlreadyGone);
        signalled += u32::from(is_signalled(bystander.id()));
        bystander.kill().unwrap();
        bystander.wait().unwrap();
    }
    println!("\nrounds: {rounds}, reused: {reused}, signalled: {signalled}");
}

/// Lets one of two children of a process die, puts a bystander on its number, and ends the
/// descendants of the process.
pub(super) fn reuse_descendant(directory: &str) {
    let script = "sleep 1000 & echo $!; sleep 1000 & echo $!; wait $1; echo; exec sleep 1000";
    let mut daemon = Command::new("sh")
        .args(["-c", &script.replace("$1", "%1")])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(daemon.stdout.take().unwrap()).lines();
    let mut line = || lines.next().unwrap().unwrap();
    let first: u32 = line().parse().unwrap();
    line();
    let mut grant = verified(&daemon, directory, "sh", control::Signal::Term);
    grant.hold_family().unwrap();
    assert_eq!(grant.descendants().len(), 2);
    kill(pid_of(first), Signal::SIGKILL).unwrap();
    // The shell has collected it.
    line();
    let mut bystander = sleeper_on(first);
    let reused = bystander.id() == first;
    stop(bystander.id());
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    let (never, _other_end) = std::io::pipe().unwrap();
    let ended = grant.end_descendants_or(&never, Duration::from_mins(1));
    assert_eq!(ended.unwrap(), WaitOutcome::Exited);
    let signalled = is_signalled(bystander.id());
    let descendants = grant.signalled_descendants().len();
    bystander.kill().unwrap();
    bystander.wait().unwrap();
    println!("\nreused: {reused}, signalled: {signalled}, descendants signalled: {descendants}");
}

fn pid_of(pid: u32) -> Pid {
    Pid::from_raw(pid.try_into().unwrap())
}

/// Stops a child: it then shows in its pending signals what it was sent.
pub(crate) fn stop(pid: u32) {
    kill(pid_of(pid), Signal::SIGSTOP).unwrap();
    waitpid(pid_of(pid), Some(WaitPidFlag::WUNTRACED)).unwrap();
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

fn verified(daemon: &Child, directory: &str, program: &str, signal: control::Signal) -> Grant {
    let exe = format!("/proc/{}/exe", daemon.id());
    let program = std::fs::canonicalize(Path::new("/bin").join(program)).unwrap();
    wait_until(|| std::fs::read_link(&exe).is_ok_and(|path| path == program));
    let endpoint = Endpoint {
        namespace_id: "test".to_owned(),
        path: Path::new(directory)
            .join("none.sock")
            .to_str()
            .unwrap()
            .to_owned(),
    };
    let report = Probe::new(&identity_of(daemon.id(), &endpoint)).run();
    report.into_grant(signal, Trust::Required).unwrap()
}

pub(crate) fn is_signalled(pid: u32) -> bool {
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
