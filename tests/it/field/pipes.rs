//! Pipes as records, such as those by which a shell passes the output of a command.

use crate::support::{Run, World, golden_file, is_installed};

/// Each command whose argument may be a record, with the exit code of one that is no file.
const COMMANDS: [(&str, i32); 7] = [
    ("probe", 8),
    ("inspect-manifest", 8),
    ("shutdown", 8),
    ("kill", 8),
    ("signal HUP", 8),
    ("record --record r --pid-file", 8),
    ("record --pid $$ --record", 9),
];

/// Runs a command in the shell that can pass the output of a command as a file.
fn bash(world: &World, script: &str) -> Run {
    let mut command = world.command("bash");
    command.args(["-c", script, env!("CARGO_BIN_EXE_rpctl")]);
    Run::of(&mut command)
}

#[test]
fn the_output_of_a_command_is_refused_as_a_pipe() {
    if !is_installed("bash") {
        return;
    }
    let world = World::new();
    for (command, code) in COMMANDS {
        let run = bash(&world, &format!("\"$0\" {command} <(echo 1)"));
        let said = run.text().replace("\n  ", " ") + &run.stderr;
        assert_eq!(run.code, Some(code), "{command}: {run:?}");
        assert!(said.contains("is a FIFO, not a regular file"), "{run:?}");
        assert!(said.contains(" -"), "{command} has another way: {run:?}");
        assert!(!world.path("r").exists());
    }
}

/// The way that the advice names.
#[test]
fn what_a_pipe_has_is_read_from_standard_input() {
    if !is_installed("bash") {
        return;
    }
    let world = World::new();
    let record = golden_file("sidecar-fixed.json");
    let record = record.to_str().unwrap();
    let run = bash(
        &world,
        &format!("\"$0\" inspect-manifest - < <(cat {record})"),
    );
    assert_eq!(run.code, Some(0), "{run:?}");
}

/// Puts a record into memory, and becomes the program.
const IN_MEMORY: &str = r#"
import os, sys
record, program = sys.argv[1:]
memory = os.memfd_create("record", 0)
os.write(memory, open(record, "rb").read())
os.execv(program, [program, "inspect-manifest", "--json", "/dev/fd/%d" % memory])
"#;

/// It has no mount point, as little as a pipe, and is on no file system that could hang.
#[test]
fn a_file_in_memory_is_read_by_its_descriptor() {
    if !is_installed("python3") {
        return;
    }
    let world = World::new();
    let mut command = world.command("python3");
    command.args(["-c", IN_MEMORY]);
    command.arg(golden_file("sidecar-fixed.json"));
    let run = Run::of(command.arg(env!("CARGO_BIN_EXE_rpctl")));
    assert_eq!(run.code, Some(0), "{run:?}");
}
