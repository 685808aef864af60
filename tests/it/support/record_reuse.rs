//! Rounds of PID reuse with process records; see `process::reuse`.

use std::process::Child;

use nix::sys::signal::{self, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use rpctl::control::{Denial, Signal, Trust};
use rpctl::process::{Gone, ProcessRecord, SendOutcome, VerifyError};
use rpctl::{Probe, Reason};

use super::pid_reuse::{is_signalled, sleeper, sleeper_on};
use super::proc::stat;

pub(super) fn run(rounds: &str) {
    let rounds: u32 = rounds.parse().unwrap();
    let (mut reused, mut verified, mut signalled) = (0, 0, 0);
    for _ in 0..rounds {
        let mut child = sleeper();
        let record = ProcessRecord::from_child(&child).unwrap();
        let held = record.verify().unwrap();
        let grant = Probe::of_process(&record).run();
        let grant = grant.into_grant(Signal::Kill, Trust::Required).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let mut bystander = sleeper_on(child.id());
        reused += u32::from(bystander.id() == child.id());
        let pid = Pid::from_raw(bystander.id().try_into().unwrap());
        // Stopped, it shows in its pending signals what it was sent.
        kill(pid, signal::Signal::SIGSTOP).unwrap();
        waitpid(pid, Some(WaitPidFlag::WUNTRACED)).unwrap();
        assert_eq!(grant.send().unwrap(), SendOutcome::AlreadyGone);
        for record in [&record, &by_start(&record), &by_inode(&record, &bystander)] {
            assert_reused(record);
            match record.verify() {
                Ok(_) => verified += 1,
                Err(VerifyError::Gone(Gone::Reused)) => {}
                Err(error) => panic!("{error}"),
            }
        }
        for signal in ["TERM", "KILL"] {
            let sent = held.signal(signal.parse().unwrap()).unwrap();
            assert_eq!(sent, SendOutcome::AlreadyGone);
        }
        signalled += u32::from(is_signalled(bystander.id()));
        bystander.kill().unwrap();
        bystander.wait().unwrap();
    }
    println!("\nrounds: {rounds}, reused: {reused}, verified: {verified}, signalled: {signalled}");
}

/// Asserts that a probe proves the number to be reused, and gives no right to signal.
#[track_caller]
fn assert_reused(record: &ProcessRecord) {
    let report = Probe::of_process(record).run();
    assert_eq!(report.report().reason, Some(Reason::PidReused));
    let refused = report.into_grant(Signal::Kill, Trust::Waived).unwrap_err();
    assert_eq!(refused.denial, Denial::AlreadyGone);
}

/// Returns the record as a kernel without pidfs inodes gives it.
fn by_start(record: &ProcessRecord) -> ProcessRecord {
    let mut record = record.clone();
    record.process.pidfs_inode = None;
    record
}

/// Returns the record as if the bystander had started within the same tick. Without a pidfs
/// inode, it is as recorded.
fn by_inode(record: &ProcessRecord, bystander: &Child) -> ProcessRecord {
    let mut record = record.clone();
    if let (Some(start), Some(_)) = (&mut record.process.start, record.process.pidfs_inode) {
        start.ticks = stat(bystander.id())[19].parse().unwrap();
    }
    record
}
