//! Records and daemons on both sides of a namespace. A container here is what it
//! is everywhere: a process in a PID and a mount namespace of its own.

use std::process::Command;

use rpctl::record;

use crate::support::{
    Daemon, MOUNTS, PIDS, Run, World, check, copy_program, is_installed, is_root, resize_program,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rpctl");

fn can_contain() -> bool {
    is_root() && is_installed("unshare")
}

/// The program inside a fresh container, as its PID 1.
fn contained(world: &World) -> Command {
    let mut command = world.command("unshare");
    command.args(PIDS).arg(PROGRAM);
    command
}

/// Writes the identity alone, without the host that it was written on.
fn bare(world: &World, daemon: &Daemon) -> std::path::PathBuf {
    world.sidecar("bare.json", &daemon.identity)
}

#[test]
fn a_record_from_a_container_says_nothing_of_pids_outside() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start_command(&world, contained(&world));
    assert_eq!(daemon.identity.pid, 1);
    let document =
        world
            .probe(daemon.record())
            .assert_verdict(4, "indeterminate", Some("foreign_namespace"));
    assert_eq!(check(&document, "pid")["outcome"], "skip");
}

#[test]
fn the_kernel_reveals_a_daemon_in_a_container() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start_command(&world, contained(&world));
    let document = world.probe(&bare(&world, &daemon)).assert_verdict(
        4,
        "indeterminate",
        Some("foreign_namespace"),
    );
    let detail = check(&document, "host")["detail"].as_str().unwrap();
    assert!(detail.contains("PID 1 inside"), "{detail}");
}

#[test]
fn from_inside_a_container_a_daemon_outside_is_never_dead() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    for record in [daemon.record().to_owned(), bare(&world, &daemon)] {
        let mut command = contained(&world);
        Run::of(
            command
                .args(["probe", "--json", "--timeout", "30s"])
                .arg(record),
        )
        .assert_verdict(4, "indeterminate", Some("foreign_namespace"));
    }
}

#[test]
fn a_daemon_is_verified_from_within_its_own_container() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let mut command = contained(&world);
    Run::of(command.args(["spawn-self", "--once", "--json"])).assert_verdict(0, "verified", None);
}

#[test]
fn another_mount_namespace_alone_is_a_warning() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let mut command = world.command("unshare");
    command.args(["--mount", PROGRAM]);
    let daemon = Daemon::start_command(&world, command);
    let document = world
        .probe(daemon.record())
        .assert_verdict(0, "verified", Some("warnings"));
    assert_eq!(check(&document, "host")["outcome"], "warn");
    assert_eq!(check(&document, "exe_path")["outcome"], "pass");
}

#[test]
fn another_mount_namespace_may_hold_another_binary() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    // Outside, the path holds what the record says; inside, something else.
    let path = world.path("rpctl");
    copy_program(&path);
    let other = world.path("other");
    copy_program(&other);
    resize_program(&other, "+1");
    let mut command = world.command("unshare");
    command
        .args(["--mount", "sh", "-c"])
        .arg(r#"mount --bind "$1" "$2" && shift && exec "$@""#)
        .arg("sh")
        .args([&other, &path]);
    let daemon = Daemon::start_command(&world, command);
    assert_eq!(daemon.identity.exe_path, path);

    let honest = world.probe(daemon.record());
    honest.assert_verdict(0, "verified", Some("warnings"));

    let mut recorded = daemon.identity.clone();
    let outside = std::fs::read(&path).unwrap();
    recorded.exe_digest.blake3 = None;
    recorded.exe_digest.sha256 = Some(sha256(&outside));
    let document = world.probe(&world.sidecar("s.json", &recorded));
    let document = document.assert_verdict(5, "mismatch", Some("identity_mismatch"));
    assert_eq!(check(&document, "digest")["outcome"], "fail");
}

/// By the function that computes the checksum of records: without protobuf
/// fields in it, it is the digest of the bytes.
fn sha256(bytes: &[u8]) -> rpctl::Digest {
    record::self_sha256(bytes)
}

#[test]
fn a_time_namespace_raises_no_false_alarm() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let mut command = world.command("unshare");
    command
        .args(["--time", "--boottime", "86400", "--fork", PROGRAM])
        .args(["probe", "--json", "--timeout", "30s"])
        .arg(daemon.record());
    Run::of(&mut command).assert_verdict(0, "verified", None);
}

