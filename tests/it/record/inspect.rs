//! `rpctl inspect-manifest`: what is shown to people, and every finding.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use rpctl::record::{CacheManifest, CacheRoot, Operation, Quota};
use serde_json::Value;
use snapbox::assert::DEFAULT_ACTION_ENV;
use snapbox::{Assert, file};

use super::{protobuf, sound_manifest};
use crate::support::{Run, World, golden_file, is_root};

pub(super) fn inspect(world: &World, options: &[&str], record: &Path) -> Run {
    let mut args = vec!["inspect-manifest"];
    args.extend(options);
    args.push(record.to_str().unwrap());
    world.rpctl(args)
}

/// A record for its owner alone, whatever the checkout is like.
fn private(world: &World, bytes: &[u8]) -> PathBuf {
    let path = world.path("record");
    std::fs::write(&path, bytes).unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    path
}

pub(super) fn golden(world: &World, name: &str) -> PathBuf {
    private(world, &std::fs::read(golden_file(name)).unwrap())
}

/// Code and outcome of each finding.
fn findings(document: &Value) -> Vec<(&str, &str)> {
    let findings = document["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            let text = |key: &str| finding[key].as_str().unwrap();
            assert!(!text("detail").is_empty());
            (text("finding"), text("outcome"))
        })
        .collect()
}

#[test]
fn a_record_is_shown_with_dates_ages_units_and_names() {
    let world = World::new();
    let run = inspect(&world, &[], &golden(&world, "manifest-full.pb"));
    assert_eq!((run.code, &*run.stderr), (Some(0), ""), "{run:?}");
    Assert::new()
        .action_env(DEFAULT_ACTION_ENV)
        .normalize_paths(false)
        .eq(run.text(), file!["inspect-full.txt"]);
}

#[test]
fn a_digest_is_shortened_only_if_it_does_not_fit() {
    let world = World::new();
    let record = golden(&world, "blake3-bare-daemon.pb");
    let whole = HEXLOWER.encode(&(0xa0..=0xbf).collect::<Vec<u8>>());
    let table = inspect(&world, &[], &record);
    assert!(
        table.text().contains("exe_hash            a0a1a2a3a4a5…\n"),
        "{table:?}"
    );
    let wide = inspect(&world, &["--wide"], &record);
    assert!(
        wide.text()
            .contains(&format!("exe_hash            {whole}\n")),
        "{wide:?}"
    );
}

#[test]
fn what_has_no_date_no_name_or_no_limit_is_still_shown() {
    let world = World::new();
    let mut manifest = sound_manifest();
    manifest.created_at_unix_ms = u64::MAX;
    manifest.valid_until_unix_ms = 4_102_444_800_000;
    manifest.current_operation = Some(Operation {
        kind: 99,
        ..Operation::default()
    });
    manifest.roots = vec![CacheRoot {
        kind: -1,
        disposition: 3,
        estimated_size_bytes: u64::MAX,
        quota: Some(Quota::default()),
        ..CacheRoot::default()
    }];
    let shown = |manifest: &CacheManifest| {
        let run = inspect(&world, &[], &private(&world, &protobuf(manifest)));
        assert_eq!(run.code, Some(0), "{run:?}");
        run.text().to_owned()
    };
    let table = shown(&manifest);
    for (label, value) in [
        ("created_at_unix_ms", "18446744073709551615"),
        ("last_active_unix_ms", "not set"),
        ("valid_until_unix_ms", "2100-01-01 00:00:00.000 (in "),
        ("estimated_size_bytes", "16.0 EiB"),
        ("hard_max_bytes", "0 B"),
        ("disposition", "never_prune"),
        ("kind", "-1"),
        ("kind", "99"),
    ] {
        let found = table.lines().any(|line| {
            let (key, rest) = line.trim_start().split_once(' ').unwrap_or((line, ""));
            key == label && rest.trim_start().starts_with(value)
        });
        assert!(found, "{label} {value} is not in\n{table}");
    }
    manifest.valid_until_unix_ms = 0;
    assert!(shown(&manifest).contains("no limit\n"));
}

