//! What the crate refuses and rpctl verifies all the same: why `--digest` exists,
//! and why rpctl computes a checksum over the bytes of the file.

use std::path::Path;

use tempfile::tempdir;

use crate::programs::{Release, convert, probe, spawn_self};

for_both_releases! {
    a_digest_of_the_other_generation_is_corrupt_to_it,
    a_manifest_that_the_other_release_wrote_is_corrupt_to_it,
    a_sidecar_that_the_other_release_wrote_is_malformed_to_it,
    a_manifest_with_several_labels_is_corrupt_to_it_now_and_then,
}

fn a_digest_of_the_other_generation_is_corrupt_to_it(release: &Release) {
    let home = tempdir().unwrap();
    let digest = release.other().digest;
    let rpctl = spawn_self(&home, &["--record", "manifest.pb", "--digest", digest]);
    let manifest = rpctl.record("record");
    assert_eq!(release.ask("read-manifest", manifest), corrupt());
    assert_eq!(probe(manifest)["verdict"], "verified");
}

fn a_manifest_that_the_other_release_wrote_is_corrupt_to_it(release: &Release) {
    let home = tempdir().unwrap();
    let daemon = release.other().daemon(&home);
    let manifest = daemon.record("manifest");
    assert_eq!(release.ask("read-manifest", manifest), corrupt());
    assert_eq!(probe(manifest)["verdict"], "verified");
}

fn a_sidecar_that_the_other_release_wrote_is_malformed_to_it(release: &Release) {
    let home = tempdir().unwrap();
    let daemon = release.other().daemon(&home);
    let sidecar = daemon.record("sidecar");
    let refusal = release.ask("verify-sidecar", sidecar).unwrap_err();
    assert!(refusal.starts_with("missing field `exe_"), "{refusal}");
    assert_eq!(probe(sidecar)["verdict"], "verified");
}

/// It keeps labels in a hash map and compares the checksum with that of its own
/// new encoding, in which three labels stand in the order of the file about one
/// time in five. No order that a writer could choose helps.
fn a_manifest_with_several_labels_is_corrupt_to_it_now_and_then(release: &Release) {
    let home = tempdir().unwrap();
    let daemon = release.daemon(&home);
    let written_by_itself = daemon.record("labelled-manifest");
    assert_corrupt_now_and_then(written_by_itself, release);

    let json = convert(written_by_itself, "json", release.digest);
    let written_by_rpctl = convert(&json, "protobuf", release.digest);
    assert_corrupt_now_and_then(&written_by_rpctl, release);
}

#[track_caller]
fn assert_corrupt_now_and_then(manifest: &Path, release: &Release) {
    const READINGS: usize = 32;
    let mut readings = (0..READINGS).map(|_| release.ask("read-manifest", manifest));
    assert!(readings.any(|reading| reading == corrupt()));
    assert_eq!(probe(manifest)["verdict"], "verified");
}

/// What a client prints about a file whose checksum it does not accept.
fn corrupt() -> Result<String, String> {
    Err("manifest self_sha256 mismatch".to_owned())
}
