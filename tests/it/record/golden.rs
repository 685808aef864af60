//! The golden files, made by the crate `running-process`: each is read as what
//! it is, with the values their writer gave them.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use rpctl::record::{
    FindingCode, Format,
    Format::{DaemonProtobuf, ManifestJson, ManifestProtobuf, SidecarJson},
    Record, load,
};
use serde_json::Value;

use super::faults;
use crate::support::golden_file;

/// Every record that can be read, and what makes it unusable.
const READABLE: [(&str, Format, &[FindingCode]); 16] = [
    ("blake3-bare-daemon.pb", DaemonProtobuf, &[]),
    ("blake3-manifest.pb", ManifestProtobuf, &[]),
    ("blake3-sidecar.json", SidecarJson, &[]),
    (
        "manifest-content-changed.pb",
        ManifestProtobuf,
        &[FindingCode::ChecksumWrong],
    ),
    ("manifest-daemon-idle-zero.pb", ManifestProtobuf, &[]),
    (
        "manifest-daemon-no-endpoint.pb",
        ManifestProtobuf,
        &[FindingCode::EndpointMissing],
    ),
    ("manifest-daemon-no-idle.pb", ManifestProtobuf, &[]),
    (
        "manifest-exe-sha256-31.pb",
        ManifestProtobuf,
        &[FindingCode::Digest],
    ),
    ("manifest-full.pb", ManifestProtobuf, &[]),
    ("manifest-full.protobuf.json", ManifestJson, &[]),
    ("manifest-minimal-no-daemon.pb", ManifestProtobuf, &[]),
    ("manifest-multi-label.pb", ManifestProtobuf, &[]),
    (
        "manifest-schema-2.pb",
        ManifestProtobuf,
        &[FindingCode::SchemaTooNew],
    ),
    (
        "manifest-self-sha256-flipped.pb",
        ManifestProtobuf,
        &[FindingCode::ChecksumWrong],
    ),
    ("sidecar-fixed-noidle.json", SidecarJson, &[]),
    ("sidecar-fixed.json", SidecarJson, &[]),
];

/// Every record that cannot, and what it is refused as.
const UNREADABLE: [(&str, &str, &str); 2] = [
    ("manifest-empty.pb", "empty", "the record is empty"),
    (
        "manifest-truncated.pb",
        "protobuf",
        "not a readable protobuf record: CacheManifest.current_daemon: buffer underflow",
    ),
];

fn read(name: &str) -> Record {
    load(&golden_file(name)).unwrap()
}

#[test]
fn every_golden_record_is_recognised_with_exactly_its_faults() {
    for (name, format, expected) in READABLE {
        let record = read(name);
        assert_eq!(
            (record.format, &*faults(&record)),
            (format, expected),
            "{name}"
        );
    }
    for (name, kind, message) in UNREADABLE {
        let error = load(&golden_file(name)).unwrap_err();
        assert_eq!(
            (error.kind(), &*error.to_string()),
            (kind, message),
            "{name}"
        );
    }
}

#[test]
fn no_golden_record_is_left_out() {
    let known = READABLE.map(|(name, ..)| name).into_iter();
    let known: BTreeSet<String> = known
        .chain(UNREADABLE.map(|(name, ..)| name))
        .map(str::to_owned)
        .collect();
    let files = std::fs::read_dir(golden_file("")).unwrap();
    let records: BTreeSet<String> = files
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|kind| kind == "pb" || kind == "json")
        })
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(records, known);
}

#[test]
fn every_field_of_the_full_manifest_has_its_value() {
    let debug = std::fs::read_to_string(golden_file("manifest-full.debug.txt")).unwrap();
    let shown: Value = serde_json::from_str(&debug_as_json(&debug)).unwrap();
    let record = read("manifest-full.pb");
    let decoded = serde_json::to_value(record.content.manifest().unwrap()).unwrap();
    assert_eq!(in_our_words("", shown), decoded);
}

