//! One home on several machines.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rpctl::DaemonProcess;
use rpctl::record::HostMessage;

use crate::support::{Daemon, MAX_PID, Run, World, before_boot_ms, check, is_installed, is_root};

const BOOT: &str = "11111111-1111-4111-8111-111111111111";
const PROGRAM: &str = env!("CARGO_BIN_EXE_rpctl");

/// Returns a command that runs the program on another node: with another name and another
/// boot, and the machine ID of the image that both were made from.
fn on_node_b(world: &World) -> Command {
    std::fs::write(world.path("boot_id"), format!("{BOOT}\n")).unwrap();
    let script = r#"
        mount --bind "$1" /proc/sys/kernel/random/boot_id && hostname node-b || exit 99
        shift; exec "$@"
    "#;
    let mut command = world.apart(&["--mount", "--uts"], script);
    command.arg(world.path("boot_id")).arg(PROGRAM);
    command
}

#[test]
fn the_daemon_of_another_node_is_neither_dead_nor_stopped() {
    if !is_root() || !is_installed("unshare") || !is_installed("hostname") {
        return;
    }
    let world = World::new();
    let mut daemon = Daemon::registered(&world, "shared");
    let path = daemon.record().to_str().unwrap().to_owned();
    let on_b = |arguments: &[&str]| Run::of(on_node_b(&world).args(arguments));
    for command in ["probe", "shutdown", "kill"] {
        let document = on_b(&[command, "--json", &path]);
        let document = document.assert_verdict(4, "indeterminate", Some("foreign_host"));
        assert_eq!(check(&document, "pid")["outcome"], "skip", "{command}");
    }
    let pruned = on_b(&["prune", "--json"]).json();
    assert_eq!(pruned["kept"][0]["why"], "not_gone", "{pruned:#}");
    let socket = world.path("b.sock");
    let spawned = on_b(&[
        "spawn-self",
        "--json",
        "--service=shared",
        "--endpoint",
        socket.to_str().unwrap(),
    ]);
    assert_eq!(spawned.code, Some(9), "{spawned:?}");
    assert_eq!(spawned.json()["error"]["kind"], "may_be_running");
    world
        .probe(daemon.record())
        .assert_verdict(0, "verified", None);
    daemon.kill();
}

#[test]
fn another_name_in_this_boot_is_this_machine() {
    if !is_root() || !is_installed("unshare") || !is_installed("hostname") {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let mut command = world.command("unshare");
    command.args(["--uts", "sh", "-c", r#"hostname node-b && exec "$@""#]);
    command.args(["sh", PROGRAM, "probe", "--json", "--timeout", "30s"]);
    command.arg0("unshare").arg(daemon.record());
    Run::of(&mut command).assert_verdict(0, "verified", None);
}

/// Edits a record into one of another machine.
type Edit = fn(&mut HostMessage);

#[test]
fn whatever_the_record_omits_a_stranger_to_it_cannot_tell() {
    const EDITS: [(&str, Edit); 4] = [
        ("the same image", |_| {}),
        ("no machine ID", |host| {
            host.machine_id = "unknown".to_owned();
        }),
        ("no boot ID", |host| host.boot_id = "unknown".to_owned()),
        ("no namespaces", |host| {
            host.namespace_id = "unknown".to_owned();
        }),
    ];
    let world = World::new();
    let daemon = Daemon::start(&world);
    for (what, edit) in EDITS {
        let recorded = DaemonProcess {
            boot_id: BOOT.to_owned(),
            pid: MAX_PID,
            ..daemon.identity.clone()
        };
        let record = world.manifest("a.json", &recorded, |manifest| {
            let host = manifest.host.as_mut().unwrap();
            host.hostname = "node-a".to_owned();
            host.boot_id = BOOT.to_owned();
            edit(host);
        });
        let document = world.probe(&record);
        assert_eq!(document.json()["reason"], "foreign_host", "{what}");
        assert_eq!(document.code, Some(4), "{what}");
    }
    assert!(Path::new(daemon.socket()).exists());
}

/// The other node was started after the daemon, and does not know that: its boot is no other
/// boot of the same machine.
#[test]
fn a_later_boot_of_another_node_proves_no_death() {
    if !is_root() || !is_installed("unshare") || !is_installed("hostname") {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let mut identity = daemon.identity.clone();
    identity.started_at_unix_ms = before_boot_ms();
    let record = world.manifest("registry/old.pb", &identity, |_| {});
    let path = record.to_str().unwrap();
    let on_b = |arguments: &[&str]| Run::of(on_node_b(&world).args(arguments));
    on_b(&["probe", "--json", path]).assert_verdict(4, "indeterminate", Some("foreign_host"));
    let listed = on_b(&["list", "--json"]).json();
    assert_eq!(
        listed["reports"][0]["verdict"], "indeterminate",
        "{listed:#}"
    );
    let pruned = on_b(&["prune", "--json"]).json();
    assert_eq!(pruned["kept"][0]["why"], "not_gone", "{pruned:#}");
    let shutdown = on_b(&["shutdown", "--json", "--remove-record", path]);
    assert_eq!(shutdown.code, Some(4), "{shutdown:?}");
    assert!(record.exists());
}
