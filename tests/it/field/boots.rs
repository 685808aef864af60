//! Two boot IDs on one kernel: a file mounted over it, as containers do, and a hardened unit
//! that sees the one of the kernel.

use std::os::unix::net::UnixListener;
use std::process::Command;

use nix::sys::signal::Signal;

use crate::support::{
    Daemon, MOUNTS, Run, World, before_boot_ms, check, is_installed, is_root, this_process,
};

const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";
const ANOTHER: &str = "11111111-2222-4333-8444-555555555555";

/// Returns a command that runs the program in a mount namespace of its own, after a script in
/// which `$1` is the file with another boot ID.
pub(super) fn isolated(world: &World, script: &str) -> Command {
    let another = world.path("boot_id");
    std::fs::write(&another, ANOTHER).unwrap();
    let script = format!(r#"{script} && shift && exec "$@""#);
    let mut command = world.apart(MOUNTS, &script);
    command.arg(another).arg(env!("CARGO_BIN_EXE_rpctl"));
    command
}

/// The mounts of the daemon and of the caller, who read two boot IDs.
pub(super) fn mounts() -> [[String; 2]; 2] {
    let masked = format!(r#"mount --bind "$1" {BOOT_ID}"#);
    [
        ["true".to_owned(), masked.clone()],
        // The mount of another /proc uncovers the ID of the kernel.
        [masked, "mount -t proc proc /proc".to_owned()],
    ]
}

fn can_mount() -> bool {
    is_root() && is_installed("unshare") && is_installed("mount")
}

/// Starts a daemon of the service `cached` in the mounts of a script.
pub(super) fn start(world: &World, script: &str) -> Daemon {
    let mut command = isolated(world, script);
    command
        .args(["spawn-self", "--foreground", "--json", "--service=cached"])
        .arg("--endpoint")
        .arg(world.path("cached.sock"));
    let record = format!("registry/cached-{}.pb", env!("CARGO_PKG_VERSION"));
    Daemon::start_as_is(command, &world.path(&record))
}

#[test]
fn a_daemon_under_another_boot_id_is_examined_and_not_gone() {
    if !can_mount() {
        return;
    }
    for [of_daemon, of_caller] in mounts() {
        let world = World::new();
        let daemon = start(&world, &of_daemon);
        let mut command = isolated(&world, &of_caller);
        command.args(["probe", "--json", "--timeout=30s"]);
        let run = Run::of(command.arg(daemon.record()));
        let document = run.assert_verdict(4, "indeterminate", Some("boot_contradicted"));
        assert_eq!(check(&document, "boot_id")["outcome"], "unknown");
        for id in ["peer", "nonce", "pid", "user", "start_time", "digest"] {
            assert_eq!(check(&document, id)["outcome"], "pass", "{document:#}");
        }
    }
}

#[test]
fn a_daemon_under_another_boot_id_is_not_stopped_nor_pruned() {
    if !can_mount() {
        return;
    }
    for [of_daemon, of_caller] in mounts() {
        let world = World::new();
        let daemon = start(&world, &of_daemon);
        // The socket is out of sight, too, as with PrivateTmp=.
        let empty = world.path("empty");
        std::fs::write(&empty, "").unwrap();
        let hidden = format!(
            "{of_caller} && mount --bind '{}' '{}'",
            empty.display(),
            daemon.socket()
        );
        for script in [&of_caller, &hidden] {
            for command in ["shutdown", "kill"] {
                let mut run = isolated(&world, script);
                run.args([command, "--json", "--timeout=30s", "--probe-timeout=30s"]);
                let run = Run::of(run.arg(daemon.record()));
                assert_eq!(run.code, Some(4), "{run:?}");
                assert_eq!(run.json()["action"]["outcome"], "refused", "{run:?}");
            }
            let pruned = Run::of(isolated(&world, script).args(["prune", "--json"]));
            let document = pruned.json();
            assert_eq!(document["kept"][0]["why"], "not_gone", "{document:#}");
            let mut spawn = isolated(&world, script);
            spawn.args(["spawn-self", "--json", "--service=cached", "--endpoint"]);
            let spawned = Run::of(spawn.arg(world.path("other.sock")));
            assert_eq!(spawned.code, Some(9), "{spawned:?}");
        }
        assert!(daemon.record().exists());
    }
}

#[test]
fn a_confirmed_reboot_is_no_death_of_what_holds_the_socket() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    ANOTHER.clone_into(&mut identity.boot_id);
    identity.started_at_unix_ms = before_boot_ms();
    let record = world.manifest("registry/old.pb", &identity, |manifest| {
        manifest
            .host
            .as_mut()
            .unwrap()
            .boot_id
            .clone_from(&identity.boot_id);
    });
    let listener = UnixListener::bind(world.path("s")).unwrap();
    let path = record.to_str().unwrap();
    let probe = ["probe", "--json", "--timeout", "50ms", path];
    world
        .rpctl(probe)
        .assert_verdict(5, "mismatch", Some("boot_id_mismatch"));
    // Its socket file was deleted, and it still listens.
    std::fs::remove_file(world.path("s")).unwrap();
    world
        .rpctl(probe)
        .assert_verdict(5, "mismatch", Some("boot_id_mismatch"));
    world.rpctl(["prune"]);
    assert!(record.exists());
    drop(listener);
    world
        .rpctl(probe)
        .assert_verdict(3, "not_running", Some("rebooted"));
}

/// Some containers show a boot ID of zeros.
#[test]
fn a_boot_id_of_zeros_is_no_evidence_for_either_side() {
    if !can_mount() {
        return;
    }
    let zeros = format!(
        r#"echo 00000000-0000-0000-0000-000000000000 > "$1" && mount --bind "$1" {BOOT_ID}"#
    );
    let plain = "true".to_owned();
    for [of_daemon, of_caller] in [[&zeros, &plain], [&plain, &zeros], [&zeros, &zeros]] {
        let world = World::new();
        let daemon = start(&world, of_daemon);
        let run = |arguments: &[&str]| Run::of(isolated(&world, of_caller).args(arguments));
        let record = daemon.record().to_str().unwrap();
        let answered = run(&["probe", "--json", "--timeout=30s", record]);
        let document = answered.assert_verdict(0, "verified", Some("warnings"));
        assert_eq!(check(&document, "boot_id")["outcome"], "warn");
        daemon.signal(Signal::SIGSTOP);
        let silent = run(&["probe", "--json", "--timeout=300ms", record]);
        silent.assert_verdict(4, "indeterminate", Some("boot_unknown"));
        let killed = run(&["kill", "--json", "--probe-timeout=300ms", record]);
        assert_eq!(killed.code, Some(4), "{killed:?}");
        let pruned = run(&["prune", "--json", "--timeout=300ms"]).json();
        assert_eq!(pruned["kept"][0]["why"], "not_gone", "{pruned:#}");
    }
}
