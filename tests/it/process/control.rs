//! What is done to a verified process.

use std::time::Duration;

use rpctl::process::{
    ExitStatus, ProcessRecord, Protected, SendOutcome, Signal, SignalError, StopError,
};

use super::{shell, sleeper};
use crate::support::{PATIENCE, Script, World};

#[test]
fn a_shutdown_ends_the_process_and_tells_how() {
    let mut child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let process = record.verify().unwrap();
    assert!(process.is_alive());
    assert!(!process.wait(Duration::ZERO).unwrap());
    assert_eq!(process.exit_status(), None);
    process.shutdown(PATIENCE).unwrap();
    assert!(!process.is_alive());
    assert_eq!(process.exit_status(), Some(ExitStatus::Signal(15)));
    // Again, and again once it was waited for.
    process.shutdown(PATIENCE).unwrap();
    child.0.wait().unwrap();
    process.kill(PATIENCE).unwrap();
    assert_eq!(
        process.signal(Signal::Term).unwrap(),
        SendOutcome::AlreadyGone
    );
}

#[test]
fn a_process_that_ignores_sigterm_times_out_and_is_killed() {
    let world = World::new();
    let script = "trap '' TERM; echo up; read _";
    let script = Script::start(&world, script);
    let record = ProcessRecord::from_pid(script.identity.pid).unwrap();
    let process = record.verify().unwrap();
    let error = process.shutdown(Duration::from_millis(50)).unwrap_err();
    assert!(
        matches!(error, StopError::Timeout { pid } if pid == process.pid()),
        "{error}"
    );
    assert!(process.is_alive());
    process.kill(PATIENCE).unwrap();
    assert_eq!(process.exit_status(), Some(ExitStatus::Signal(9)));
}

#[test]
fn any_signal_arrives() {
    let world = World::new();
    let text = "trap 'echo usr1' USR1; trap 'echo hup' HUP; trap 'exit 7' INT; echo up
        while :; do sleep 0.01; done";
    let mut script = Script::start(&world, text);
    let record = ProcessRecord::from_pid(script.identity.pid).unwrap();
    let process = record.verify().unwrap();
    for (signal, line) in [(Signal::Usr1, "usr1"), (Signal::Hup, "hup")] {
        assert_eq!(process.signal(signal).unwrap(), SendOutcome::Delivered);
        assert_eq!(script.line(), line);
    }
    process.signal("int".parse().unwrap()).unwrap();
    assert!(process.wait(PATIENCE).unwrap());
    assert_eq!(process.exit_status(), Some(ExitStatus::Code(7)));
}

#[test]
fn the_caller_its_parent_and_pid_1_are_never_signalled() {
    let parent = nix::unistd::getppid().as_raw().try_into().unwrap();
    let cases = [
        (std::process::id(), Protected::Caller),
        (parent, Protected::Ancestor),
        (1, Protected::Init),
    ];
    for (pid, expected) in cases {
        let process = ProcessRecord::from_pid(pid).unwrap().verify().unwrap();
        let errors = [
            process.signal(Signal::Cont).unwrap_err(),
            match process.shutdown(Duration::ZERO).unwrap_err() {
                StopError::Signal(error) => error,
                other => panic!("{other}"),
            },
        ];
        for error in errors {
            let SignalError::Protected { what, .. } = error else {
                panic!("{error}");
            };
            // If the parent is PID 1, it is named as such.
            assert!(what == expected || pid == 1, "{what:?}");
        }
    }
}

#[test]
fn a_process_that_is_dropped_runs_on() {
    let mut child = shell("exec sleep 1000");
    drop(
        ProcessRecord::from_child(&child.0)
            .unwrap()
            .verify()
            .unwrap(),
    );
    assert!(child.0.try_wait().unwrap().is_none());
}

#[cfg(feature = "process-async")]
#[test]
fn futures_wait_and_stop_like_their_blocking_twins() {
    let child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let process = record.verify().unwrap();
    futures_lite::future::block_on(async {
        assert!(!process.wait_async(Duration::ZERO).await.unwrap());
        process.shutdown_async(PATIENCE).await.unwrap();
        assert!(process.wait_async(PATIENCE).await.unwrap());
        process.kill_async(PATIENCE).await.unwrap();
    });
    assert_eq!(process.exit_status(), Some(ExitStatus::Signal(15)));
}
