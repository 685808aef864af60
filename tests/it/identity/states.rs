//! Processes that are stopped, dead, of another boot, or replaced by another
//! instance.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use nix::sys::signal::Signal;
use rpctl::DaemonProcess;

use crate::support::{
    Daemon, KillOnDrop, MAX_PID, Role, TestServer, World, before_boot_ms, before_start_ms, check,
    failed, role, this_process,
};

#[test]
fn a_stopped_daemon_is_alive_and_unresponsive() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    daemon.signal(Signal::SIGSTOP);
    let record = daemon.record().to_str().unwrap();
    let document = world
        .rpctl(["probe", "--json", "--timeout", "1s", record])
        .assert_verdict(6, "unresponsive", Some("endpoint_silent"));
    assert_eq!(failed(&document), ["nonce"]);
    assert_eq!(check(&document, "pid")["outcome"], "pass");
}

#[test]
fn a_daemon_whose_socket_a_newer_one_took_is_superseded() {
    let world = World::new();
    let (kept, new) = Daemon::restarted(&world);
    let document = world
        .probe(&kept)
        .assert_verdict(5, "mismatch", Some("superseded"));
    let actual = check(&document, "nonce")["actual"].as_str().unwrap();
    assert_eq!(actual, format!("identity of PID {}", new.identity.pid));
    world
        .probe(new.record())
        .assert_verdict(0, "verified", None);
}

#[test]
fn a_record_that_names_no_boot_is_no_evidence_and_no_failure() {
    for boot_id in [
        "",
        "unknown",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        " Null\n",
    ] {
        let world = World::new();
        let mut identity = this_process(&world.endpoint("s"));
        boot_id.clone_into(&mut identity.boot_id);
        let _served = TestServer::truly(&identity);
        let document = world
            .probe(&world.sidecar("s.json", &identity))
            .assert_verdict(0, "verified", Some("warnings"));
        assert_eq!(check(&document, "boot_id")["outcome"], "warn");
    }
}

#[test]
fn a_number_that_no_process_can_have_is_an_invalid_record() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let probe = |pid| {
        let record = world.manifest("s.json", &identity, |manifest| {
            manifest.current_daemon.as_mut().unwrap().pid = pid;
        });
        world.probe(&record)
    };
    for pid in [0, MAX_PID + 1, i32::MAX.unsigned_abs(), u32::MAX] {
        let run = probe(pid);
        run.assert_verdict(8, "invalid_record", Some("record_invalid"));
    }
    probe(MAX_PID).assert_verdict(3, "not_running", Some("process_exited"));
}

#[test]
fn a_silent_process_of_an_unknown_boot_may_be_another() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    identity.boot_id.clear();
    world
        .probe(&world.sidecar("s.json", &identity))
        .assert_verdict(4, "indeterminate", Some("boot_unknown"));
}

#[test]
fn a_thread_of_another_process_is_not_the_recorded_process() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    // Tests run in threads of their own, not in the first one.
    identity.pid = nix::unistd::gettid().as_raw().unsigned_abs();
    assert_ne!(identity.pid, std::process::id());
    let document = world
        .probe(&world.sidecar("s.json", &identity))
        .assert_verdict(3, "not_running", Some("process_exited"));
    let detail = check(&document, "pid")["detail"].as_str().unwrap();
    let process = std::process::id();
    assert!(
        detail.ends_with(&format!("a thread of PID {process}")),
        "{detail}"
    );
}

#[test]
fn a_recorded_thread_of_the_server_is_not_called_restarted() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    identity.pid = nix::unistd::gettid().as_raw().unsigned_abs();
    let _served = TestServer::truly(&identity);
    let document = world
        .probe(&world.sidecar("s.json", &identity))
        .assert_verdict(5, "mismatch", Some("superseded"));
    let summary = document["summary"].as_str().unwrap();
    assert!(summary.ends_with("is that of a thread"), "{summary}");
    let hint = document["hints"][0].as_str().unwrap();
    assert!(hint.contains("have it record its PID"), "{hint}");
}

#[test]
fn a_younger_instance_may_be_the_daemon_under_a_stepped_clock() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let mut recorded = daemon.identity.clone();
    recorded.started_at_unix_ms = before_start_ms(daemon.pid());
    recorded.ipc_endpoint = world.endpoint("gone.sock");
    let record = world.sidecar("s.json", &recorded);
    world
        .probe(&record)
        .assert_verdict(4, "indeterminate", Some("younger_process"));
    let path = record.to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", "--remove-record", path]);
    assert_eq!(run.code, Some(4), "{:#}", run.json());
    assert!(record.exists());
}

/// After a reboot, daemons may well be started in the same order.
#[test]
fn an_earlier_boots_pid_is_another_instance_now() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let mut old = daemon.identity.clone();
    old.boot_id = "11111111-2222-4333-8444-555555555555".to_owned();
    old.started_at_unix_ms = before_boot_ms();
    world
        .probe(&world.sidecar("old.json", &old))
        .assert_verdict(5, "mismatch", Some("superseded"));
}

/// It has the challenge when it turns into another program, so that all the rest
/// has been looked at by then.
#[test]
fn a_process_that_calls_exec_while_examined_proves_nothing() {
    let world = World::new();
    let mut child = KillOnDrop(
        role(Role::TurnWhenAsked, [world.path("s")])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let identity = BufReader::new(child.0.stdout.take().unwrap())
        .lines()
        .find_map(|line| serde_json::from_str::<DaemonProcess>(&line.unwrap()).ok())
        .unwrap();
    let record = world.sidecar("s.json", &identity);
    let run = world.rpctl(["kill", "--json", record.to_str().unwrap()]);
    let document = run.assert_verdict(4, "indeterminate", Some("process_unreadable"));
    let exe = check(&document, "exe_path");
    assert_eq!(exe["outcome"], "unknown");
    let detail = exe["detail"].as_str().unwrap();
    assert!(detail.contains("started another program"), "{detail}");
    assert_eq!(document["action"]["outcome"], "refused");
    assert!(child.0.try_wait().unwrap().is_none());
}
