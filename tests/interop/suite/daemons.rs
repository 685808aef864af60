//! rpctl verifies a daemon made with the crate.

use tempfile::tempdir;

use crate::programs::{BLAKE3, Release, probe};
use crate::running::Daemon;

for_both_releases! {
    its_sidecar_is_verified,
    its_registry_manifest_is_verified,
    the_manifest_in_its_cache_root_is_verified,
    its_bare_identity_is_verified,
    records_that_outlived_it_are_stale,
}

/// A sidecar of 4.10.21 carries a SHA-256 too; rpctl computes the BLAKE3 alone.
fn its_sidecar_is_verified(release: &Release) {
    let home = tempdir().unwrap();
    let daemon = release.daemon(&home);
    assert_verified(&daemon, "sidecar", "sidecar_json", release);
}

fn its_registry_manifest_is_verified(release: &Release) {
    let home = tempdir().unwrap();
    let daemon = release.daemon(&home);
    assert_verified(&daemon, "manifest", "manifest_protobuf", release);
}

/// The one with several labels, whose order in the file is random.
fn the_manifest_in_its_cache_root_is_verified(release: &Release) {
    let home = tempdir().unwrap();
    let daemon = release.daemon(&home);
    assert_verified(&daemon, "labelled-manifest", "manifest_protobuf", release);
}

fn its_bare_identity_is_verified(release: &Release) {
    let home = tempdir().unwrap();
    let daemon = release.daemon(&home);
    assert_verified(&daemon, "bare", "daemon_protobuf", release);
}

fn records_that_outlived_it_are_stale(release: &Release) {
    let home = tempdir().unwrap();
    let mut daemon = release.daemon(&home);
    daemon.kill();
    assert_eq!(daemon.records().len(), 5);
    for record in daemon.records() {
        let report = probe(record);
        assert_eq!(report["verdict"], "not_running", "{report:#}");
        assert_eq!(report["exit_code"], 3, "{report:#}");
    }
}

#[test]
fn a_daemon_that_supplies_no_sha256_is_verified_by_every_record() {
    let home = tempdir().unwrap();
    let daemon = BLAKE3.daemon_of_kind("daemon-without-sha256", &home);
    assert_verified(&daemon, "sidecar", "sidecar_json", &BLAKE3);
    assert_verified(&daemon, "manifest", "manifest_protobuf", &BLAKE3);
    assert_verified(&daemon, "labelled-manifest", "manifest_protobuf", &BLAKE3);
    assert_verified(&daemon, "bare", "daemon_protobuf", &BLAKE3);
}

#[test]
fn the_service_that_4_10_21_offers_ready_made_is_verified() {
    let home = tempdir().unwrap();
    let service = BLAKE3.daemon_of_kind("service", &home);
    assert_verified(&service, "sidecar", "sidecar_json", &BLAKE3);
}

/// Every check that this record makes possible has passed, for this process and
/// by the digest of this generation.
#[track_caller]
fn assert_verified(daemon: &Daemon, record: &str, format: &str, release: &Release) {
    let report = probe(daemon.record(record));
    assert_eq!(report["exit_code"], 0, "{report:#}");
    assert_eq!(report["verdict"], "verified", "{report:#}");
    assert_eq!(report["target"]["format"], format, "{report:#}");
    assert_eq!(report["target"]["pid"].to_string(), daemon.pid());

    let checks = report["checks"].as_array().expect("a list of checks");
    for check in checks {
        // Only a manifest says on which host it was written.
        let is_skipped = check["check"] == "host" && !format.starts_with("manifest");
        let outcome = if is_skipped { "skip" } else { "pass" };
        assert_eq!(check["outcome"], outcome, "{check:#}");
    }
    let digest = checks.iter().find(|check| check["check"] == "digest");
    let digest = digest.and_then(|check| check["actual"].as_str());
    assert!(digest.is_some_and(|digest| digest.starts_with(release.digest)));
}
