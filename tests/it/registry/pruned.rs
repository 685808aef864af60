//! `rpctl prune`: what is removed.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::chown;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rpctl::endpoint::MAX_PATH_LEN;
use rpctl::record::CacheRoot;
use rustix::net::{
    AddressFamily, Shutdown, SocketAddrUnix, SocketFlags, SocketType, bind, listen, shutdown,
    socket_with,
};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::fixture::{daemon, dead, gone, place, pruned, record_of};
use crate::support::{KillOnDrop, World, before_boot_ms, is_installed, is_root};

#[test]
fn the_record_of_a_killed_daemon_goes_with_its_dead_socket() {
    let world = World::new();
    let live = daemon(&world, "live");
    let dead = dead(&world, "dead");
    let files = [dead.record(), Path::new(dead.socket())].map(Path::to_owned);
    let kept = vec![(
        live.record()
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned(),
        "not_gone".to_owned(),
    )];

    let dry = world.rpctl(["prune", "--dry-run", "--json"]);
    assert_eq!(dry.code, Some(0), "{dry:?}");
    assert_eq!(dry.json()["dry_run"], true);
    assert_eq!(pruned(&dry), (files.to_vec(), kept.clone()));
    assert!(files.iter().all(|file| file.exists()));
    let said = world.rpctl(["prune", "--dry-run"]);
    let sentence = "✓ 1 of 2 records would be removed, with 1 dead socket\n";
    assert!(said.text().starts_with(sentence), "{said:?}");

    let run = world.rpctl(["prune", "--json"]);
    assert_eq!((run.code, &run.json()["exit_code"]), (Some(0), &0.into()));
    assert_eq!(pruned(&run), (files.to_vec(), kept.clone()));
    assert!(!files.iter().any(|file| file.exists()));
    assert_eq!(names(&place(&world, "")), [kept[0].0.as_str()]);
    world
        .probe(live.record())
        .assert_verdict(0, "verified", None);

    let again = world.rpctl(["prune", "--json"]);
    assert_eq!((again.code, pruned(&again)), (Some(0), (Vec::new(), kept)));
}

#[test]
fn an_empty_registry_is_pruned_already() {
    let world = World::new();
    let run = world.rpctl(["prune", "--json"]);
    assert_eq!(
        (run.code, pruned(&run)),
        (Some(0), (Vec::new(), Vec::new()))
    );
    assert!(!place(&world, "").exists());
}

#[test]
fn a_record_of_an_earlier_boot_of_this_machine_goes() {
    let world = World::new();
    let mut identity = gone(&world, "s");
    identity.boot_id = "11111111-1111-4111-8111-111111111111".to_owned();
    identity.started_at_unix_ms = before_boot_ms();
    let record = record_of(&world, "old", &identity, |manifest| {
        manifest
            .host
            .as_mut()
            .unwrap()
            .boot_id
            .clone_from(&identity.boot_id);
    });
    let run = world.rpctl(["prune", "--json"]);
    assert_eq!(pruned(&run).0, [record]);
    assert_eq!(run.json()["pruned"][0]["reason"], "rebooted");
}

/// Bound after the record was written: by a daemon that is just starting, which
/// may not listen yet.
#[test]
fn a_dead_socket_younger_than_the_record_stays() {
    let world = World::new();
    let dead = dead(&world, "dead");
    let record = File::options().write(true).open(dead.record()).unwrap();
    let before = record.metadata().unwrap().modified().unwrap() - Duration::from_secs(1);
    record.set_modified(before).unwrap();
    std::fs::remove_file(dead.socket()).unwrap();
    drop(UnixListener::bind(dead.socket()).unwrap());
    let run = world.rpctl(["prune", "--json"]);
    assert_eq!(pruned(&run).0, [dead.record()]);
    assert!(Path::new(dead.socket()).exists());
}

/// A daemon binds its socket before it listens, and a daemon that ends may shut it down
/// first. Connecting is refused there, too.
#[test]
fn a_socket_that_a_process_has_bound_stays() {
    for kind in [SocketType::STREAM, SocketType::SEQPACKET] {
        for is_shut_down in [false, true] {
            let world = World::new();
            let socket = bound(&world.path("s"), kind);
            if is_shut_down {
                listen(&socket, 1).unwrap();
                shutdown(&socket, Shutdown::Both).unwrap();
            }
            let record = record_of(&world, "dead", &gone(&world, "s"), |_| {});
            let run = world.rpctl(["prune", "--json"]);
            assert_eq!(pruned(&run).0, [record], "{kind:?} {is_shut_down}");
            assert!(world.path("s").exists(), "{kind:?} {is_shut_down}");
        }
    }
}

/// Connecting by a path does not depend on the network namespace.
#[test]
fn a_socket_that_is_bound_in_another_network_namespace_stays() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let path = world.path("s");
    let mut command = Command::new("unshare");
    command.args(["--net", "sh", "-c", "echo; read line"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = KillOnDrop(command.spawn().unwrap());
    let mut stdout = process.0.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    let namespace = File::open(format!("/proc/{}/ns/net", process.0.id())).unwrap();
    let inside = || {
        let kind = Some(LinkNameSpaceType::Network);
        move_into_link_name_space(namespace.as_fd(), kind).unwrap();
        bound(&path, SocketType::STREAM)
    };
    let _socket = std::thread::scope(|scope| scope.spawn(inside).join().unwrap());
    let record = record_of(&world, "dead", &gone(&world, "s"), |_| {});
    assert_eq!(pruned(&world.rpctl(["prune", "--json"])).0, [record]);
    assert!(path.exists());
}

/// A socket that is bound, and does not listen.
fn bound(path: &Path, kind: SocketType) -> OwnedFd {
    let flags = SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, kind, flags, None).unwrap();
    bind(&socket, &SocketAddrUnix::new(path).unwrap()).unwrap();
    socket
}

