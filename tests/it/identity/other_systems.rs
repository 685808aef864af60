//! Records that were written on another operating system, as the forms of their boot IDs and
//! paths tell: on a disk that is mounted here, or in a home on the network.

use std::path::Path;

use rpctl::HostIdentity;
use rpctl::process::{ProcessRecord, VerifyError};
use rpctl::record::{self, CacheManifest, Content, DigestChoice, Format};

use crate::support::{World, check, this_process};

/// Long before this boot.
const EARLY: u64 = 1;

#[test]
fn a_record_of_another_system_is_no_proof_of_a_reboot() {
    let world = World::new();
    for (boot_id, path, system) in [
        ("windows-boot-42", "", "Windows"),
        ("windows-boot-1796000000", r"C:\daemon.exe", "Windows"),
        ("windows-boot-unavailable-7-1", r"C:\daemon.exe", "Windows"),
        ("", r"\\server\share\daemon.exe", "Windows"),
        ("macos-boot-1796000000-1", "/daemon", "macOS"),
    ] {
        let mut identity = this_process(&world.endpoint("s"));
        identity.boot_id = boot_id.to_owned();
        identity.started_at_unix_ms = EARLY;
        if !path.is_empty() {
            identity.exe_path = Path::new(path).to_owned();
        }
        let record = world.sidecar("daemon.json", &identity);
        for command in ["probe", "shutdown", "kill"] {
            let document = world.rpctl([command, "--json", record.to_str().unwrap()]);
            let document = document.assert_verdict(4, "indeterminate", Some("foreign_host"));
            let said = format!("the record was written on another system, {system}");
            assert_eq!(check(&document, "host")["detail"], said, "{boot_id}");
            assert_eq!(check(&document, "pid")["outcome"], "skip", "{boot_id}");
        }
    }
}

#[test]
fn every_form_of_a_record_tells_its_system() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    identity.boot_id = "windows-boot-42".to_owned();
    identity.exe_path = Path::new(r"C:\daemon.exe").to_owned();
    identity.started_at_unix_ms = EARLY;
    let daemon = identity.to_proto();
    let mut host = HostIdentity::current(Path::new("/"));
    host.machine_id = "1f0c2b1a-2d1f-4f4c-8d3a-0d7c6f0a93c6".to_owned();
    host.boot_id = "windows-boot-42".to_owned();
    host.namespace_id = String::new();
    let manifest = CacheManifest {
        manifest_schema_version: record::SCHEMA_VERSION,
        media_type: record::MEDIA_TYPE.to_owned(),
        service_name: "test".to_owned(),
        service_version: "1.2.3".to_owned(),
        current_daemon: Some(daemon.clone()),
        host: Some((&host).into()),
        ..CacheManifest::default()
    };
    let manifest = Content::Manifest(manifest.into());
    let daemon = Content::Daemon(daemon);
    for (name, content, format) in [
        ("m.pb", &manifest, Format::ManifestProtobuf),
        ("m.json", &manifest, Format::ManifestJson),
        ("d.pb", &daemon, Format::DaemonProtobuf),
        ("d.json", &daemon, Format::SidecarJson),
    ] {
        let path = world.path(name);
        record::save(&path, content, format, DigestChoice::default()).unwrap();
        let document = world.probe(&path);
        let document = document.assert_verdict(4, "indeterminate", Some("foreign_host"));
        let said = "the record was written on another system, Windows";
        assert_eq!(check(&document, "host")["detail"], said, "{name}");
        let removed = world.rpctl(["prune", "--json", path.to_str().unwrap()]);
        assert!(path.exists(), "{removed:?}");
    }
}

#[test]
fn a_process_record_of_another_system_is_no_proof_of_a_reboot() {
    let world = World::new();
    let this = ProcessRecord::current().unwrap();
    let mut document = serde_json::to_value(&this).unwrap();
    document["host"]["boot_id"] = "windows-boot-42".into();
    document["recorded_at_unix_ms"] = EARLY.into();
    let record = world.path("process.json");
    std::fs::write(&record, document.to_string()).unwrap();
    world
        .probe(&record)
        .assert_verdict(4, "indeterminate", Some("foreign_host"));
    let read: ProcessRecord = serde_json::from_value(document).unwrap();
    let verified = read.verify();
    assert!(
        matches!(verified, Err(VerifyError::Elsewhere(_))),
        "{verified:?}"
    );
}
