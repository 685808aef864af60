//! The programs as they stand on the page, ready to be run.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use crate::support::{Run, World, block, is_installed};

const PAGE: &str = include_str!("../../../docs/other-languages.md");

/// A language of the page.
pub(super) struct Language {
    /// The program that compiles or runs it.
    program: &'static str,
    /// The language as the fences name it.
    fence: &'static str,
    /// The names of its files, as their first lines have them.
    files: [&'static str; 2],
    /// How it is run, in the directory of the files.
    run: &'static [&'static str],
}

const PYTHON: Language = Language {
    program: "python3",
    fence: "python",
    files: ["identity.py", "record.py"],
    run: &["python3", "record.py"],
};

const GO: Language = Language {
    program: "go",
    fence: "go",
    files: ["identity.go", "record.go"],
    run: &["./record"],
};

const NODE: Language = Language {
    program: "node",
    fence: "js",
    files: ["identity.mjs", "record.mjs"],
    run: &["node", "record.mjs"],
};

pub(super) const LANGUAGES: [Language; 3] = [PYTHON, GO, NODE];

/// The program in one language, in a world of its own.
pub(super) struct Program {
    pub(super) world: World,
    language: Language,
}

impl Program {
    /// Writes the files, and compiles them if the language demands it. Returns `None` if
    /// the language is not installed.
    pub(super) fn new(language: Language) -> Option<Self> {
        if !is_installed(language.program) {
            return None;
        }
        let world = World::new();
        for name in language.files {
            let text = block(PAGE, language.fence, &format!(" {name}: "));
            std::fs::write(world.path(name), text).unwrap();
        }
        let program = Self { world, language };
        if program.language.program == "go" {
            program.build();
        }
        Some(program)
    }

    fn build(&self) {
        let mut vet = self.world.command("gofmt");
        let run = Run::of(vet.arg("-d").args(self.language.files));
        assert_eq!((run.code, run.text()), (Some(0), ""), "{run:?}");
        // `vet` finds faults that the compiler accepts.
        for action in [&["vet"][..], &["build", "-o", "record"]] {
            let mut command = self.world.command("go");
            let run = Run::of(command.args(action).args(self.language.files));
            assert_eq!(run.code, Some(0), "{run:?}");
        }
    }

    /// Returns the command with these arguments; its PATH has rpctl.
    pub(super) fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = self.world.user_command(self.language.run[0]);
        command.args(&self.language.run[1..]).args(args);
        command
    }

    /// Writes a record of a process. Returns its path.
    pub(super) fn write(&self, pid: u32) -> PathBuf {
        let run = Run::of(&mut self.command(["write", &pid.to_string(), "record.json"]));
        assert_eq!(run.code, Some(0), "{run:?}");
        self.world.path("record.json")
    }

    /// Has the process of `record.json` terminated.
    pub(super) fn terminate(&self) -> Run {
        Run::of(&mut self.command(["terminate", "record.json"]))
    }
}
