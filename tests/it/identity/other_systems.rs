//! Records that were written on another operating system, as the forms of their boot IDs and
//! paths tell: on a disk that is mounted here, or in a home on the network.

use std::path::Path;

use rpctl::process::{ProcessRecord, VerifyError};

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
