//! What a recorded process has become: alive, gone, reused, of another boot or host.

use rpctl::process::ProcessRecord;

use super::{edited, probe_processes_alone, recorded, saved, sleeper, verdict};
use crate::support::{World, check, is_installed, is_root};

#[test]
fn a_recorded_process_is_verified_without_being_asked() {
    let world = World::new();
    let child = sleeper();
    let run = world.probe(&recorded(&world, &child.0));
    let report = run.json();
    assert_eq!(verdict(&report), ("verified", "kernel_only"), "{report:#}");
    assert_eq!(run.code, Some(0));
    for id in ["boot_id", "pid", "user", "start_time", "exe_path"] {
        assert_eq!(check(&report, id)["outcome"], "pass", "{report:#}");
    }
    for id in ["endpoint", "peer", "nonce"] {
        assert_eq!(check(&report, id)["outcome"], "skip", "{report:#}");
    }
    let summary = format!(
        "verified: sleeper 1.0.0 (PID {}) is the recorded process; it was looked at, not asked",
        child.0.id()
    );
    assert_eq!(report["summary"], summary);
}

#[test]
fn a_process_that_has_ended_is_not_running() {
    let world = World::new();
    let mut child = sleeper();
    let path = recorded(&world, &child.0);
    child.0.kill().unwrap();
    rustix::process::waitid(
        rustix::process::WaitId::Pid(rustix::process::Pid::from_child(&child.0)),
        rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOWAIT,
    )
    .unwrap();
    let report = world.probe(&path).json();
    assert_eq!(verdict(&report), ("not_running", "zombie"));
    child.0.wait().unwrap();
    let run = world.probe(&path);
    assert_eq!(run.code, Some(3));
    assert_eq!(verdict(&run.json()), ("not_running", "process_exited"));
}

#[test]
fn a_start_one_tick_off_is_that_of_another_process() {
    let world = World::new();
    let child = sleeper();
    let mut record = ProcessRecord::from_child(&child.0).unwrap();
    record.process.start.as_mut().unwrap().ticks -= 1;
    let report = world.probe(&saved(&world, &record)).json();
    assert_eq!(verdict(&report), ("not_running", "pid_reused"));
    assert_eq!(check(&report, "start_time")["outcome"], "fail");
    assert_eq!(check(&report, "digest")["outcome"], "skip");
}

#[test]
fn a_process_of_another_boot_or_host_is_not_looked_for() {
    let world = World::new();
    let child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let other_boot = "00000000-0000-4000-8000-000000000000";
    let rebooted = edited(&record, |document| {
        document["host"]["boot_id"] = other_boot.into();
        document["recorded_at_unix_ms"] = 1_000_000_000_000_u64.into();
    });
    let contradicted = edited(&record, |document| {
        document["host"]["boot_id"] = other_boot.into();
    });
    let unknown = edited(&record, |document| document["host"]["boot_id"] = "".into());
    let foreign = edited(&rebooted, |document| {
        document["host"]["machine_id"] = "another".into();
    });
    let namespaces = record.host.namespace_id.replace("mnt:[", "mnt:[1");
    let outside = "mnt:[1]:pid:[2]";
    let elsewhere = edited(&record, |document| {
        document["host"]["namespace_id"] = namespaces.into();
    });
    let contained = edited(&record, |document| {
        document["host"]["namespace_id"] = outside.into();
    });
    let report = world.probe(&saved(&world, &contained)).json();
    let (found, reason) = verdict(&report);
    assert!(
        [
            ("not_running", "namespace_gone"),
            ("indeterminate", "foreign_namespace")
        ]
        .contains(&(found, reason)),
        "{report:#}"
    );
    for (record, expected) in [
        (rebooted, ("not_running", "rebooted")),
        (contradicted, ("indeterminate", "boot_contradicted")),
        (unknown, ("indeterminate", "boot_unknown")),
        (foreign, ("indeterminate", "foreign_host")),
        (elsewhere, ("verified", "warnings")),
    ] {
        let report = world.probe(&saved(&world, &record)).json();
        assert_eq!(verdict(&report), expected, "{report:#}");
    }
}

#[test]
fn a_record_without_a_boot_expects_no_answer() {
    let world = World::new();
    let child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let record = edited(&record, |document| document["host"]["boot_id"] = "".into());
    let report = world.probe(&saved(&world, &record)).json();
    let pid = record.process.pid;
    let summary = format!(
        "cannot tell: PID {pid} may be another process than the recorded one: the record names no \
         boot"
    );
    assert_eq!(report["summary"], summary);
    let hints = report["hints"].to_string();
    let again = format!("rpctl record --pid {pid} --replace --record ");
    assert!(
        hints.contains(&again) && !hints.contains("--timeout"),
        "{hints}"
    );
}

/// As with the mount option of systemd's `ProcSubset=pid`.
#[test]
fn a_caller_without_the_boot_is_told_where_it_is() {
    if !is_root() || !is_installed("unshare") || !is_installed("mount") {
        return;
    }
    let world = World::new();
    let child = sleeper();
    let run = probe_processes_alone(&world, &recorded(&world, &child.0));
    let report = run.assert_verdict(4, "indeterminate", Some("boot_unknown"));
    let summary = report["summary"].as_str().unwrap();
    assert!(
        summary.ends_with("the ID of this boot cannot be read"),
        "{summary}"
    );
    let hints = report["hints"].to_string();
    assert!(hints.contains("where all of /proc is mounted"), "{hints}");
    assert!(!hints.contains("--timeout"), "{hints}");
}

#[test]
fn a_record_without_an_exact_start_proves_nothing() {
    let world = World::new();
    let child = sleeper();
    let mut record = ProcessRecord::from_child(&child.0).unwrap();
    record.process.pidfs_inode = None;
    record.process.start = None;
    let report = world.probe(&saved(&world, &record)).json();
    assert_eq!(verdict(&report), ("indeterminate", "instance_unknown"));
}

#[test]
fn another_version_of_the_format_is_refused_by_name() {
    let world = World::new();
    let path = world.path("record.json");
    let newer = "{\"media_type\": \"application/vnd.rpctl.process-record.v2+json\"}";
    std::fs::write(&path, newer).unwrap();
    let run = world.probe(&path);
    assert_eq!(run.code, Some(8));
    assert_eq!(verdict(&run.json()), ("invalid_record", "record_invalid"));
    let summary = run.json()["summary"].to_string();
    assert!(
        summary.contains("a process record of version 2;"),
        "{summary}"
    );
}
