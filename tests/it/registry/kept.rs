//! `rpctl prune`: what is never removed.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;

use nix::sys::signal::Signal;
use rpctl::DaemonProcess;
use rpctl::record::{self, Content, DigestChoice, Format};

use super::fixture::{daemon, dead, elsewhere, gone, place, pruned, record_of};
use crate::support::{
    Daemon, PIDS, Run, World, before_boot_ms, is_installed, is_root, this_process,
};

/// Assert that nothing is removed, and why, for each file in the registry.
#[track_caller]
fn assert_kept(world: &World, code: i32, expected: &[(&str, &str)]) -> Run {
    let run = world.rpctl(["prune", "--json", "--timeout", "1s"]);
    let (removed, kept) = pruned(&run);
    assert_eq!(removed, Vec::<&Path>::new(), "{run:?}");
    let kept: Vec<(&str, &str)> = kept
        .iter()
        .map(|(file, why)| (file.as_str(), why.as_str()))
        .collect();
    assert_eq!(kept, expected);
    assert_eq!(run.code, Some(code), "{run:?}");
    for (file, _) in expected {
        assert!(place(world, file).exists(), "{file}");
    }
    run
}

#[test]
fn what_lives_or_cannot_be_told_stays() {
    let world = World::new();
    let mut live = daemon(&world, "live");
    let hung = daemon(&world, "hung");
    hung.signal(Signal::SIGSTOP);
    record_of(&world, "foreign", &gone(&world, "s"), |manifest| {
        manifest.host = Some(elsewhere());
    });
    std::fs::write(place(&world, "garbage.pb"), "no record").unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let (of_hung, of_live) = (format!("hung-{version}.pb"), format!("live-{version}.pb"));
    let expected = [
        ("foreign.pb", "not_gone"),
        ("garbage.pb", "not_gone"),
        (of_hung.as_str(), "not_gone"),
        (of_live.as_str(), "not_gone"),
    ];
    assert_kept(&world, 0, &expected);
    assert!(Path::new(live.socket()).exists() && Path::new(hung.socket()).exists());

    // Superseded on its own socket: another daemon listens there.
    let socket = live.socket().to_owned();
    live.kill();
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command.args(["spawn-self", "--foreground", "--json", "--record", "new.pb"]);
    command.args(["--endpoint", &socket]);
    let new = Daemon::start_as_is(command, &world.path("new.pb"));
    assert_kept(&world, 0, &expected);
    world
        .probe(new.record())
        .assert_verdict(0, "verified", None);
}

/// Nothing runs of these, and nothing says that they were written here.
#[test]
fn what_does_not_say_where_it_was_written_stays() {
    let world = World::new();
    let identity = gone(&world, "s");
    let earlier = DaemonProcess {
        boot_id: "11111111-1111-4111-8111-111111111111".to_owned(),
        started_at_unix_ms: before_boot_ms(),
        ..identity.clone()
    };
    for (name, daemon) in [("bare", &identity), ("bare-rebooted", &earlier)] {
        let content = Content::Daemon(daemon.to_proto());
        let path = place(&world, &format!("{name}.pb"));
        record::save(
            &path,
            &content,
            Format::DaemonProtobuf,
            DigestChoice::Sha256,
        )
        .unwrap();
    }
    record_of(&world, "no-host", &identity, |manifest| {
        manifest.host = None;
    });
    record_of(&world, "no-machine", &earlier, |manifest| {
        let host = manifest.host.as_mut().unwrap();
        host.machine_id = "unknown".to_owned();
        host.boot_id.clone_from(&earlier.boot_id);
    });
    record_of(&world, "no-namespace", &identity, |manifest| {
        manifest.host.as_mut().unwrap().namespace_id = "unknown".to_owned();
    });
    // An identity of a boot that its manifest does not know.
    record_of(&world, "other-boot", &earlier, |_| {});
    let files = [
        "bare-rebooted.pb",
        "bare.pb",
        "no-host.pb",
        "no-machine.pb",
        "no-namespace.pb",
        "other-boot.pb",
    ];
    assert_kept(&world, 0, &files.map(|file| (file, "elsewhere")));
}

#[test]
fn the_record_of_a_living_container_stays() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let mut command = world.command("unshare");
    command.args(PIDS).arg(env!("CARGO_BIN_EXE_rpctl")).args([
        "spawn-self",
        "--foreground",
        "--json",
        "--service",
        "inside",
    ]);
    let file = format!("inside-{}.pb", env!("CARGO_PKG_VERSION"));
    let _inside = Daemon::start_as_is(command, &place(&world, &file));
    assert_kept(&world, 0, &[(&file, "not_gone")]);
}

