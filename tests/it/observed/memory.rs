//! Recorded processes whose program lies in memory alone, so that no path names it.

use std::fs::File;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::Stdio;

use rpctl::process::ProcessRecord;
use rustix::fs::{MemfdFlags, memfd_create};
use serde_json::Value;

use super::{saved, verdict};
use crate::support::{Script, World, check};

/// Makes a copy of the shell in memory, with this text behind it. Returns it with its path.
fn shell_in_memory(end: &str) -> (File, String) {
    let mut file = File::from(memfd_create("daemon", MemfdFlags::CLOEXEC).unwrap());
    file.write_all(&std::fs::read("/bin/sh").unwrap()).unwrap();
    file.write_all(end.as_bytes()).unwrap();
    let path = format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd());
    (file, path)
}

/// Starts a program, a shell, that does something once its input ends.
fn start(world: &World, program: &str, then: &str) -> Script {
    let mut command = world.command(program);
    command
        .args(["-c", &format!("echo up; read _; {then}")])
        .stdin(Stdio::piped());
    Script::start_command(world, command, &world.endpoint("none"))
}

fn report(world: &World, record: &Path) -> Value {
    world.probe(record).json()
}

#[test]
fn a_program_in_memory_is_not_called_deleted_since_start() {
    let world = World::new();
    let (_file, program) = shell_in_memory("");
    let script = start(&world, &program, "");
    let record = ProcessRecord::from_pid(script.identity.pid).unwrap();
    let report = report(&world, &saved(&world, &record.with_digests().unwrap()));
    assert_eq!(verdict(&report), ("verified", "warnings"), "{report:#}");
    let exe = check(&report, "exe_path");
    let memory = "the image is a file in memory (memfd), which no path names";
    assert_eq!(exe["detail"], memory);
    assert!(!report["hints"].to_string().contains("installed version"));
}

/// The maker of such a file chooses its name.
#[test]
fn another_program_of_that_name_is_no_new_build() {
    let world = World::new();
    let (_file, program) = shell_in_memory("");
    let (_other, other) = shell_in_memory("\n");
    let again = format!("exec {other} -c 'echo again; kill -STOP $$'");
    let mut script = start(&world, &program, &again);
    let record = ProcessRecord::from_pid(script.identity.pid).unwrap();
    let record = saved(&world, &record.with_digests().unwrap());
    script.go();
    assert_eq!(script.line(), "again");
    let report = report(&world, &record);
    let other = ("mismatch", "digest_mismatch");
    assert_eq!(verdict(&report), other, "{report:#}");
}

/// No path can be required of it.
#[test]
fn the_way_for_a_number_is_a_record_of_the_process() {
    let world = World::new();
    let (_file, program) = shell_in_memory("");
    let script = start(&world, &program, "");
    let pid = script.identity.pid;
    let path = world.path("daemon.pid");
    std::fs::write(&path, format!("{pid}\n")).unwrap();
    for command in ["probe", "shutdown"] {
        let run = world.rpctl([command, "--json", path.to_str().unwrap()]);
        let hints = run.json()["hints"].to_string();
        assert!(!hints.contains("--exe"), "{hints}");
        assert!(
            hints.contains(&format!("rpctl record --pid {pid}")),
            "{hints}"
        );
    }
}
