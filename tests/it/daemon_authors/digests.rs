//! The forms of digests in the table of the page.

use std::path::Path;

use data_encoding::{BASE64, HEXLOWER};
use rpctl::record::{self, DigestChoice, Format};
use serde_json::{Value, json};

use crate::support::{TestServer, World, this_process};

/// Returns a record of this process without its digests, as the value of a manifest or a
/// sidecar.
fn without_digests(world: &World, daemon: &rpctl::DaemonProcess, is_manifest: bool) -> Value {
    let path = if is_manifest {
        world.manifest("record.json", daemon, |_| {})
    } else {
        world.sidecar("record.json", daemon)
    };
    let mut record: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let identity = identity_in(&mut record).as_object_mut().unwrap();
    identity.retain(|key, _| !key.starts_with("exe_") && !key.starts_with("legacy_"));
    identity.insert("exe_path".to_owned(), json!(daemon.exe_path));
    record
}

fn identity_in(record: &mut Value) -> &mut Value {
    let is_manifest = record.get("current_daemon").is_some();
    if is_manifest {
        &mut record["current_daemon"]
    } else {
        record
    }
}

#[track_caller]
fn assert_compared(world: &World, path: &Path, what: &str) {
    let document = world.probe(path).assert_verdict(0, "verified", None);
    let checks = document["checks"].as_array().unwrap();
    let digest = checks.iter().find(|check| check["check"] == "digest");
    assert_eq!(digest.unwrap()["outcome"], "pass", "{what}: {document:#}");
}

#[test]
fn a_digest_is_read_in_every_form_of_the_table() {
    let world = World::new();
    let daemon = this_process(&world.endpoint("daemon.sock"));
    let _server = TestServer::truly(&daemon);
    let sha256 = daemon.exe_digest.sha256.unwrap();
    let blake3 = daemon.exe_digest.blake3.unwrap();
    let forms = |digest: [u8; 32]| {
        let hex = HEXLOWER.encode(&digest);
        [json!(digest), json!(hex), json!(BASE64.encode(&digest))]
    };
    for (sha256, blake3) in forms(sha256).into_iter().zip(forms(blake3)) {
        let keys = [
            json!({"exe_sha256": sha256}),
            json!({"exe_hash_algorithm": "blake3", "exe_hash": blake3}),
        ];
        for (key, is_manifest) in keys.iter().flat_map(|key| [(key, true), (key, false)]) {
            let mut record = without_digests(&world, &daemon, is_manifest);
            let identity = identity_in(&mut record).as_object_mut().unwrap();
            identity.extend(key.as_object().unwrap().clone());
            let path = world.path("record.json");
            std::fs::write(&path, record.to_string()).unwrap();
            assert_compared(&world, &path, &key.to_string());
        }
    }
}

#[test]
fn a_protobuf_record_has_either_digest() {
    let world = World::new();
    let daemon = this_process(&world.endpoint("daemon.sock"));
    let _server = TestServer::truly(&daemon);
    let manifest = world.manifest("record.json", &daemon, |_| {});
    let content = record::load(&manifest).unwrap().content;
    for choice in [DigestChoice::Sha256, DigestChoice::Blake3] {
        let path = world.path("record.pb");
        record::save(&path, &content, Format::ManifestProtobuf, choice).unwrap();
        assert_compared(&world, &path, &format!("{choice:?}"));
    }
}
