//! What may stand where a record is expected.

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{piped, protobuf, sound_manifest};
use crate::support::{Run, World, golden_file};

/// The largest record, in bytes.
const LIMIT: usize = 1 << 20;

/// Assert that a run found no record, for this reason, and says what to do.
#[track_caller]
fn assert_unreadable(run: &Run, kind: &str, message: &str) -> Value {
    let document = run.json();
    assert_eq!(
        (run.code, &document["exit_code"]),
        (Some(8), &8.into()),
        "{run:?}"
    );
    assert_eq!(document["error"]["kind"], kind, "{document:#}");
    let said = document["error"]["message"].as_str().unwrap();
    assert!(said.contains(message), "{said}");
    assert!(document["hints"][0].is_string(), "{document:#}");
    document
}

/// Asserts the error of both commands that read a record.
#[track_caller]
fn assert_refused(world: &World, path: &Path, kind: &str, message: &str) {
    for command in ["inspect-manifest", "probe"] {
        let run = world.rpctl([command.as_ref(), "--json".as_ref(), path.as_os_str()]);
        let document = assert_unreadable(&run, kind, message);
        assert_eq!(document["command"], command);
    }
}

/// A sound sidecar, padded to a length.
fn padded(length: usize) -> Vec<u8> {
    let mut text = std::fs::read(golden_file("sidecar-fixed.json")).unwrap();
    text.resize(length, b' ');
    text
}

#[test]
fn a_symlink_is_followed_and_one_that_leads_nowhere_is_no_file() {
    let world = World::new();
    let link = world.path("link.json");
    symlink(golden_file("sidecar-fixed.json"), &link).unwrap();
    let run = world.rpctl(["inspect-manifest", link.to_str().unwrap()]);
    assert_eq!(run.code, Some(0), "{run:?}");

    let dangling = world.path("dangling.json");
    symlink(world.path("nothing"), &dangling).unwrap();
    assert_refused(&world, &dangling, "not_found", "there is no file ");
    assert_refused(&world, &world.path("nothing"), "not_found", "/nothing");
    // A file is no directory to find another one in.
    assert_refused(&world, &link.join("x"), "not_found", "there is no file ");
    symlink(world.path("loop"), world.path("loop")).unwrap();
    assert_refused(&world, &world.path("loop"), "io", "symbolic links");
}

/// Opening a FIFO that no process writes to would block.
#[test]
fn a_fifo_a_directory_a_device_and_a_socket_are_refused_by_kind() {
    let world = World::new();
    let fifo = world.path("fifo");
    let made = Command::new("mkfifo").arg(&fifo).status().unwrap();
    assert!(made.success(), "{made}");
    let socket = world.path("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    for (path, kind) in [
        (&*fifo, "FIFO"),
        (&world.path(""), "directory"),
        (Path::new("/dev/null"), "device"),
        (&*socket, "socket"),
    ] {
        let message = format!("{} is a {kind}, not a regular file", path.display());
        assert_refused(&world, path, "not_regular", &message);
    }
    let link = world.path("link");
    symlink(&fifo, &link).unwrap();
    assert_refused(&world, &link, "not_regular", "is a FIFO");
}

#[test]
fn one_mebibyte_is_read_and_one_byte_more_is_too_large() {
    let world = World::new();
    let path = world.path("large.json");
    std::fs::write(&path, padded(LIMIT)).unwrap();
    let run = world.rpctl(["inspect-manifest", path.to_str().unwrap()]);
    assert_eq!(run.code, Some(0), "{run:?}");
    std::fs::write(&path, padded(LIMIT + 1)).unwrap();
    assert_refused(&world, &path, "too_large", "larger than 1024 KiB");
}

#[test]
fn standard_input_has_the_same_limit() {
    let world = World::new();
    let inspect = ["inspect-manifest", "--json", "-"];
    let run = piped(&world, inspect, &padded(LIMIT));
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = piped(&world, inspect, &padded(LIMIT + 1));
    assert_unreadable(&run, "too_large", "standard input: ");
    let run = piped(&world, inspect, b"");
    assert_unreadable(&run, "empty", "standard input: ");
}

#[test]
fn a_sparse_file_of_two_gibibytes_is_refused() {
    let world = World::new();
    let path = world.path("sparse.pb");
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(2 << 30).unwrap();
    assert_refused(&world, &path, "too_large", "larger than 1024 KiB");
}

#[test]
fn a_file_with_nothing_in_it_is_empty_whatever_the_nothing_is() {
    let world = World::new();
    let path = world.path("empty.json");
    for nothing in ["", "\n", " \r\n\t\n", "\u{feff}", "\u{feff}\n"] {
        std::fs::write(&path, nothing).unwrap();
        assert_refused(&world, &path, "empty", "the record is empty");
    }
}

#[test]
fn a_manifest_of_another_schema_is_unsupported() {
    let world = World::new();
    let mut manifest = sound_manifest();
    manifest.broker_envelope_version = "v2".to_owned();
    // In a schema of its own, field 1 may be anything.
    let foreign = b"\x1a\x02v2\x0d\x01\x02\x03\x04\xa2\x01\x00";
    // Of several values of a field, readers take the last.
    let twice = b"\x0a\x01x\x1a\x02v1\x1a\x02v2";
    let json = serde_json::to_vec(&manifest).unwrap();
    for (name, bytes) in [
        ("zccache-1.15.12.v2.pb", &*protobuf(&manifest)),
        ("x.pb", foreign),
        ("twice.pb", twice),
        ("x.json", &*json),
    ] {
        let path = world.path(name);
        std::fs::write(&path, bytes).unwrap();
        let message = "this is a \"v2\" manifest; only v1 is supported";
        assert_refused(&world, &path, "unsupported_schema", message);
    }
}

#[test]
fn a_record_is_told_by_its_content_and_not_by_its_name() {
    let world = World::new();
    for (record, name, format) in [
        ("manifest-full.pb", "manifest.v2.pb", "manifest_protobuf"),
        (
            "manifest-full.protobuf.json",
            "manifest.pb",
            "manifest_json",
        ),
        (
            "sidecar-fixed.json",
            ".running-process-manifest.pb",
            "sidecar_json",
        ),
        (
            "blake3-bare-daemon.pb",
            "daemon-identity.json",
            "daemon_protobuf",
        ),
    ] {
        let path = world.path(name);
        std::fs::copy(golden_file(record), &path).unwrap();
        let run = world.rpctl(["inspect-manifest", "--json", path.to_str().unwrap()]);
        assert_eq!(run.json()["target"]["format"], format, "{run:?}");
    }
}

#[test]
fn a_file_of_another_kind_is_not_called_a_damaged_record() {
    let world = World::new();
    let path = world.path("other");
    for text in ["pid: 4242\n", "null", "#!/bin/sh\nexit\n", "größe = 1\r\n"] {
        std::fs::write(&path, text).unwrap();
        assert_refused(
            &world,
            &path,
            "unknown_format",
            "neither JSON nor a protobuf record",
        );
    }
}

#[test]
fn a_number_that_is_no_pid_is_refused_as_such() {
    let world = World::new();
    let path = world.path("daemon.pid");
    for text in ["0\n", "-1\n", "4242 4243\n", "4194304\n"] {
        std::fs::write(&path, text).unwrap();
        assert_refused(&world, &path, "pid", "the first line is");
    }
}
