//! Every command, on a registry or a record that is on a mount that hangs.

use std::process::Command;

use super::mount::HangingMount;
use super::server::Silence;
use crate::support::{Daemon, Run};

fn on_registry(mount: &HangingMount, args: &[&str]) -> Run {
    let mut command = mount.command(env!("CARGO_BIN_EXE_rpctl"));
    command.env("RUNNING_PROCESS_MANIFEST_DIR", mount.path("registry"));
    Run::of(command.args(args))
}

#[test]
fn no_command_waits_for_a_hung_registry_for_ever() {
    for silence in [Silence::Unread, Silence::Unanswered] {
        let Some(mount) = HangingMount::silent(silence) else {
            return;
        };
        for args in [
            &["list"][..],
            &["prune"],
            &["prune", "--dry-run"],
            &["probe"],
            &["probe", "--all"],
            &["probe", "--service", "test"],
            &["probe", "--all", "--wait", "1s"],
            &["inspect-manifest"],
            &["shutdown"],
            &["kill"],
        ] {
            let run = on_registry(&mount, args);
            assert_eq!(run.code, Some(4), "{args:?}: {run:?}");
            assert!(run.stderr.contains("does not answer"), "{args:?}: {run:?}");
        }
        mount.end();
    }
}

#[test]
fn no_process_is_signalled_for_a_record_that_cannot_be_read() {
    let Some(mount) = HangingMount::silent(Silence::Unanswered) else {
        return;
    };
    let record = mount.path("a.json");
    for command in ["shutdown", "kill"] {
        let run = mount.rpctl([command, "--json", record.to_str().unwrap()]);
        assert_eq!(run.code, Some(4), "{command}: {run:?}");
    }
    mount.end();
}

#[test]
fn a_daemon_is_not_started_on_a_hung_mount() {
    let Some(mount) = HangingMount::silent(Silence::Unanswered) else {
        return;
    };
    let here = |name: &str| mount.world.path(name).to_str().unwrap().to_owned();
    let there = |name: &str| mount.path(name).to_str().unwrap().to_owned();
    for (endpoint, record) in [
        (there("socket"), here("a.pb")),
        (here("socket"), there("a.pb")),
    ] {
        let args = ["spawn-self", "--endpoint", &endpoint, "--record", &record];
        let run = mount.rpctl(args);
        assert_ne!(run.code, Some(0), "{run:?}");
        assert!(run.stderr.contains("does not answer"), "{run:?}");
    }
    mount.end();
}

#[test]
fn digests_are_not_kept_on_a_hung_mount() {
    let Some(mount) = HangingMount::silent(Silence::Unanswered) else {
        return;
    };
    let daemon = Daemon::start(&mount.world);
    let mut command = mount.command(env!("CARGO_BIN_EXE_rpctl"));
    command.env("XDG_CACHE_HOME", mount.path("cache"));
    let run = probe(&mut command, &daemon);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("no digests are kept"), "{run:?}");
    mount.end_with(daemon);
}

fn probe(command: &mut Command, daemon: &Daemon) -> Run {
    let options = ["probe", "--digest-cache", "--timeout", "30s"];
    Run::of(command.args(options).arg(daemon.record()))
}

#[test]
fn waiting_for_a_hung_record_ends_in_time() {
    let Some(mount) = HangingMount::silent(Silence::Unanswered) else {
        return;
    };
    let record = mount.path("a.json");
    let args = ["probe", "--wait", "1s", "--json", record.to_str().unwrap()];
    let run = mount.rpctl(args);
    run.assert_verdict(4, "indeterminate", Some("file_system_hangs"));
    mount.end();
}