#[test]
fn a_dead_socket_with_a_name_as_long_as_can_be_goes() {
    let world = World::new();
    let room = MAX_PATH_LEN - world.path("").as_os_str().len();
    let name = "s".repeat(room);
    drop(UnixListener::bind(world.path(&name)).unwrap());
    let record = record_of(&world, "dead", &gone(&world, &name), |_| {});
    let run = world.rpctl(["prune", "--json"]);
    assert_eq!(pruned(&run).0, [record, world.path(&name)], "{run:?}");
}

/// The owner of the directory may have put it there, or changed the path to it.
#[test]
fn a_dead_socket_that_a_stranger_could_have_put_there_stays() {
    if !is_root() {
        return;
    }
    let world = World::new();
    std::fs::create_dir(world.path("theirs")).unwrap();
    let socket = world.path("theirs/s");
    drop(UnixListener::bind(&socket).unwrap());
    chown(world.path("theirs"), Some(65_534), None).unwrap();
    let record = record_of(&world, "dead", &gone(&world, "theirs/s"), |_| {});
    for options in [&["prune", "--json", "--dry-run"][..], &["prune", "--json"]] {
        let run = world.rpctl(options);
        assert_eq!(pruned(&run).0, [record.as_path()], "{run:?}");
        assert!(socket.exists());
        let why = "belongs to user ID 65534";
        assert_eq!(run.stderr.contains(why), options.len() == 2, "{run:?}");
    }

    // No other user is harmed by the stranger's own socket.
    chown(&socket, Some(65_534), None).unwrap();
    let record = record_of(&world, "dead", &gone(&world, "theirs/s"), |_| {});
    let run = world.rpctl(["prune", "--json"]);
    assert_eq!(pruned(&run).0, [record, socket], "{run:?}");
}

/// A manifest of caches, and in a root of it the identity of a dead daemon.
fn manifest_and_identity(world: &World, socket: &str) -> (PathBuf, PathBuf) {
    let identity = gone(world, socket);
    let manifest = record_of(world, "caches", &identity, |manifest| {
        manifest.current_daemon = None;
        manifest.roots = vec![CacheRoot {
            kind: 4,
            path: world.path("run").to_str().unwrap().to_owned(),
            ..CacheRoot::default()
        }];
    });
    std::fs::create_dir_all(world.path("run")).unwrap();
    (
        manifest,
        world.sidecar("run/daemon-identity.json", &identity),
    )
}

#[test]
fn an_identity_file_is_removed_and_its_manifest_stays() {
    let world = World::new();
    drop(UnixListener::bind(world.path("s")).unwrap());
    let (manifest, identity) = manifest_and_identity(&world, "s");
    let run = world.rpctl(["prune", "--json"]);
    assert_eq!(
        pruned(&run).0,
        [identity.clone(), world.path("s")],
        "{run:?}"
    );
    assert!(manifest.exists() && !identity.exists());

    let run = world.rpctl(["prune", "--json"]);
    let kept = ("caches.pb".to_owned(), "names_no_daemon".to_owned());
    assert_eq!(pruned(&run), (Vec::new(), vec![kept]));
    assert!(manifest.exists());
}

/// It does not say where it was written, and a container may share its directory.
#[test]
fn an_identity_file_of_this_boot_without_its_dead_socket_stays() {
    let world = World::new();
    let (_, identity) = manifest_and_identity(&world, "none");
    let run = world.rpctl(["prune", "--json"]);
    let kept = ("caches.pb".to_owned(), "elsewhere".to_owned());
    assert_eq!(pruned(&run), (Vec::new(), vec![kept]));
    assert!(identity.exists());
}

/// The names in a directory, those of hidden files included.
pub(super) fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn only_the_records_that_are_named_are_pruned() {
    let world = World::new();
    let (named, other) = (dead(&world, "named"), dead(&world, "other"));
    let run = world.rpctl(["prune", "named", "none.pb"]);
    assert_eq!(run.code, Some(8), "{run:?}");
    assert!(run.text().contains("there is no file none.pb"), "{run:?}");
    assert!(!named.record().exists() && other.record().exists());
    let run = world.rpctl(["prune", "--missing-ok", "named", "none.pb"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.text(), "✓ nothing to remove\n");
    let file = other.record().to_str().unwrap();
    let run = world.rpctl(["prune", file]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!other.record().exists());
}

#[test]
fn a_file_without_a_directory_is_pruned_as_the_dry_run_says() {
    let world = World::new();
    let gone = dead(&world, "gone");
    let path = world.path("gone.pb");
    std::fs::rename(gone.record(), &path).unwrap();
    for options in [&["--dry-run"][..], &[]] {
        assert!(path.exists());
        let run = world.rpctl([&["prune", "--json", "gone.pb"], options].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(pruned(&run).0.contains(&"gone.pb".into()), "{run:?}");
    }
    assert!(!path.exists());
}