/// A container entered halfway, or one that kept the `/proc` of its host: numbers
/// of the kernel and numbers of `/proc` are about different processes.
#[test]
fn proc_of_another_pid_namespace_proves_and_stops_nothing() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = bare(&world, &daemon);
    // Inside, the number of the daemon is made that of a bystander.
    let script = r#"
        echo $(($2 - 1)) > /proc/sys/kernel/ns_last_pid
        sleep 1000 > /dev/null 2>&1 &
        test $! = "$2" || exit 99
        code=0
        "$1" $3 30s --json "$4" || code=$?
        kill -KILL $! || exit 98
        exit $code
    "#;
    let pid = daemon.pid().to_string();
    let inside = |command: &str| {
        let mut inside = world.command("unshare");
        inside
            .args(["--pid", "--fork", "--kill-child", "sh", "-c", script, "sh"])
            .args([PROGRAM, &pid, command])
            .arg(&record);
        Run::of(&mut inside)
    };
    let commands = [
        "probe --timeout",
        "kill --probe-timeout",
        "shutdown --probe-timeout",
    ];
    for command in commands {
        inside(command).assert_verdict(4, "indeterminate", Some("foreign_namespace"));
    }
    // Without a socket there is only the number.
    std::fs::remove_file(world.path("daemon.sock")).unwrap();
    for command in commands {
        let document =
            inside(command).assert_verdict(4, "indeterminate", Some("process_unreadable"));
        assert_eq!(check(&document, "pid")["outcome"], "unknown");
    }
    world
        .probe(daemon.record())
        .assert_verdict(6, "unresponsive", Some("endpoint_missing"));
}

/// This process is not in that `/proc` at all.
#[test]
fn proc_of_a_namespace_below_is_not_called_missing() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    // The mount outlives the namespace of its PIDs.
    let script = r#"
        unshare --pid --fork mount -t proc proc /proc && exec "$@"
    "#;
    let mut command = world.apart(MOUNTS, script);
    command
        .args([PROGRAM, "probe", "--json", "--timeout", "30s"])
        .arg(daemon.record());
    let document = Run::of(&mut command).json();
    let detail = check(&document, "pid")["detail"].as_str().unwrap();
    assert!(detail.contains("another PID namespace"), "{document:#}");
    assert!(
        !document.to_string().contains("mount -t proc"),
        "{document:#}"
    );
    assert_eq!(document["verdict"], "indeterminate", "{document:#}");
}

#[test]
fn without_proc_nothing_is_proven_or_called_a_mismatch() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let mut command = world.command("unshare");
    command
        .args(["--mount", "sh", "-c"])
        .arg(r#"mount -t tmpfs none /proc && exec "$@""#)
        .args(["sh", PROGRAM, "probe", "--json", "--timeout", "30s"])
        .arg(daemon.record());
    let document = Run::of(&mut command);
    let document = document.assert_verdict(4, "indeterminate", Some("permission_denied"));
    assert_eq!(check(&document, "peer")["outcome"], "unknown");
    let detail = check(&document, "pid")["detail"].as_str().unwrap();
    assert!(detail.ends_with("/proc is not mounted"), "{detail}");
    let hints = document["hints"].to_string();
    assert!(
        hints.contains("mount -t proc") && !hints.contains("sudo"),
        "{hints}"
    );
}

/// The stranger has that number in a namespace that the record proves not to be
/// from.
#[test]
fn a_contained_instance_with_the_recorded_pid_is_another_one() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    std::fs::remove_file(daemon.socket()).unwrap();
    let pid = daemon.pid().to_string();
    let script = r#"
        echo $(($2 - 1)) > /proc/sys/kernel/ns_last_pid
        "$1" spawn-self --foreground --json --record "$3" --endpoint "$4" &
        test $! = "$2" || exit 99
        wait
    "#;
    let theirs = world.path("theirs.pb");
    let mut container = world.command("unshare");
    container
        .args(PIDS)
        .args(["sh", "-c", script, "sh", PROGRAM, &pid])
        .arg(&theirs)
        .arg(daemon.socket());
    let stranger = Daemon::start_as_is(container, &theirs);
    assert_eq!(stranger.identity.pid, daemon.pid());

    let document = world.probe(daemon.record());
    let document = document.assert_verdict(5, "mismatch", Some("superseded"));
    assert_eq!(check(&document, "peer")["outcome"], "fail");
    assert_eq!(check(&document, "pid")["outcome"], "pass");

    // A record that does not say where it is from may be that of either.
    let bare = bare(&world, &daemon);
    let document = world.probe(&bare);
    document.assert_verdict(4, "indeterminate", Some("foreign_namespace"));
    for command in ["kill", "shutdown"] {
        let refused = world.rpctl([command, "--quiet", bare.to_str().unwrap()]);
        assert_eq!(refused.code, Some(4), "{refused:?}");
    }
    let record = daemon.record().to_str().unwrap().to_owned();
    assert_eq!(world.rpctl(["kill", "--quiet", &record]).code, Some(0));
    assert!(!daemon.wait().success());
}
