//! Records that are exchanged while they are read: links with files, directories with
//! directories.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown, lchown, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rpctl::DaemonProcess;
use rpctl::record::{self, Content, DigestChoice, Format, Loader};
use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::support::{World, golden_file, is_root, rounds};

const STRANGER: u32 = 4002;

/// Numbers of the recorded processes, of which one is meant.
const RIGHT: u32 = 1001;
const WRONG: u32 = 1002;

fn write(path: &Path, pid: u32) {
    let golden = record::load(&golden_file("sidecar-fixed.json")).unwrap();
    let daemon = DaemonProcess {
        pid,
        ..golden.daemon().unwrap()
    };
    let content = Content::Daemon(daemon.to_proto());
    record::save(path, &content, Format::SidecarJson, DigestChoice::All).unwrap();
}

/// Reads the record `path` while `one` and `other` are exchanged, and asserts that the
/// wrong record is never trusted, and the right one always is.
fn read_while_exchanged(path: &Path, one: &Path, other: &Path) {
    let exchanges = rounds("RPCTL_TEST_EXCHANGES", 10_000);
    let done = AtomicUsize::new(0);
    let mut seen = [0, 0];
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 1..=exchanges {
                renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).unwrap();
                done.store(round, Ordering::Relaxed);
            }
        });
        while done.load(Ordering::Relaxed) < exchanges || seen.contains(&0) {
            // Once all are done, each side is read in peace.
            if done.load(Ordering::Relaxed) == exchanges {
                renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).unwrap();
            }
            let loader = Loader::default();
            for _ in 0..3 {
                let Ok(record) = loader.load(path) else {
                    continue;
                };
                let pid = record.daemon().unwrap().pid;
                let is_trusted = record.findings.is_empty();
                assert_eq!(is_trusted, pid == RIGHT, "{record:?}");
                seen[usize::from(pid == WRONG)] += 1;
            }
        }
    });
}

/// Two directories of root, one of them below a directory of a stranger.
fn world() -> World {
    let world = World::new();
    for (directory, pid) in [("right", RIGHT), ("theirs/wrong", WRONG)] {
        std::fs::create_dir_all(world.path(directory)).unwrap();
        write(&world.path(directory).join("record.json"), pid);
    }
    world
}

fn give_away(path: &Path) {
    lchown(path, Some(STRANGER), Some(STRANGER)).unwrap();
}

#[test]
fn a_directory_that_is_exchanged_is_judged_as_it_was_opened() {
    if !is_root() {
        return;
    }
    let world = world();
    let wrong = world.path("theirs/wrong");
    give_away(&wrong);
    let right = world.path("right");
    read_while_exchanged(&right.join("record.json"), &right, &wrong);
}

#[test]
fn a_directory_that_a_group_may_write_is_never_mistaken() {
    if !is_root() {
        return;
    }
    let world = world();
    let wrong = world.path("theirs/wrong");
    chown(&wrong, None, Some(4500)).unwrap();
    std::fs::set_permissions(&wrong, Permissions::from_mode(0o775)).unwrap();
    let right = world.path("right");
    read_while_exchanged(&right.join("record.json"), &right, &wrong);
}

#[test]
fn a_link_that_is_exchanged_is_judged_as_it_was_followed() {
    if !is_root() {
        return;
    }
    let world = world();
    let (way, aside) = (world.path("way"), world.path("aside"));
    symlink(world.path("right"), &way).unwrap();
    // The directories are those of root: the link alone is not.
    write(&world.path("other.json"), WRONG);
    std::fs::create_dir(world.path("other")).unwrap();
    write(&world.path("other/record.json"), WRONG);
    symlink(world.path("other"), &aside).unwrap();
    give_away(&aside);
    read_while_exchanged(&way.join("record.json"), &way, &aside);
}

#[test]
fn a_link_exchanged_with_the_file_is_not_taken_for_it() {
    if !is_root() {
        return;
    }
    let world = world();
    let link = world.path("link.json");
    symlink(world.path("theirs/wrong/record.json"), &link).unwrap();
    give_away(&link);
    let file = world.path("right/record.json");
    read_while_exchanged(&file, &file, &link);
}

#[test]
fn a_file_of_a_stranger_exchanged_for_the_record_is_known() {
    if !is_root() {
        return;
    }
    let world = world();
    let theirs = world.path("theirs/wrong/record.json");
    give_away(&theirs);
    let file = world.path("right/record.json");
    read_while_exchanged(&file, &file, &theirs);
}
