//! What is left behind, and what is never touched.

use std::ffi::OsStr;
use std::fs::Permissions;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{Daemon, NOBODY, Script, World, copy_program, is_installed, is_root};

#[test]
fn the_socket_of_a_daemon_that_restarts_itself_is_left_alone() {
    let world = World::new();
    let record = world.path("next.pb");
    let text = format!(
        r#"
        restart() {{
            rm -f {socket}
            "$1" spawn-self -q --record {record} --endpoint {socket}
            exit 0
        }}
        trap 'restart "$1"' TERM
        echo ready
        while :; do sleep 0.01; done
        "#,
        socket = world.path("s").display(),
        record = record.display(),
    );
    drop(UnixListener::bind(world.path("s")).unwrap());
    let daemon = Script::start_at(&world, &text, &world.endpoint("s"));
    let old = daemon.record.to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", "--remove-record", old]);
    let document = run.json();
    assert_eq!(run.code, Some(7), "{document:#}");
    assert_eq!(document["action"]["outcome"], "still_served");
    assert_eq!(
        document["action"]["removed"],
        serde_json::json!([old]),
        "{document:#}"
    );
    world.probe(&record).assert_verdict(0, "verified", None);
    assert_eq!(
        world.rpctl(["kill", "-q", record.to_str().unwrap()]).code,
        Some(0)
    );
}

#[test]
fn a_record_that_a_new_daemon_has_written_is_left_alone() {
    let world = World::new();
    let (kept, new) = Daemon::restarted(&world);
    let run = world.rpctl([
        "shutdown",
        "--json",
        "--remove-record",
        kept.to_str().unwrap(),
    ]);
    assert_eq!(run.code, Some(5), "{:#}", run.json());
    assert!(kept.exists());
    world
        .probe(new.record())
        .assert_verdict(0, "verified", None);
}

/// A daemon that lives in a container: its number means nothing here, its socket is
/// hidden, and its sidecar, in a shared directory, does not say so.
#[test]
fn the_sidecar_of_a_daemon_that_lives_elsewhere_is_left_alone() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    std::fs::create_dir(world.path("private")).unwrap();
    let sidecar = world.path("side.json");
    // A number that no process has outside.
    let inside = r#"
        mount -t tmpfs none private
        last=$(($(cat /proc/sys/kernel/pid_max) - 1000))
        echo $last > /proc/sys/kernel/ns_last_pid
        "$@"
    "#;
    let mut command = world.command("unshare");
    command
        .args(["--pid", "--mount", "--fork", "--kill-child", "--mount-proc"])
        .args(["sh", "-ec", inside, "sh", env!("CARGO_BIN_EXE_rpctl")])
        .args(["spawn-self", "--foreground", "--json"])
        .args(["--record", "private/m.pb", "--endpoint"])
        .arg(world.path("private/s"))
        .arg("--sidecar")
        .arg(&sidecar);
    let _daemon = Daemon::start_as_is(command, &sidecar);
    for command in ["shutdown", "kill"] {
        let run = world.rpctl([command, "--json", "--remove-record", "side.json"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(run.json()["action"]["outcome"], "already_gone");
        assert_eq!(run.json()["action"]["removed"], serde_json::json!([]));
        assert!(sidecar.exists());
        let why = "side.json was not removed: it does not prove to be from this host";
        assert!(run.stderr.contains(why), "{}", run.stderr);
        assert!(run.stderr.contains("rm side.json"), "{}", run.stderr);
    }
}

#[test]
fn a_dead_daemons_record_is_removed_if_written_here() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    daemon.kill();
    let record = daemon.record().to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", "--remove-record", record]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        run.json()["action"]["removed"],
        serde_json::json!([record]),
        "{run:?}"
    );
    assert!(!daemon.record().exists());
}

#[test]
fn a_record_named_through_a_link_is_removed_itself() {
    for is_alive in [true, false] {
        let world = World::new();
        let mut daemon = Daemon::start(&world);
        if !is_alive {
            daemon.kill();
        }
        let record = daemon.record().canonicalize().unwrap();
        std::os::unix::fs::symlink("daemon.pb", world.path("link.pb")).unwrap();
        let run = world.rpctl(["kill", "--json", "--remove-record", "link.pb"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        let removed = run.json()["action"]["removed"].clone();
        let removed = removed.as_array().unwrap().last().cloned();
        assert_eq!(removed, Some(record.to_str().unwrap().into()), "{run:?}");
        assert!(!record.exists());
        assert!(world.path("link.pb").is_symlink());
    }
}

#[test]
fn a_record_with_a_path_outside_utf_8_is_removed_and_named() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let directory = world.path("").join(OsStr::from_bytes(b"records-\xff"));
    std::fs::create_dir(&directory).unwrap();
    let record = directory.join("daemon.pb");
    std::fs::rename(daemon.record(), &record).unwrap();
    let options = ["kill", "--json", "--remove-record"].map(OsStr::new);
    let run = world.rpctl(options.into_iter().chain([record.as_os_str()]));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!record.exists());
    let removed = run.json()["action"]["removed"].to_string();
    assert!(removed.contains("records-\u{fffd}/daemon.pb"), "{removed}");
}

#[test]
fn an_interrupted_wait_says_which_signal_was_sent() {
    let world = World::new();
    let mut daemon = Script::start(
        &world,
        "trap 'echo got it' TERM; echo ready; while :; do sleep 0.01; done",
    );
    let mut shutdown = world
        .command(env!("CARGO_BIN_EXE_rpctl"))
        .args(["shutdown", "--timeout", "1000s"])
        .arg(&daemon.record)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The daemon has the signal, so rpctl waits.
    assert_eq!(daemon.line(), "got it");
    let pid = Pid::from_raw(shutdown.id().try_into().unwrap());
    kill(pid, Signal::SIGINT).unwrap();
    let mut said = String::new();
    shutdown
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert_eq!(shutdown.wait().unwrap().signal(), Some(2));
    assert!(
        said.contains(&format!(
            "SIGTERM was already sent to PID {}",
            daemon.identity.pid
        )),
        "{said}"
    );
    assert!(daemon.is_running());
}

/// Where every user has a group, directories are often for that as well.
#[test]
fn a_users_socket_is_removed_from_a_directory_of_its_group() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.path("rpctl");
    copy_program(&program);
    let directory = world.path("");
    std::fs::set_permissions(&directory, Permissions::from_mode(0o775)).unwrap();
    std::os::unix::fs::chown(&directory, Some(NOBODY), Some(NOBODY)).unwrap();
    let mut command = world.command(&program);
    command.arg0("rpctl").uid(NOBODY).gid(NOBODY);
    let daemon = Daemon::start_command(&world, command);
    let record = daemon.record().to_str().unwrap();
    let document = world
        .rpctl(["kill", "--json", "--trust-record", record])
        .json();
    assert_eq!(document["action"]["outcome"], "killed", "{document:#}");
    assert_eq!(
        document["action"]["removed"],
        serde_json::json!([daemon.socket()]),
        "{document:#}"
    );
}
