//! Rounds of PID reuse with process records; see `process::reuse`.

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use rpctl::process::{Gone, ProcessRecord, SendOutcome, VerifyError};

use super::pid_reuse::{is_signalled, sleeper, sleeper_on};

pub(super) fn run(rounds: &str) {
    let rounds: u32 = rounds.parse().unwrap();
    let (mut reused, mut verified, mut signalled, mut in_one_tick) = (0, 0, 0, 0);
    for _ in 0..rounds {
        let mut child = sleeper();
        let record = ProcessRecord::from_child(&child).unwrap();
        let held = record.verify().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let mut bystander = sleeper_on(child.id());
        reused += u32::from(bystander.id() == child.id());
        let pid = Pid::from_raw(bystander.id().try_into().unwrap());
        // Stopped, it shows in its pending signals what it was sent.
        kill(pid, Signal::SIGSTOP).unwrap();
        waitpid(pid, Some(WaitPidFlag::WUNTRACED)).unwrap();
        let other = ProcessRecord::from_child(&bystander).unwrap();
        in_one_tick += u32::from(other.process.start == record.process.start);
        match record.verify() {
            Ok(_) => verified += 1,
            Err(VerifyError::Gone(Gone::Reused)) => {}
            Err(error) => panic!("{error}"),
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
    println!("with the start of the recorded process: {in_one_tick}");
}
