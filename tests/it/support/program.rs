//! Programs as they stand on a page, in Python, Go and Node, ready to be run.

use std::ffi::OsStr;
use std::process::Command;

use super::{Run, World, block, is_installed};

/// A language of a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Language {
    /// The program that compiles or runs it.
    program: &'static str,
    /// The language as the fences name it.
    fence: &'static str,
    /// The ending of the names of its files.
    ending: &'static str,
}

pub(crate) const LANGUAGES: [Language; 3] = [
    Language {
        program: "python3",
        fence: "python",
        ending: "py",
    },
    Language {
        program: "go",
        fence: "go",
        ending: "go",
    },
    Language {
        program: "node",
        fence: "js",
        ending: "mjs",
    },
];

/// A program in one language, in a world of its own.
pub(crate) struct Program {
    pub(crate) world: World,
    language: Language,
    name: &'static str,
}

impl Program {
    /// Writes the files of a page with these names, as their first lines have them, and
    /// compiles them if the language demands it. The first is the one to run. Returns
    /// `None` if the language is not installed.
    pub(crate) fn new(page: &str, language: Language, names: &[&'static str]) -> Option<Self> {
        if !is_installed(language.program) {
            return None;
        }
        let world = World::new();
        let files = names
            .iter()
            .map(|name| format!("{name}.{}", language.ending));
        let files: Vec<String> = files.collect();
        for file in &files {
            let text = block(page, language.fence, &format!(" {file}: "));
            std::fs::write(world.path(file), text).unwrap();
        }
        let name = names[0];
        let program = Self {
            world,
            language,
            name,
        };
        if language.program == "go" {
            program.build(&files);
        }
        Some(program)
    }

    fn build(&self, files: &[String]) {
        let run = Run::of(self.world.command("gofmt").arg("-d").args(files));
        assert_eq!((run.code, run.text()), (Some(0), ""), "{run:?}");
        // `vet` finds faults that the compiler accepts.
        for action in [&["vet"][..], &["build", "-o", self.name]] {
            let mut command = self.world.command("go");
            // The packages of Go itself are compiled once, and without a C compiler.
            let cache = concat!(env!("CARGO_TARGET_TMPDIR"), "/go");
            command.env("GOCACHE", cache).env("CGO_ENABLED", "0");
            let run = Run::of(command.args(action).args(files));
            assert_eq!(run.code, Some(0), "{run:?}");
        }
    }

    /// Returns the command with these arguments; its PATH has rpctl.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let Self { language, name, .. } = self;
        let mut command = match language.program {
            "go" => self.world.user_command(format!("./{name}")),
            interpreter => {
                let mut command = self.world.user_command(interpreter);
                command.arg(format!("{name}.{}", language.ending));
                command
            }
        };
        command.args(args);
        command
    }
}
