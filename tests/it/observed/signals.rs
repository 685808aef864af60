//! Signals to a recorded process, and to no other.

use std::fs::Permissions;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::time::Duration;

use rpctl::control::{Denial, SendError, SendOutcome, Signal, Trust};
use rpctl::process::ProcessRecord;
use rpctl::{BackendHandleError, Probe, Verdict, record};

use super::{rebuild, recorded, saved, sleeper, started_copy};
use crate::support::{KillOnDrop, Run, Script, World, is_installed, is_root, wait_until};

/// Starts a child that alone holds a listener.
fn sleeper_on(listener: UnixListener) -> KillOnDrop {
    let mut sleep = Command::new("sleep");
    sleep.arg("1000").stdin(OwnedFd::from(listener));
    KillOnDrop(sleep.spawn().unwrap())
}

#[test]
fn a_recorded_process_is_stopped_with_the_socket_it_leaves() {
    for command in ["shutdown", "kill"] {
        let world = World::new();
        let socket = world.path("s");
        let listener = UnixListener::bind(&socket).unwrap();
        let mut child = sleeper_on(listener);
        let record = ProcessRecord::from_child(&child.0).unwrap();
        let path = saved(&world, &record.with_listeners().unwrap());
        let run = world.rpctl([command, "--json", "--remove-record", path.to_str().unwrap()]);
        assert_eq!(run.code, Some(0), "{:#}", run.json());
        assert!(child.0.try_wait().unwrap().is_some());
        assert!(!socket.exists() && !path.exists(), "{:#}", run.json());
    }
}

#[test]
fn a_process_without_its_listener_may_be_stopped() {
    let world = World::new();
    let socket = world.path("s");
    let listener = UnixListener::bind(&socket).unwrap();
    let mut child = sleeper_on(listener);
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let record = record.with_listeners().unwrap();
    std::fs::remove_file(&socket).unwrap();
    let path = saved(&world, &record);
    let probe = world.probe(&path);
    assert_eq!(probe.code, Some(6), "{:#}", probe.json());
    let run = world.rpctl(["shutdown", "--json", path.to_str().unwrap()]);
    assert_eq!(run.code, Some(0), "{:#}", run.json());
    assert!(child.0.try_wait().unwrap().is_some());
}

#[test]
fn a_record_that_others_could_have_written_signals_no_process() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let mut child = sleeper();
    let path = recorded(&world, &child.0);
    let refused = |what: &str| {
        for command in ["shutdown", "kill"] {
            let run = world.rpctl([command, "--json", path.to_str().unwrap()]);
            assert_eq!(run.code, Some(9), "{what}: {:#}", run.json());
        }
        let probe = world.probe(&path);
        assert_eq!(probe.json()["reason"], "warnings", "{what}");
    };
    std::fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
    refused("world-writable");
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    chown(&path, Some(12_345), None).unwrap();
    refused("of another user");
    assert!(child.0.try_wait().unwrap().is_none());
    let run = world.rpctl(["kill", "--trust-record", path.to_str().unwrap()]);
    assert_eq!(run.code, Some(0));
}

#[test]
fn the_first_process_and_the_caller_are_never_signalled() {
    let this = ProcessRecord::current().unwrap();
    for record in [ProcessRecord::from_pid(1).unwrap(), this] {
        let report = Probe::of_process(&record).run();
        assert_eq!(report.verdict(), Verdict::Verified);
        let refused = report
            .into_grant(Signal::Kill, Trust::Required)
            .unwrap_err();
        assert!(matches!(refused.denial, Denial::Protected { .. }));
    }
}

