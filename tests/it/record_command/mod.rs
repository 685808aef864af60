//! `rpctl record`.

mod files;
mod forked;
mod namespaces;
mod output;
mod pid_files;
mod places;
mod races;
mod refused;
mod round_trip;
mod sources;
mod workers;

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rpctl::process::{ProcessRecord, Trust};

use crate::support::{KillOnDrop, Run, World};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rpctl");

/// Starts a process that sleeps until it is killed.
fn sleeper() -> KillOnDrop {
    let mut command = Command::new("sleep");
    KillOnDrop(command.arg("1000").stdin(Stdio::null()).spawn().unwrap())
}

/// Returns the command that records the process of a child.
fn command(world: &World, child: &KillOnDrop, args: &[&str]) -> Command {
    let mut command = world.command(PROGRAM);
    command.args(["record", "--pid", &child.0.id().to_string()]);
    command.args(args);
    command
}

fn record(world: &World, child: &KillOnDrop, args: &[&str]) -> Run {
    Run::of(&mut command(world, child, args))
}

/// Returns the record of a service in the user's own place.
fn place(world: &World, service: &str) -> PathBuf {
    world
        .path("run/rpctl/records")
        .join(format!("{service}.json"))
}

fn load(path: impl AsRef<OsStr>) -> ProcessRecord {
    ProcessRecord::load(path.as_ref().as_ref(), Trust::Required).unwrap()
}

#[track_caller]
fn assert_refused(run: &Run, code: i32, texts: &[&str]) {
    assert_eq!(run.code, Some(code), "{run:?}");
    assert!(run.stdout.is_empty(), "{run:?}");
    assert!(run.stderr.contains("\n  next: "), "{run:?}");
    for text in texts {
        assert!(run.stderr.contains(text), "{text}: {run:?}");
    }
}
