//! What the crate's own client and rpctl say of the very same situation: the rows
//! of the table in `docs/performance.md`. Two rows are in `refusals`: records of the other
//! generation, and manifests with several labels.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::process::Stdio;

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::container::{can_contain, contained};
use crate::programs::{Release, command_of, probe, start};
use crate::running::Daemon;

for_both_releases! {
    a_manifest_that_names_no_daemon_leads_only_rpctl_to_it,
    a_stranger_that_answers_for_a_daemon_is_verified_by_it,
    a_listener_of_a_supervisor_is_unseen_by_it,
    a_daemon_whose_executable_was_replaced_is_refused_by_it,
    a_pid_from_a_container_is_looked_up_outside_by_it,
    a_process_with_a_contained_daemons_pid_is_taken_for_it,
}

fn a_manifest_that_names_no_daemon_leads_only_rpctl_to_it(release: &Release) {
    let home = tempdir().unwrap();
    let daemon = release.daemon(&home);
    let manifest = daemon.record("nameless-manifest");
    let found = release.ask("verify-manifest", manifest);
    assert_eq!(found, Err("it names no daemon".to_owned()));

    let report = assert_verdict(probe(manifest), "verified", Value::Null);
    assert_eq!(report["target"]["pid"].to_string(), daemon.pid());
}

fn a_stranger_that_answers_for_a_daemon_is_verified_by_it(release: &Release) {
    let home = tempdir().unwrap();
    let daemon = release.daemon(&home);
    daemon.suspend();
    let stranger = release.daemon_of_kind("impostor", &home);
    let sidecar = daemon.record("sidecar");
    assert_eq!(release.ask("verify-sidecar", sidecar), Ok(daemon.pid()));

    // The same program of the same user: another instance, as after a restart.
    let report = assert_verdict(probe(sidecar), "mismatch", "superseded");
    assert_eq!(check(&report, "nonce")["outcome"], "pass");
    let peer = check(&report, "peer");
    assert_eq!(peer["outcome"], "fail", "{peer:#}");
    let actual = peer["actual"].as_str().unwrap();
    assert!(
        actual.contains(&format!("PID {}", stranger.pid())),
        "{actual}"
    );
}

fn a_listener_of_a_supervisor_is_unseen_by_it(release: &Release) {
    let home = tempdir().unwrap();
    let listener = UnixListener::bind(home.path().join("socket")).unwrap();
    let mut command = release.command("handed-daemon", &home);
    let daemon = start(command.stdin(OwnedFd::from(listener)));
    let sidecar = daemon.record("sidecar");
    assert_eq!(release.ask("verify-sidecar", sidecar), Ok(daemon.pid()));

    let report = assert_verdict(probe(sidecar), "verified", Value::Null);
    let supervisor = std::process::id();
    let said = format!("the listener was created by PID {supervisor} (");
    let detail = check(&report, "peer")["detail"].as_str().unwrap();
    assert!(detail.starts_with(&said), "{detail}");
}

fn a_daemon_whose_executable_was_replaced_is_refused_by_it(release: &Release) {
    let home = tempdir().unwrap();
    let program = home.path().join("program");
    std::fs::copy(release.program(), &program).unwrap();
    let mut command = command_of(&program, "daemon", &home);
    let daemon = start(command.stdin(Stdio::piped()));

    // As package managers do it: write beside, then rename over.
    let beside = home.path().join("program.new");
    std::fs::copy(release.program(), &beside).unwrap();
    std::fs::rename(&beside, &program).unwrap();

    let sidecar = daemon.record("sidecar");
    let refusal = release.ask("verify-sidecar", sidecar).unwrap_err();
    let (pid, path) = (daemon.pid(), program.display());
    let said = format!(
        "daemon executable path mismatch for pid {pid}: \
         expected \"{path}\", actual \"{path} (deleted)\""
    );
    assert_eq!(refusal, said);

    let report = assert_verdict(probe(sidecar), "verified", "outdated");
    assert_eq!(check(&report, "digest")["outcome"], "pass");
}

/// Outside, the number is that of another program.
fn a_pid_from_a_container_is_looked_up_outside_by_it(release: &Release) {
    if !can_contain() {
        return;
    }
    let (home, other_home) = (tempdir().unwrap(), tempdir().unwrap());
    let outside = release.other().daemon(&other_home);
    let inside = contained_daemon(release, &home, &outside);
    let sidecar = inside.record("sidecar");
    let refusal = release.ask("verify-sidecar", sidecar).unwrap_err();
    let said = format!(
        "daemon executable path mismatch for pid {}: expected \"{}\", actual \"{}\"",
        outside.pid(),
        release.program().display(),
        release.other().program().display(),
    );
    assert_eq!(refusal, said);

    let report = assert_verdict(probe(sidecar), "indeterminate", "foreign_namespace");
    assert_eq!(check(&report, "pid")["outcome"], "skip");
}

/// Outside, the number is that of the same program: the client holds a process
/// that has nothing to do with the record.
fn a_process_with_a_contained_daemons_pid_is_taken_for_it(release: &Release) {
    if !can_contain() {
        return;
    }
    let (home, other_home) = (tempdir().unwrap(), tempdir().unwrap());
    let outside = release.daemon(&other_home);
    let inside = contained_daemon(release, &home, &outside);
    let sidecar = inside.record("sidecar");
    assert_eq!(release.ask("verify-sidecar", sidecar), Ok(outside.pid()));

    let report = assert_verdict(probe(sidecar), "indeterminate", "foreign_namespace");
    assert_eq!(check(&report, "pid")["outcome"], "skip");
}

/// A daemon that has the number inside a container which `outside` has outside.
fn contained_daemon(release: &Release, home: &TempDir, outside: &Daemon) -> Daemon {
    let mut command = contained(&release.command("daemon", home), Some(&outside.pid()));
    start(command.stdin(Stdio::piped()))
}

#[track_caller]
fn assert_verdict(report: Value, verdict: &str, reason: impl Into<Value>) -> Value {
    assert_eq!(report["verdict"], verdict, "{report:#}");
    assert_eq!(report["reason"], reason.into(), "{report:#}");
    report
}

#[track_caller]
fn check<'a>(report: &'a Value, name: &str) -> &'a Value {
    let checks = report["checks"].as_array().expect("a list of checks");
    let check = checks.iter().find(|check| check["check"] == name);
    check.expect("there is such a check")
}
