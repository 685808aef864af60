//! Whether a recorded process still runs: forged, edited and outdated records.

use std::path::Path;

use rpctl::process::{ImageState, ProcessRecord};

use super::{edited, sleeper, verdict};
use crate::support::{Script, World, wait_until};

#[test]
fn a_record_without_a_pidfs_inode_is_verified_by_its_start() {
    let child = sleeper();
    let mut record = ProcessRecord::from_child(&child.0).unwrap();
    record.process.pidfs_inode = None;
    assert_eq!(verdict(&record), "verified");
    record.process.start = None;
    assert_eq!(verdict(&record), "Start?");
}

#[test]
fn a_start_one_tick_off_is_that_of_another_process() {
    let child = sleeper();
    let mut record = ProcessRecord::from_child(&child.0).unwrap();
    record.process.start.as_mut().unwrap().ticks += 1;
    assert_eq!(verdict(&record), "Reused");
}

#[test]
fn another_pidfs_inode_outweighs_an_equal_start() {
    let child = sleeper();
    let mut record = ProcessRecord::from_child(&child.0).unwrap();
    if let Some(inode) = &mut record.process.pidfs_inode {
        *inode += 1;
        assert_eq!(verdict(&record), "Reused");
    }
}

#[test]
fn ticks_of_another_length_are_not_compared() {
    let child = sleeper();
    let mut record = ProcessRecord::from_child(&child.0).unwrap();
    record.process.start.as_mut().unwrap().ticks_per_second = 1024;
    record.process.pidfs_inode = None;
    assert_eq!(verdict(&record), "Start?");
}

#[test]
fn a_record_of_another_boot_is_gone_if_it_is_older() {
    let child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let other = edited(&record, |document| {
        document["host"]["boot_id"] = "00000000-0000-4000-8000-000000000000".into();
    });
    // Two boot IDs on one kernel: a container can have its own.
    assert_eq!(verdict(&other), "Clocks?");
    let old = edited(&other, |document| {
        document["recorded_at_unix_ms"] = 1_000_000_000_000_u64.into();
    });
    let expected = match record.host.machine_id.as_str() {
        "unknown" => "Machine?",
        _ => "Rebooted",
    };
    assert_eq!(verdict(&old), expected);
}

#[test]
fn a_placeholder_for_the_boot_proves_nothing() {
    let mut child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    for placeholder in ["", "unknown", "00000000-0000-0000-0000-000000000000"] {
        let nameless = edited(&record, |document| {
            document["host"]["boot_id"] = placeholder.into();
        });
        assert_eq!(verdict(&nameless), "Boot?");
    }
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    assert_eq!(verdict(&record), "NoSuchProcess");
}

#[test]
fn a_record_that_names_its_writer_only_is_verified() {
    let child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    // What a program in another language writes.
    let document = serde_json::json!({
        "media_type": rpctl::process::PROCESS_RECORD_MEDIA_TYPE,
        "recorded_at_unix_ms": record.recorded_at_unix_ms,
        "host": {
            "boot_id": record.host.boot_id,
            "namespace_id": record.host.namespace_id,
        },
        "process": { "pid": record.process.pid, "start": record.process.start },
    });
    let foreign: ProcessRecord = serde_json::from_value(document).unwrap();
    let process = foreign.verify().unwrap();
    assert_eq!(process.pid(), child.0.id());
    assert_eq!(process.image().unwrap(), ImageState::Unknown);
}

#[test]
fn a_process_that_executes_another_program_is_the_same() {
    let world = World::new();
    let mut script = Script::start(&world, "echo up; read _; exec sleep 1000");
    let record = ProcessRecord::from_pid(script.identity.pid).unwrap();
    let shell = record.process.exe.clone().unwrap();
    let process = record.verify().unwrap();
    let unchanged = process.image().unwrap();
    assert!(
        matches!(
            unchanged,
            ImageState::Unchanged | ImageState::PerhapsUnchanged
        ),
        "{unchanged:?}"
    );
    script.go();
    let exe = format!("/proc/{}/exe", process.pid());
    let is_other = |path: &Path| Some(path) != shell.path.as_deref();
    wait_until(|| std::fs::read_link(&exe).is_ok_and(|path| is_other(&path)));
    assert_eq!(verdict(&record), "verified");
    let ImageState::Changed(now) = process.image().unwrap() else {
        panic!("{:?}", process.image());
    };
    assert!(is_other(now.path.as_deref().unwrap()));
}
