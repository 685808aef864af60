//! Records of every form, and from every system.

use rpctl::process::ProcessRecord;
use rpctl::record::{self, CacheManifest, Content, DigestChoice, Format};
use serde_json::{Value, json};

use crate::role::Daemon;
use crate::support::{World, check, failed, read};

#[test]
fn records_of_both_generations_are_verified() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let drop_fields = |record: &mut Value, fields: &[&str]| {
        for field in fields {
            record.as_object_mut().unwrap().remove(*field);
        }
    };
    for fields in [
        &["exe_sha256", "legacy_exe_sha256"][..],
        &["exe_hash", "exe_hash_algorithm", "legacy_exe_sha256"],
    ] {
        let mut record = read(&daemon.record);
        if let Some(sha256) = record.get("legacy_exe_sha256").cloned() {
            record["exe_sha256"] = sha256;
        }
        drop_fields(&mut record, fields);
        let path = world.path("generation.json");
        std::fs::write(&path, record.to_string()).unwrap();
        let document = world.probe(&path).json();
        assert_eq!(document["verdict"], "verified", "{document:#}");
        assert_eq!(failed(&document), Vec::<String>::new());
    }
}

#[test]
fn every_form_of_a_boot_id_of_windows_is_read() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let outcome = |boot_id: &str| {
        let record = world.edited(&daemon.record, |record| record["boot_id"] = boot_id.into());
        let document = world.probe(&record).json();
        check(&document, "boot_id")["outcome"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let recorded = read(&daemon.record)["boot_id"].as_str().unwrap().to_owned();
    assert!(recorded.starts_with("windows-boot-"), "{recorded}");
    assert_eq!(outcome(&recorded), "pass");
    assert_eq!(outcome("windows-boot-unavailable-7-1"), "warn");
    assert_eq!(outcome(""), "warn");
    assert_ne!(outcome("windows-boot-999999999"), "pass");
    assert_ne!(outcome("windows-boot-1000000000"), "pass");
}

#[test]
fn a_record_of_another_system_is_no_proof_of_a_reboot() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    for (boot_id, path, system) in [
        (
            "0d7c6f0a-93c6-4f4c-8d3a-2d1f0c1b2a39",
            "/usr/bin/daemon",
            "Linux",
        ),
        ("macos-boot-1796000000-1", "/usr/bin/daemon", "macOS"),
        ("", "/usr/bin/daemon", "Unix"),
    ] {
        let record = world.edited(&daemon.record, |record| {
            record["boot_id"] = boot_id.into();
            record["exe_path"] = path.into();
            record["started_at_unix_ms"] = 1.into();
        });
        let document = world.probe(&record);
        let document = document.assert_verdict(4, "indeterminate", Some("foreign_host"));
        let said = format!("the record was written on another system, {system}");
        assert_eq!(check(&document, "host")["detail"], said);
    }
}

#[test]
fn every_form_of_a_record_tells_its_system() {
    const BOOT: &str = "0d7c6f0a-93c6-4f4c-8d3a-2d1f0c1b2a39";
    let world = World::new();
    let daemon = Daemon::start(&world);
    let edited = world.edited(&daemon.record, |record| {
        record["boot_id"] = BOOT.into();
        record["exe_path"] = "/usr/bin/daemon".into();
        record["started_at_unix_ms"] = 1.into();
    });
    let Content::Daemon(message) = record::load(&edited).unwrap().content else {
        unreachable!("it is a sidecar");
    };
    let mut host = rpctl::HostIdentity::current(&world.path("."));
    host.machine_id = "0123456789abcdef0123456789abcdef".to_owned();
    host.boot_id = BOOT.to_owned();
    host.namespace_id = "mnt:[4026531841]:pid:[4026531836]".to_owned();
    let manifest = CacheManifest {
        manifest_schema_version: record::SCHEMA_VERSION,
        media_type: record::MEDIA_TYPE.to_owned(),
        service_name: "test".to_owned(),
        service_version: "1.2.3".to_owned(),
        current_daemon: Some(message.clone()),
        host: Some((&host).into()),
        ..CacheManifest::default()
    };
    let manifest = Content::Manifest(manifest.into());
    let daemon = Content::Daemon(message);
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
        let said = "the record was written on another system, Linux";
        assert_eq!(check(&document, "host")["detail"], said, "{name}");
    }
}

#[test]
fn a_process_record_of_another_system_is_no_proof_of_a_reboot() {
    let world = World::new();
    let this = ProcessRecord::current().unwrap();
    let mut document = serde_json::to_value(&this).unwrap();
    document["host"]["boot_id"] = "0d7c6f0a-93c6-4f4c-8d3a-2d1f0c1b2a39".into();
    document["recorded_at_unix_ms"] = 1.into();
    let path = world.path("process.json");
    std::fs::write(&path, document.to_string()).unwrap();
    let probed = world.probe(&path);
    probed.assert_verdict(4, "indeterminate", Some("foreign_host"));
}

#[test]
fn a_process_record_is_verified_by_its_exact_start() {
    let world = World::new();
    let mut daemon = Daemon::exiting(&world, 0);
    let record = ProcessRecord::from_pid(daemon.pid()).unwrap();
    assert_eq!(record.process.start.unwrap().ticks_per_second, 10_000_000);
    record.verify().unwrap();
    let mut other = record.clone();
    if let Some(start) = &mut other.process.start {
        start.ticks += 1;
    }
    assert!(other.verify().is_err());
    daemon.end();
    assert!(record.verify().is_err());
}

#[test]
fn inspect_shows_a_record_without_probing() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let run = world.rpctl(&[
        "inspect-manifest",
        "--json",
        daemon.record.to_str().unwrap(),
    ]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains(&daemon.pipe), "{run:?}");
}

#[test]
fn devices_and_directories_are_no_records() {
    let world = World::new();
    for path in ["NUL", "con", r"\\.\pipe\x", r"\\.\C:", "COM1.json"] {
        let run = world.rpctl(&["probe", "--json", path]);
        let document = run.json();
        assert_ne!(run.code, Some(0), "{path}: {document:#}");
        assert_ne!(document["verdict"], "verified", "{path}");
    }
    let run = world.probe(&world.registry());
    assert_ne!(run.code, Some(0), "{run:?}");
}

#[test]
fn a_missing_record_is_told() {
    let world = World::new();
    let run = world.probe(&world.path("missing.json"));
    run.assert_verdict(8, "no_record", Some("no_record"));
}

#[test]
fn a_record_is_replaced_while_it_is_read() {
    let world = World::new();
    let path = world.path("record.json");
    let daemon = Daemon::start(&world);
    let document = read(&daemon.record);
    std::fs::write(&path, document.to_string()).unwrap();
    let record = rpctl::record::load(&path).unwrap();
    let (format, digests) = (
        rpctl::record::Format::SidecarJson,
        rpctl::record::DigestChoice::All,
    );
    rpctl::record::save(&path, &record.content, format, digests).unwrap();
    assert_eq!(read(&path)["pid"], json!(daemon.pid()));
}

#[test]
fn a_record_that_was_changed_is_not_removed() {
    let world = World::new();
    let path = world.path("record.json");
    std::fs::write(&path, r#"{"pid": 7}"#).unwrap();
    assert!(!rpctl::record::remove_if(&path, |_| false).unwrap());
    assert!(path.exists());
}
