//! Records that the programs write, and processes that they signal.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;

use rpctl::process::{ProcessRecord, Trust};

use super::programs::{programs, terminate, write};
use crate::process::sleeper;
use crate::support::{Program, Validator, committed};

/// rpctl verifies the record that the program writes.
fn assert_records(program: &Program) {
    let schema = std::fs::read(committed("src/process-record.schema.json")).unwrap();
    let validator = Validator::new(serde_json::from_slice(&schema).unwrap());
    let child = sleeper();
    let path = write(program, child.0.id());
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    let document = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(validator.fault(&document), None);
    let record = ProcessRecord::load(&path, Trust::Required).unwrap();
    assert_eq!(record.verify().unwrap().pid(), child.0.id());
    let probed = program.world.probe(&path);
    probed.assert_verdict(0, "verified", Some("kernel_only"));
    let ours = ProcessRecord::from_child(&child.0).unwrap();
    assert_eq!(record.process.start, ours.process.start);
    assert_eq!(record.host.machine_id, ours.host.machine_id);
    assert_eq!(record.host.hostname, ours.host.hostname);
    assert_eq!(record.host.namespace_id, ours.host.namespace_id);
}

/// The program terminates a process by a record of its own, and by one of rpctl.
fn assert_terminates(program: &Program) {
    for is_own in [true, false] {
        let mut child = sleeper();
        let path = write(program, child.0.id());
        if !is_own {
            let record = ProcessRecord::from_child(&child.0).unwrap();
            record.save(&path).unwrap();
        }
        let run = terminate(program);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(child.0.wait().unwrap().signal(), Some(15));
        assert_ne!(terminate(program).code, Some(0));
    }
}

#[test]
fn rpctl_verifies_what_the_programs_record() {
    for program in programs() {
        assert_records(&program);
    }
}

#[test]
fn the_programs_terminate_what_they_and_rpctl_recorded() {
    for program in programs() {
        assert_terminates(&program);
    }
}
