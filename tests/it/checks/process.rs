//! The checks of the boot, the process, its start and its executable.

use std::process::Command;

use crate::support::{
    Daemon, TestServer, World, before_boot_ms, before_start_ms, check, checks_with, failed,
    this_process,
};

#[test]
fn boot_id_alone_fails_when_the_answer_has_an_earlier_boot() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    identity.boot_id = "00000000-0000-4000-8000-000000000001".to_owned();
    identity.started_at_unix_ms = before_boot_ms();
    let _served = TestServer::truly(&identity);
    let record = world.sidecar("s.json", &identity);
    let document = world
        .probe(&record)
        .assert_verdict(5, "mismatch", Some("boot_id_mismatch"));
    assert_eq!(failed(&document), ["boot_id"]);
}

#[test]
fn a_record_of_an_earlier_boot_without_answer_is_not_running() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    identity.boot_id = "00000000-0000-4000-8000-000000000001".to_owned();
    identity.started_at_unix_ms = before_boot_ms();
    let record = world.sidecar("s.json", &identity);
    let document = world
        .probe(&record)
        .assert_verdict(3, "not_running", Some("rebooted"));
    assert_eq!(failed(&document), ["endpoint", "boot_id"]);
    assert_eq!(check(&document, "pid")["outcome"], "skip");
}

/// A process that does not exist serves no socket, so `endpoint` fails with it.
#[test]
fn pid_fails_when_the_process_has_exited() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    daemon.kill();
    let document =
        world
            .probe(daemon.record())
            .assert_verdict(3, "not_running", Some("process_exited"));
    assert_eq!(failed(&document), ["endpoint", "pid"]);
    assert_eq!(check(&document, "endpoint")["actual"], "refused");
}

#[test]
fn pid_fails_for_a_zombie_and_names_its_parent() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    daemon.kill_unreaped();
    let document = world
        .probe(daemon.record())
        .assert_verdict(3, "not_running", Some("zombie"));
    let detail = check(&document, "pid")["detail"].as_str().unwrap();
    let parent = std::process::id();
    assert_eq!(detail, format!("exited, not yet reaped by parent {parent}"));
}

#[test]
fn start_time_alone_warns_for_a_process_younger_than_the_record() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
    identity.started_at_unix_ms = before_start_ms(identity.pid);
    let record = world.sidecar("s.json", &identity);
    let document = world
        .probe(&record)
        .assert_verdict(0, "verified", Some("warnings"));
    assert_eq!(checks_with(&document, &["warn"]), ["start_time"]);

    let record = record.to_str().unwrap();
    let document = world
        .rpctl(["probe", "--json", "--strict", record])
        .assert_verdict(4, "indeterminate", Some("strict"));
    assert_eq!(checks_with(&document, &["warn"]), ["start_time"]);
}

#[test]
fn exe_path_alone_warns_of_a_copy_of_the_running_program() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    let copy = world.path("copy");
    std::fs::copy(&identity.exe_path, &copy).unwrap();
    identity.exe_path = copy;
    let _served = TestServer::truly(&identity);
    let record = world.sidecar("s.json", &identity);
    let document = world
        .probe(&record)
        .assert_verdict(0, "verified", Some("warnings"));
    assert_eq!(checks_with(&document, &["warn"]), ["exe_path"]);
}

#[test]
fn another_program_with_the_recorded_pid_is_named() {
    let world = World::new();
    let mut sleeper = Command::new("sleep").arg("1000").spawn().unwrap();
    let mut identity = this_process(&world.endpoint("s"));
    identity.pid = sleeper.id();
    identity.started_at_unix_ms = before_start_ms(sleeper.id());
    let record = world.sidecar("s.json", &identity);
    let document = world
        .probe(&record)
        .assert_verdict(3, "not_running", Some("pid_reused"));
    let actual = check(&document, "pid")["actual"].as_str().unwrap();
    assert!(actual.contains("/sleep, user"), "{actual}");
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
}
