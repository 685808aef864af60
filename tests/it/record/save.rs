//! Writing: for its owner alone, whole or not at all, in one order of bytes.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use nix::sys::signal::Signal;
use rpctl::record::{
    CacheRoot, Content, DaemonProcessMessage, DigestChoice, Format, MAX_ELEMENTS, SaveError, load,
    save,
};

use super::raw::{map_keys, top_level};
use super::{protobuf, sound_manifest};
use crate::support::{Role, World, role};

/// A sidecar so long that writing it takes a while, made of one letter.
fn long(letter: &str) -> Content {
    let daemon = sound_manifest().current_daemon.unwrap();
    Content::Daemon(DaemonProcessMessage {
        boot_id: letter.repeat(900 << 10),
        ..daemon
    })
}

fn save_sidecar(path: &Path, content: &Content) {
    save(path, content, Format::SidecarJson, DigestChoice::All).unwrap();
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// The names in a directory.
fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_record_and_its_new_directories_are_private() {
    let world = World::new();
    let path = world.path("a/b/record.json");
    save_sidecar(&path, &long("a"));
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&world.path("a/b")), 0o700);
    assert_eq!(mode(&world.path("a")), 0o700);

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
    save_sidecar(&path, &long("b"));
    assert_eq!(mode(&path), 0o600, "a readable file is replaced");
    assert_eq!(names(&world.path("a/b")), ["record.json"]);
}

#[test]
fn a_directory_that_exists_keeps_its_mode() {
    let world = World::new();
    std::fs::set_permissions(world.path(""), std::fs::Permissions::from_mode(0o755)).unwrap();
    save_sidecar(&world.path("record.json"), &long("a"));
    assert_eq!(mode(&world.path("")), 0o755);
}

#[test]
fn a_link_is_replaced_and_its_target_stays() {
    let world = World::new();
    std::fs::write(world.path("precious"), "keep").unwrap();
    let path = world.path("record.json");
    symlink(world.path("precious"), &path).unwrap();
    save_sidecar(&path, &long("a"));
    assert_eq!(std::fs::read(world.path("precious")).unwrap(), b"keep");
    assert!(path.symlink_metadata().unwrap().is_file());
}

#[test]
fn a_failed_write_leaves_the_old_record_and_nothing_else() {
    let world = World::new();
    let path = world.path("records/record.json");
    save_sidecar(&path, &long("a"));
    let mut manifest = sound_manifest();
    manifest.current_daemon = None;
    let without_daemon = Content::Manifest(Box::new(manifest));
    let choice = DigestChoice::All;
    let refused = save(&path, &without_daemon, Format::SidecarJson, choice);
    assert!(
        matches!(refused, Err(SaveError::NoDaemon(_))),
        "{refused:?}"
    );
    let refused = save(&path, &long("b"), Format::ManifestJson, choice);
    assert!(
        matches!(refused, Err(SaveError::NoManifest(_))),
        "{refused:?}"
    );
    let inside = path.join("record.json");
    let refused = save(&inside, &long("b"), Format::SidecarJson, choice);
    let message = refused.unwrap_err().to_string();
    assert!(message.contains(inside.to_str().unwrap()), "{message}");
    assert_eq!(load(&path).unwrap().content, long("a"));
    assert_eq!(names(&world.path("records")), ["record.json"]);
}

#[test]
fn what_could_not_be_read_again_is_not_written() {
    let world = World::new();
    let path = world.path("record");
    let mut many = sound_manifest();
    many.provides = vec![String::new(); MAX_ELEMENTS + 1];
    let many = Content::Manifest(Box::new(many));
    let daemon = sound_manifest().current_daemon.unwrap();
    let large = Content::Daemon(DaemonProcessMessage {
        boot_id: "a".repeat(1 << 20),
        ..daemon
    });
    for (content, format, why) in [
        (
            &many,
            Format::ManifestProtobuf,
            "provides: more than 1024 elements",
        ),
        (&many, Format::ManifestJson, "more than 1024 elements"),
        (&large, Format::SidecarJson, "larger than 1024 KiB"),
        (&large, Format::DaemonProtobuf, "larger than 1024 KiB"),
    ] {
        let refused = save(&path, content, format, DigestChoice::Sha256);
        let Err(error @ SaveError::Unreadable(_)) = refused else {
            panic!("{refused:?}");
        };
        assert!(error.to_string().ends_with(why), "{error}");
        assert!(names(&world.path("")).is_empty());
    }
}

#[test]
fn a_reader_sees_whole_records_while_two_writers_compete() {
    let world = World::new();
    let path = world.path("records/record.json");
    let contents = [long("a"), long("b")];
    save_sidecar(&path, &contents[0]);
    let writing = AtomicUsize::new(contents.len());
    thread::scope(|scope| {
        for content in &contents {
            scope.spawn(|| {
                for _ in 0..40 {
                    save_sidecar(&path, content);
                }
                writing.fetch_sub(1, Ordering::Release);
            });
        }
        let mut reads = 0;
        while writing.load(Ordering::Acquire) > 0 || reads == 0 {
            let read = load(&path).map(|record| record.content);
            let read = read.unwrap_or_else(|error| panic!("read {reads}: {error}"));
            // The records are too long to be shown.
            assert!(contents.contains(&read), "read {reads} is a mixture");
            reads += 1;
        }
    });
    assert_eq!(names(&world.path("records")), ["record.json"]);
}

#[test]
fn a_killed_writer_leaves_the_old_record_or_the_new_one() {
    let world = World::new();
    let contents = [long("a"), long("b")];
    let sources: Vec<PathBuf> = ["a.json", "b.json"].map(|name| world.path(name)).into();
    for (source, content) in sources.iter().zip(&contents) {
        save_sidecar(source, content);
    }
    let path = world.path("records/record.json");
    for round in 0..30 {
        let arguments = [&path].into_iter().chain(&sources);
        let mut writer = role(Role::SaveInTurn, arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
        let mut saved = lines.filter(|line| line.as_ref().unwrap() == "saved");
        assert!(saved.nth(round % 3).is_some(), "round {round}");
        // Not at the same point of every round.
        for _ in 0..round * 20 {
            thread::yield_now();
        }
        writer.kill().unwrap();
        let status = writer.wait().unwrap();
        assert_eq!(
            status.signal(),
            Some(Signal::SIGKILL as i32),
            "round {round}"
        );
        let read = load(&path).unwrap_or_else(|error| panic!("round {round}: {error}"));
        assert!(contents.contains(&read.content), "round {round}: a mixture");
    }
    save_sidecar(&path, &contents[0]);
    assert_eq!(load(&path).unwrap().content, contents[0]);
}

#[test]
fn fields_and_map_entries_go_out_in_order() {
    let mut manifest = sound_manifest();
    let entries = ["b", "a", "c", "B", "ab"];
    let map = entries.map(|key| (key.to_owned(), "x".to_owned()));
    manifest.valid_until_unix_ms = u64::MAX;
    manifest.roots = vec![CacheRoot {
        labels: map.clone().into(),
        platform_paths: map.into(),
        ..CacheRoot::default()
    }];
    let bytes = protobuf(&manifest);
    let fields = top_level(&bytes);
    let numbers: Vec<u64> = fields.iter().map(|field| field.number).collect();
    assert_eq!(numbers, [1, 2, 10, 20, 100, 101, 102, 105]);
    let root = fields[2].content;
    for map in [5, 9] {
        assert_eq!(map_keys(root, map), ["B", "a", "ab", "b", "c"]);
    }
}
