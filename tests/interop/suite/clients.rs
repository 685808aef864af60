//! A client made with the crate verifies rpctl, and reads what rpctl writes.

use tempfile::tempdir;

use crate::programs::{Release, convert, spawn_self};

for_both_releases! {
    it_verifies_rpctl_from_a_sidecar,
    it_verifies_rpctl_from_a_protobuf_manifest,
    it_verifies_rpctl_from_a_json_manifest_made_protobuf,
    it_verifies_rpctl_from_a_json_manifest_made_a_sidecar,
    it_finds_rpctl_in_the_registry,
    its_own_manifest_comes_back_from_json_unchanged,
}

fn it_verifies_rpctl_from_a_sidecar(release: &Release) {
    let home = tempdir().unwrap();
    let rpctl = spawn_self(&home, &["--sidecar", "sidecar.json"]);
    let found = release.ask("verify-sidecar", rpctl.record("sidecar"));
    assert_eq!(found, Ok(rpctl.pid()));
}

fn it_verifies_rpctl_from_a_protobuf_manifest(release: &Release) {
    let home = tempdir().unwrap();
    let options = ["--record", "manifest.pb", "--digest", release.digest];
    let rpctl = spawn_self(&home, &options);
    let found = release.ask("verify-manifest", rpctl.record("record"));
    assert_eq!(found, Ok(rpctl.pid()));
}

fn it_verifies_rpctl_from_a_json_manifest_made_protobuf(release: &Release) {
    let home = tempdir().unwrap();
    let rpctl = spawn_self(&home, &["--record", "manifest.json"]);
    let manifest = convert(rpctl.record("record"), "protobuf", release.digest);
    assert_eq!(release.ask("verify-manifest", &manifest), Ok(rpctl.pid()));
}

fn it_verifies_rpctl_from_a_json_manifest_made_a_sidecar(release: &Release) {
    let home = tempdir().unwrap();
    let rpctl = spawn_self(&home, &["--record", "manifest.json"]);
    let sidecar = convert(rpctl.record("record"), "sidecar", release.digest);
    assert_eq!(release.ask("verify-sidecar", &sidecar), Ok(rpctl.pid()));
}

/// The crate lists only complete manifests that were written on this host and boot.
fn it_finds_rpctl_in_the_registry(release: &Release) {
    let home = tempdir().unwrap();
    let rpctl = spawn_self(&home, &["--digest", release.digest]);
    let registry = rpctl.record("record").parent().unwrap();
    let found = release.ask("list-registry", registry);
    assert_eq!(found, Ok("rpctl-self".to_owned()));
}

fn its_own_manifest_comes_back_from_json_unchanged(release: &Release) {
    let home = tempdir().unwrap();
    let daemon = release.daemon(&home);
    let original = daemon.record("manifest");
    let json = convert(original, "json", release.digest);
    let again = convert(&json, "protobuf", release.digest);
    let bytes_of = |path| std::fs::read(path).unwrap();
    assert_eq!(bytes_of(original), bytes_of(&again));
    assert_eq!(release.ask("verify-manifest", &again), Ok(daemon.pid()));
}
