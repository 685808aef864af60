//! Executables under names that are hard to handle.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::support::{Daemon, TestServer, World, check, copy_program, this_process};

/// A daemon whose executable has this path is verified without a warning.
#[track_caller]
fn assert_verified(world: &World, program: &Path) {
    copy_program(program);
    let daemon = Daemon::start_program(world, program);
    world
        .probe(daemon.record())
        .assert_verdict(0, "verified", None);
}

#[test]
fn spaces_quotes_and_newlines_in_the_path_change_nothing() {
    let world = World::new();
    assert_verified(&world, &world.path("a b\n'c' \"d\" \\e"));
}

#[test]
fn a_path_that_is_not_utf_8_is_compared_as_a_file() {
    let world = World::new();
    let name = OsStr::from_bytes(b"rpctl-\xff\xfe");
    assert_verified(&world, &world.path("").join(name));
}

#[test]
fn a_path_of_4000_bytes_is_compared_as_a_file() {
    let world = World::new();
    let mut path: PathBuf = world.path("deep");
    while path.as_os_str().len() < 3_900 {
        path.push("d".repeat(90));
    }
    std::fs::create_dir_all(&path).unwrap();
    assert_verified(&world, &path.join("rpctl"));
}

#[test]
fn a_recorded_symlink_to_the_image_passes_and_is_noted() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    let link = world.path("link");
    symlink(&identity.exe_path, &link).unwrap();
    identity.exe_path = link;
    let _served = TestServer::truly(&identity);
    let document = world
        .probe(&world.sidecar("s.json", &identity))
        .assert_verdict(0, "verified", None);
    let check = check(&document, "exe_path");
    assert_eq!(check["detail"], "the same file under another name");
}

#[test]
fn a_hard_link_to_the_image_is_the_same_file() {
    let world = World::new();
    let copy = world.path("rpctl");
    copy_program(&copy);
    let link = world.path("hard-link");
    std::fs::hard_link(&copy, &link).unwrap();
    let daemon = Daemon::start_program(&world, &link);
    std::fs::remove_file(&copy).unwrap();
    world
        .probe(daemon.record())
        .assert_verdict(0, "verified", None);
}

#[test]
fn a_path_never_reaches_the_terminal_raw() {
    let world = World::new();
    let program = world.path("rp\x1b[31mctl\u{202e}");
    copy_program(&program);
    let daemon = Daemon::start_program(&world, &program);
    std::fs::remove_file(&program).unwrap();
    for format in ["table", "json"] {
        let record = daemon.record().to_str().unwrap();
        let run = world.rpctl(["probe", "--wide", "--color=never", "-o", format, record]);
        assert_eq!(run.code, Some(0), "{run:?}");
        let text = run.text();
        assert!(!text.contains(['\x1b', '\u{202e}']), "{text}");
        assert!(text.contains("[31mctl"), "{text}");
    }
}