#[test]
fn an_invalid_record_exits_8_and_is_shown_if_readable() {
    for (name, code, detail) in [
        (
            "manifest-content-changed.pb",
            "checksum_wrong",
            "self_sha256 is",
        ),
        (
            "manifest-self-sha256-flipped.pb",
            "checksum_wrong",
            "self_sha256 is",
        ),
        (
            "manifest-daemon-no-endpoint.pb",
            "endpoint_missing",
            "the daemon record names no endpoint",
        ),
        (
            "manifest-exe-sha256-31.pb",
            "digest",
            "exe_sha256 has 31 bytes instead of 32",
        ),
        (
            "manifest-schema-2.pb",
            "schema_too_new",
            "schema version 2 is newer than 1",
        ),
    ] {
        let world = World::new();
        let record = golden(&world, name);
        let run = inspect(&world, &[], &record);
        assert_eq!((run.code, &*run.stderr), (Some(8), ""), "{run:?}");
        let table = run.text();
        assert!(table.starts_with("✗ invalid: zccache 1.15.1"), "{table}");
        assert!(table.contains(&format!("\n✗ fail: {detail}")), "{table}");
        assert!(
            table.contains("\n  pid                       4242\n"),
            "{table}"
        );
        assert!(
            table.contains("\nnext: have the daemon write its record again"),
            "{table}"
        );
        let (above, _) = table.split_once("\n\nmanifest_schema_version").unwrap();
        for line in above.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }

        let run = inspect(&world, &["--json"], &record);
        let document = run.json();
        assert_eq!((run.code, &document["exit_code"]), (Some(8), &8.into()));
        assert!(
            findings(&document).contains(&(code, "fail")),
            "{document:#}"
        );
        assert_eq!(document["record"]["current_daemon"]["pid"], 4242);
    }
}

#[test]
fn every_fault_of_a_record_is_listed_and_every_doubt() {
    let world = World::new();
    let mut manifest = sound_manifest();
    manifest.manifest_schema_version = 2;
    manifest.service_name = "Not A Name".to_owned();
    manifest.service_version = "1.2".to_owned();
    manifest.media_type = "text/plain".to_owned();
    manifest.valid_until_unix_ms = 1;
    let daemon = manifest.current_daemon.as_mut().unwrap();
    daemon.pid = 0;
    daemon.exe_path = "bin/zccache".to_owned();
    daemon.exe_sha256.truncate(31);
    daemon.ipc_endpoint = None;
    let mut bytes = protobuf(&manifest);
    // The name is what follows the first key and length.
    bytes[2] ^= 0x20;
    let record = private(&world, &bytes);
    std::fs::set_permissions(&record, Permissions::from_mode(0o666)).unwrap();

    let run = inspect(&world, &["--json"], &record);
    let document = run.json();
    let mut expected = vec![
        ("checksum_wrong", "fail"),
        ("schema_too_new", "fail"),
        ("service_name", "fail"),
        ("service_version", "fail"),
        ("pid_range", "fail"),
        ("exe_path_relative", "fail"),
        ("digest", "fail"),
        ("endpoint_missing", "fail"),
        ("media_type", "warn"),
        ("expired", "warn"),
        ("writable_by_others", "warn"),
    ];
    assert_eq!(findings(&document), expected);
    let table = inspect(&world, &[], &record);
    let marked = |mark: &str| {
        table
            .text()
            .lines()
            .filter(|line| line.starts_with(mark))
            .count()
    };
    assert_eq!(
        (marked("✗ fail: "), marked("! warn: ")),
        (8, 3),
        "{table:?}"
    );

    if is_root() {
        chown(&record, Some(1000), None).unwrap();
        let document = inspect(&world, &["--json"], &record).json();
        expected.push(("foreign_owner", "warn"));
        assert_eq!(findings(&document), expected);
    }
}