/// The pretty debug form of prost messages, with the names of structs left out.
fn debug_as_json(text: &str) -> String {
    let lines = text.lines().map(str::trim).map(|line| {
        let (key, value) = match line.split_once(": ") {
            Some((key, value)) => (format!("\"{}\":", key.trim_matches('"')), value),
            None => (String::new(), line),
        };
        let value = match value {
            "Some(" | ")" => "",
            ")," => ",",
            _ if value.ends_with('{') => "{",
            _ => value,
        };
        let is_name = value.starts_with(|first: char| first.is_ascii_uppercase());
        let quote = if is_name { "\"" } else { "" };
        format!("{key}{quote}{}{quote}", value.trim_end_matches(','))
            + if value.ends_with(',') { "," } else { "" }
    });
    let json: String = lines.collect();
    json.replace(",,", ",")
        .replace(",}", "}")
        .replace(",]", "]")
}

/// Enums and digests as rpctl writes them.
fn in_our_words(key: &str, value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| (key.clone(), in_our_words(&key, value)))
            .collect(),
        Value::Array(bytes) if key.ends_with("sha256") => {
            let bytes = bytes
                .iter()
                .map(|byte| byte.as_u64().unwrap().try_into().unwrap());
            HEXLOWER.encode(&bytes.collect::<Vec<u8>>()).into()
        }
        Value::Array(items) => items
            .into_iter()
            .map(|item| in_our_words("", item))
            .collect(),
        Value::String(name) if matches!(key, "kind" | "disposition") => snake_case(&name).into(),
        other => other,
    }
}

fn snake_case(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push('_');
        }
        words.push(letter.to_ascii_lowercase());
    }
    let prefixes = ["cache_", "operation_", "teardown_"];
    let bare = prefixes
        .iter()
        .find_map(|prefix| words.strip_prefix(prefix));
    bare.unwrap_or(&words).to_owned()
}

#[test]
fn every_golden_identity_is_the_one_it_was_made_with() {
    let ascending = |first: u8| Some(std::array::from_fn(|at| first + u8::try_from(at).unwrap()));
    let (sha256, blake3) = (ascending(0x00), ascending(0xa0));
    for (name, digest, idle) in [
        ("manifest-full.pb", (sha256, None), Some(600)),
        ("manifest-multi-label.pb", (sha256, None), Some(600)),
        ("manifest-daemon-no-idle.pb", (sha256, None), None),
        ("manifest-daemon-idle-zero.pb", (sha256, None), Some(0)),
        ("sidecar-fixed.json", (sha256, None), Some(600)),
        ("sidecar-fixed-noidle.json", (sha256, None), None),
        ("blake3-manifest.pb", (None, blake3), None),
        ("blake3-bare-daemon.pb", (None, blake3), None),
        ("blake3-sidecar.json", (sha256, blake3), None),
    ] {
        let daemon = read(name).daemon().unwrap();
        let digests = (daemon.exe_digest.sha256, daemon.exe_digest.blake3);
        assert_eq!(
            (digests, daemon.idle_timeout_secs),
            (digest, idle),
            "{name}"
        );
        assert_eq!(daemon.pid, 4242, "{name}");
        assert_eq!(daemon.started_at_unix_ms, 1_767_225_600_123, "{name}");
        assert_eq!(
            daemon.boot_id, "b7c1a9f2-0000-4000-8000-000000000001",
            "{name}"
        );
        let path = daemon.exe_path.to_str();
        assert_eq!(path, Some("/opt/zccache/bin/zccache-daemon"), "{name}");
    }
    let sidecar = read("sidecar-fixed.json").daemon();
    assert_eq!(read("manifest-full.pb").daemon(), sidecar);
    assert_eq!(read("manifest-minimal-no-daemon.pb").daemon(), None);
}

#[test]
fn every_map_entry_of_the_multi_label_manifest_is_read() {
    let record = read("manifest-multi-label.pb");
    let root = &record.content.manifest().unwrap().roots[0];
    assert_eq!((root.labels.len(), root.platform_paths.len()), (3, 3));
}