#[test]
fn the_record_of_a_daemon_outside_the_container_stays() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let dead = dead(&world, "dead");
    let mut command = world.command("unshare");
    command
        .args(PIDS)
        .arg(env!("CARGO_BIN_EXE_rpctl"))
        .args(["prune", "--json"]);
    let run = Run::of(&mut command);
    assert_eq!((run.code, pruned(&run).0.len()), (Some(0), 0), "{run:?}");
    assert!(dead.record().exists() && Path::new(dead.socket()).exists());
}

#[test]
fn a_record_that_cannot_be_removed_is_a_refusal() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let dead = dead(&world, "dead");
    let script = r#"
        mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"
    "#;
    for options in [&["--dry-run"][..], &[]] {
        let mut command = world.apart(&["--mount"], script);
        command
            .arg(place(&world, ""))
            .args([env!("CARGO_BIN_EXE_rpctl"), "prune", "--json"])
            .args(options);
        let run = Run::of(&mut command);
        let kept = &run.json()["kept"][0];
        assert_eq!((run.code, &kept["why"]), (Some(9), &"failed".into()));
        let detail = kept["detail"].as_str().unwrap();
        assert!(detail.contains("Read-only file system"), "{detail}");
    }
    assert!(dead.record().exists());
}

/// As in `/tmp`: anybody may write there, and remove only what is theirs.
#[test]
fn a_strangers_record_in_a_sticky_directory_is_a_refusal() {
    const SOMEBODY: u32 = 65_534;
    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    let dead = dead(&world, "dead");
    for (path, mode) in [
        (place(&world, ""), 0o1777),
        (dead.record().to_owned(), 0o644),
    ] {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }
    for options in [&["--dry-run"][..], &[]] {
        let mut command = world.command(&program);
        command.args(["prune", "--json"]).args(options);
        let run = Run::of(command.uid(SOMEBODY).gid(SOMEBODY));
        let kept = &run.json()["kept"][0];
        assert_eq!((run.code, &kept["why"]), (Some(9), &"failed".into()));
        let detail = kept["detail"].as_str().unwrap();
        assert!(detail.contains("Operation not permitted"), "{detail}");
    }
    assert!(dead.record().exists());
}

#[test]
fn a_record_that_others_can_write_stays_and_is_a_refusal() {
    let world = World::new();
    let dead = dead(&world, "dead");
    std::fs::set_permissions(dead.record(), Permissions::from_mode(0o666)).unwrap();
    let file = format!("dead-{}.pb", env!("CARGO_PKG_VERSION"));
    let run = assert_kept(&world, 9, &[(&file, "untrusted")]);
    let detail = run.json()["kept"][0]["detail"].clone();
    assert!(detail.as_str().unwrap().contains("mode 0666"), "{detail}");
    assert!(Path::new(dead.socket()).exists());
    let said = world.rpctl(["prune", "--dry-run"]);
    assert_eq!(said.code, Some(9), "{said:?}");
    assert!(
        said.text()
            .starts_with("✗ 0 of 1 record would be removed\n"),
        "{said:?}"
    );
    assert!(said.text().contains("next: "), "{said:?}");
}

#[test]
fn as_root_the_record_of_a_stranger_stays() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let dead = dead(&world, "dead");
    std::os::unix::fs::chown(dead.record(), Some(65_534), None).unwrap();
    let file = format!("dead-{}.pb", env!("CARGO_PKG_VERSION"));
    assert_kept(&world, 9, &[(&file, "untrusted")]);
}

#[test]
fn a_record_that_the_system_does_not_let_go_is_a_refusal() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let dead = dead(&world, "dead");
    let mut command = world.command("unshare");
    command
        .args(["--mount", "sh", "-ec"])
        .arg(r#"mount --bind "$2" "$2"; mount -o remount,bind,ro "$2"; exec "$1" prune --json"#)
        .args(["sh", env!("CARGO_BIN_EXE_rpctl")])
        .arg(place(&world, ""));
    let run = Run::of(&mut command);
    assert_eq!(run.code, Some(9), "{run:?}");
    assert_eq!(pruned(&run).1[0].1, "failed", "{run:?}");
    assert!(dead.record().exists());
}

#[test]
fn the_record_of_a_living_process_without_its_socket_stays() {
    let world = World::new();
    record_of(
        &world,
        "silent",
        &this_process(&world.endpoint("s")),
        |_| {},
    );
    assert_kept(&world, 0, &[("silent.pb", "not_gone")]);
}
