//! `--convert`: records from one form to another and back, through the program.

use std::path::Path;

use rpctl::record::load_bytes;
use serde_json::Value;

use super::{faults, piped, protobuf, sound_manifest};
use crate::support::{Run, World, golden_file};

/// What `--convert FORM` prints of a record.
fn converted(form: &str, record: &Path) -> Vec<u8> {
    let run = World::new().rpctl([
        "inspect-manifest".as_ref(),
        "--convert".as_ref(),
        form.as_ref(),
        record.as_os_str(),
    ]);
    succeeded(run)
}

/// Converts the record on standard input, with more options.
fn converted_from_stdin(options: &[&str], record: &[u8]) -> Vec<u8> {
    let command = ["inspect-manifest", "-"];
    let run = piped(&World::new(), command.iter().chain(options), record);
    succeeded(run)
}

fn succeeded(run: Run) -> Vec<u8> {
    assert_eq!((run.code, &*run.stderr), (Some(0), ""), "{run:?}");
    run.stdout
}

#[test]
fn a_sorted_record_survives_json_and_comes_back_byte_for_byte() {
    for name in [
        "manifest-full.pb",
        "manifest-daemon-no-idle.pb",
        "manifest-daemon-idle-zero.pb",
        "manifest-minimal-no-daemon.pb",
        "blake3-manifest.pb",
        "blake3-bare-daemon.pb",
    ] {
        let json = converted("json", &golden_file(name));
        assert_eq!(json[0], b'{', "{name}");
        let protobuf = converted_from_stdin(&["--convert", "protobuf"], &json);
        assert_eq!(
            protobuf,
            std::fs::read(golden_file(name)).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn an_unsorted_record_comes_back_sorted_and_then_stays_the_same() {
    let original = std::fs::read(golden_file("manifest-multi-label.pb")).unwrap();
    let sorted = converted_from_stdin(&["--convert", "protobuf"], &original);
    assert_ne!(sorted, original);
    let record = load_bytes(&sorted).unwrap();
    assert!(faults(&record).is_empty(), "{:?}", record.findings);
    let json = |record: &[u8]| converted_from_stdin(&["--convert", "json"], record);
    let without_checksum = |text: &[u8]| {
        let mut value: Value = serde_json::from_slice(text).unwrap();
        value
            .as_object_mut()
            .unwrap()
            .remove("self_sha256")
            .unwrap();
        value
    };
    assert_eq!(
        without_checksum(&json(&original)),
        without_checksum(&json(&sorted))
    );
    let again = converted_from_stdin(&["--convert", "protobuf"], &sorted);
    assert_eq!(again, sorted);
}

#[test]
fn a_manifest_converts_to_the_sidecar_its_daemon_writes() {
    let sidecar = converted("sidecar", &golden_file("manifest-full.pb"));
    let expected = std::fs::read(golden_file("sidecar-fixed.json")).unwrap();
    let parse = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap();
    let mut written = parse(&sidecar);
    // What the manifest says besides goes with it.
    let manifest = parse(&converted("json", &golden_file("manifest-full.pb")));
    for key in ["service_name", "service_version", "host"] {
        let beside = written.as_object_mut().unwrap().remove(key);
        assert_eq!(beside.as_ref(), manifest.get(key), "{key}");
    }
    assert_eq!(written, parse(&expected));
}

#[test]
fn a_sidecar_with_both_digests_keeps_both_in_json() {
    let sidecar = converted("json", &golden_file("blake3-sidecar.json"));
    let written: Value = serde_json::from_slice(&sidecar).unwrap();
    let original = std::fs::read(golden_file("blake3-sidecar.json")).unwrap();
    let mut expected: Value = serde_json::from_slice(&original).unwrap();
    expected["exe_sha256"] = expected["legacy_exe_sha256"].clone();
    assert_eq!(written, expected);
}

#[test]
fn protobuf_carries_one_digest_and_the_caller_says_which() {
    let both = std::fs::read(golden_file("blake3-sidecar.json")).unwrap();
    let with = |options: &[&str]| {
        let record = converted_from_stdin(options, &both);
        (load_bytes(&record).unwrap().daemon().unwrap(), record)
    };
    let (daemon, _) = with(&["--convert", "protobuf"]);
    let digest = daemon.exe_digest;
    assert!(
        digest.sha256.is_some() && digest.blake3.is_none(),
        "{digest:?}"
    );
    let (_, record) = with(&["--convert", "protobuf", "--digest", "blake3"]);
    assert_eq!(
        record,
        std::fs::read(golden_file("blake3-bare-daemon.pb")).unwrap()
    );
}

#[test]
fn a_record_without_a_daemon_has_no_sidecar() {
    let world = World::new();
    let minimal = golden_file("manifest-minimal-no-daemon.pb");
    let run = world.rpctl([
        "inspect-manifest".as_ref(),
        "--convert".as_ref(),
        "sidecar".as_ref(),
        minimal.as_os_str(),
    ]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stdout.is_empty(), "{run:?}");
    assert!(run.stderr.contains("names no daemon"), "{run:?}");
    assert!(run.stderr.contains("next: "), "{run:?}");
}

#[test]
fn an_invalid_record_is_not_converted_and_the_fault_is_named() {
    let world = World::new();
    let path = golden_file("manifest-self-sha256-flipped.pb");
    for form in ["json", "protobuf", "sidecar"] {
        let path = path.to_str().unwrap();
        let run = world.rpctl(["inspect-manifest", "--convert", form, path]);
        assert_eq!(run.code, Some(8), "{run:?}");
        assert!(run.stdout.is_empty(), "{run:?}");
        assert!(run.stderr.contains("self_sha256"), "{run:?}");
    }
}

/// A control character is one byte in protobuf and six in JSON.
#[test]
fn what_no_reader_would_take_is_no_conversion() {
    let world = World::new();
    let record = world.path("record.pb");
    let mut manifest = sound_manifest();
    manifest.provides = vec!["\u{1}".repeat(200 << 10)];
    std::fs::write(&record, protobuf(&manifest)).unwrap();
    let record = record.to_str().unwrap();
    let run = world.rpctl(["inspect-manifest", "--convert", "json", record]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stdout.is_empty());
    assert!(run.stderr.contains("larger than 1024 KiB"), "{run:?}");
    assert!(run.stderr.contains("next: "), "{run:?}");
    let run = world.rpctl(["inspect-manifest", "--convert", "protobuf", record]);
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn a_full_disk_is_no_success_and_quiet_prints_nothing() {
    let world = World::new();
    let record = golden_file("manifest-full.pb");
    let record = record.to_str().unwrap();
    let convert = ["inspect-manifest", "--convert", "json", record];
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    let child = command
        .args(convert)
        .stdout(full)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("No space left"), "{run:?}");

    let run = world.rpctl(convert.iter().chain(&["--quiet"]));
    assert_eq!((run.code, &*run.stdout), (Some(0), &b""[..]), "{run:?}");
}