#[test]
fn a_grant_holds_the_recorded_process() {
    let world = World::new();
    let mut child = sleeper();
    let loaded = record::load(&recorded(&world, &child.0)).unwrap();
    let report = Probe::from_record(&loaded).run();
    assert!(report.identity().is_none());
    assert_eq!(report.process_record(), loaded.content.process());
    let grant = report.into_grant(Signal::Term, Trust::Required).unwrap();
    assert!(grant.daemon().is_none());
    assert_eq!(grant.pid(), child.0.id());
    assert_eq!(grant.send().unwrap(), SendOutcome::Delivered);
    assert!(grant.wait_exit(Duration::from_mins(1)).unwrap());
    child.0.wait().unwrap();
    assert_eq!(grant.send().unwrap(), SendOutcome::AlreadyGone);
    let report = Probe::from_record(&loaded).run();
    assert!(report.is_proven_gone());
    let refused = report
        .into_grant(Signal::Kill, Trust::Required)
        .unwrap_err();
    assert_eq!(refused.denial, Denial::AlreadyGone);
}

#[test]
fn a_process_without_an_endpoint_becomes_no_handle() {
    let child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let error = Probe::of_process(&record).run().into_handle().unwrap_err();
    assert!(matches!(error, BackendHandleError::NotADaemon { pid } if pid == child.0.id()));
}

#[test]
fn another_program_is_not_killed_after_the_first_signal() {
    let world = World::new();
    let text = "trap 'exec sleep 1000' TERM; echo up; while :; do sleep 0.01; done";
    let script = Script::start(&world, text);
    let pid = script.identity.pid;
    let record = ProcessRecord::from_pid(pid).unwrap();
    let shell = std::fs::read_link(format!("/proc/{pid}/exe")).unwrap();
    let report = Probe::of_process(&record).run();
    let mut grant = report.into_grant(Signal::Term, Trust::Required).unwrap();
    grant.send().unwrap();
    let exe = format!("/proc/{pid}/exe");
    wait_until(|| std::fs::read_link(&exe).is_ok_and(|path| path != shell));
    let error = grant.escalate().unwrap_err();
    assert!(matches!(error, SendError::Changed { .. }), "{error}");
    assert_eq!(grant.signal(), Signal::Term);
}

#[test]
fn a_process_that_executed_a_new_build_is_killed_all_the_same() {
    let world = World::new();
    let program = world.path("program");
    let again = format!(
        "exec {} -c 'trap \"\" TERM; echo again; kill -STOP $$'",
        program.display()
    );
    let (mut script, program) = started_copy(&world, &again);
    let record = ProcessRecord::from_pid(script.identity.pid).unwrap();
    let record = record.with_digests().unwrap();
    rebuild(&program);
    let report = Probe::of_process(&record).run();
    let mut grant = report.into_grant(Signal::Term, Trust::Required).unwrap();
    script.go();
    assert_eq!(script.line(), "again");
    assert_eq!(grant.escalate().unwrap(), SendOutcome::Delivered);
    assert_eq!(script.signal(), Some(9));
}

/// It may have executed another program since it was recorded, which only its image shows.
#[test]
fn a_process_whose_program_cannot_be_looked_at_is_spared() {
    if !is_root() || !is_installed("setpriv") {
        return;
    }
    let world = World::new();
    let mut theirs = world.command("setpriv");
    theirs.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    theirs.args(["sh", "-c", "echo up; exec sleep 1000"]);
    let mut script = Script::start_command(&world, theirs, &world.endpoint("none"));
    let pid = script.identity.pid;
    wait_until(|| std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap() == "sleep\n");
    let path = saved(&world, &ProcessRecord::from_pid(pid).unwrap());
    for command in ["shutdown", "kill"] {
        let mut rpctl = world.command("setpriv");
        rpctl.args(["--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"]);
        rpctl.arg(env!("CARGO_BIN_EXE_rpctl"));
        let run = Run::of(rpctl.args([command, "--json"]).arg(&path));
        assert_eq!(run.code, Some(4), "{:#}", run.json());
    }
    assert!(script.is_running());
    let run = world.rpctl(["kill", "--json", path.to_str().unwrap()]);
    assert_eq!(run.code, Some(0), "{:#}", run.json());
}
