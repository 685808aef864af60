//! What a recorded process runs by now: the recorded file, another build, or another program.

use rpctl::process::ProcessRecord;
use serde_json::Value;

use super::{edited, rebuild, saved, sleeper, started_copy, verdict};
use crate::support::{World, check, wait_until};

fn report(world: &World, record: &ProcessRecord) -> Value {
    world.probe(&saved(world, record)).json()
}

#[test]
fn an_unchanged_executable_is_not_hashed_again() {
    let world = World::new();
    let child = sleeper();
    let record = ProcessRecord::from_child(&child.0)
        .unwrap()
        .with_digests()
        .unwrap();
    let report = report(&world, &record);
    assert_eq!(verdict(&report), ("verified", "kernel_only"), "{report:#}");
    let digest = check(&report, "digest");
    assert_eq!(digest["outcome"], "pass");
    // File systems that do not show every change are not trusted.
    let is_hashed = digest["expected"].is_string();
    assert!(is_hashed || digest["actual"] == "unchanged since recorded");
}

#[test]
fn a_process_that_executed_a_new_build_is_the_same() {
    for with_digests in [false, true] {
        let world = World::new();
        let program = world.path("program");
        let then = format!("exec {} -c 'echo again; kill -STOP $$'", program.display());
        let (mut script, program) = started_copy(&world, &then);
        let mut record = ProcessRecord::from_pid(script.identity.pid).unwrap();
        if with_digests {
            record = record.with_digests().unwrap();
        }
        std::fs::rename(&program, world.path("kept")).unwrap();
        let moved = report(&world, &record);
        assert_eq!(verdict(&moved), ("verified", "outdated"), "{moved:#}");
        std::fs::rename(world.path("kept"), &program).unwrap();
        rebuild(&program);
        let old = report(&world, &record);
        assert_eq!(verdict(&old), ("verified", "outdated"), "{old:#}");
        script.go();
        assert_eq!(script.line(), "again");
        let new = report(&world, &record);
        assert_eq!(verdict(&new), ("verified", "reexecuted"), "{new:#}");
        assert_eq!(check(&new, "digest")["outcome"], "warn");
        let path = saved(&world, &record);
        let strict = world.rpctl(["probe", "--json", "--strict", path.to_str().unwrap()]);
        assert_eq!(strict.code, Some(4));
    }
}

#[test]
fn a_process_that_executed_another_program_is_a_mismatch() {
    for (with_digests, reason) in [(false, "path_mismatch"), (true, "digest_mismatch")] {
        let world = World::new();
        let (mut script, program) = started_copy(&world, "exec sleep 1000");
        let pid = script.identity.pid;
        let mut record = ProcessRecord::from_pid(pid).unwrap();
        if with_digests {
            record = record.with_digests().unwrap();
        }
        script.go();
        let exe = format!("/proc/{pid}/exe");
        wait_until(|| std::fs::read_link(&exe).is_ok_and(|path| path != program));
        let path = saved(&world, &record);
        let report = world.probe(&path).json();
        assert_eq!(verdict(&report), ("mismatch", reason), "{report:#}");
        for command in ["shutdown", "kill"] {
            let run = world.rpctl([command, "--json", path.to_str().unwrap()]);
            assert_eq!(run.code, Some(5), "{:#}", run.json());
        }
        assert!(script.is_running());
    }
}

#[test]
fn a_record_of_the_instance_alone_suffices() {
    let world = World::new();
    let child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let minimal = edited(&record, |document| {
        let process = &document["process"];
        document["process"] = serde_json::json!({
            "pid": process["pid"],
            "start": process["start"],
        });
    });
    let report = report(&world, &minimal);
    assert_eq!(verdict(&report), ("verified", "kernel_only"), "{report:#}");
    for id in ["exe_path", "digest"] {
        assert_eq!(check(&report, id)["outcome"], "skip");
    }
}

#[test]
fn another_user_than_recorded_is_a_mismatch() {
    let world = World::new();
    let child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let other = edited(&record, |document| {
        for key in ["real", "effective", "saved", "file_system"] {
            document["process"]["users"][key] = 12_345.into();
        }
    });
    let report = report(&world, &other);
    assert_eq!(
        verdict(&report),
        ("mismatch", "user_mismatch"),
        "{report:#}"
    );
}
