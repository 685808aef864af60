//! The programs of the page: they write records of processes, and signal these.

use std::path::PathBuf;

use crate::support::{LANGUAGES, Program, Run};

const PAGE: &str = include_str!("../../../docs/other-languages.md");

/// Returns the program in each language that is installed.
pub(super) fn programs() -> impl Iterator<Item = Program> {
    let program = |language| Program::new(PAGE, language, &["record", "identity"]);
    LANGUAGES.into_iter().filter_map(program)
}

/// Writes a record of a process. Returns its path.
pub(super) fn write(program: &Program, pid: u32) -> PathBuf {
    let run = Run::of(&mut program.command(["write", &pid.to_string(), "record.json"]));
    assert_eq!(run.code, Some(0), "{run:?}");
    program.world.path("record.json")
}

/// Has the process of `record.json` terminated.
pub(super) fn terminate(program: &Program) -> Run {
    Run::of(&mut program.command(["terminate", "record.json"]))
}
