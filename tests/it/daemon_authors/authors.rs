//! The daemons as they stand on the page, ready to be started.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::support::{KillOnDrop, LANGUAGES, Program, Role, World, role};

pub(super) const PAGE: &str = include_str!("../../../docs/daemon-authors.md");

#[path = "../../../examples/daemon.rs"]
#[expect(
    dead_code,
    reason = "the entry of the example is not the one of the test"
)]
mod example;

/// Runs the daemon in Rust with the arguments of its command line.
pub(crate) fn serve_example(arguments: &[String]) {
    example::serve(arguments).unwrap();
}

/// A daemon in one language.
pub(super) enum Author {
    /// The one in Rust, as a role of the test program.
    Example(World),
    Page(Program),
}

/// Returns the daemon in each language that is installed.
pub(super) fn authors() -> impl Iterator<Item = Author> {
    let on_page = |language| Program::new(PAGE, language, &["exampled"]).map(Author::Page);
    let example = Author::Example(World::new());
    std::iter::once(example).chain(LANGUAGES.into_iter().filter_map(on_page))
}

impl Author {
    pub(super) fn world(&self) -> &World {
        match self {
            Self::Example(world) => world,
            Self::Page(program) => &program.world,
        }
    }

    pub(super) fn record(&self) -> PathBuf {
        self.world().path("exampled.json")
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.world().path("exampled.sock")
    }

    /// Returns the command that starts the daemon.
    pub(super) fn command(&self) -> Command {
        self.command_at("exampled.json")
    }

    /// Returns the command that starts the daemon with its record at a path.
    pub(super) fn command_at(&self, record: &str) -> Command {
        let arguments = ["exampled.sock", record];
        let mut command = match self {
            Self::Example(world) => {
                let mut command = role(Role::ServeExample, arguments);
                command.current_dir(world.path(""));
                command
            }
            Self::Page(program) => program.command(arguments),
        };
        command.stdout(Stdio::null());
        command
    }

    /// Starts the daemon, and waits until it is verified.
    #[track_caller]
    pub(super) fn start(&self) -> KillOnDrop {
        let daemon = KillOnDrop(self.command().spawn().unwrap());
        self.assert_verified(&daemon);
        for file in [self.record(), self.socket()] {
            let mode = std::fs::metadata(file).unwrap().mode();
            assert_eq!(mode & 0o077, 0, "{mode:o}");
        }
        daemon
    }

    #[track_caller]
    pub(super) fn assert_verified(&self, daemon: &KillOnDrop) {
        self.assert_verified_by(&["exampled.json"], daemon);
    }

    #[track_caller]
    pub(super) fn assert_verified_by(&self, record: &[&str], daemon: &KillOnDrop) {
        let probe = [&["probe", "--json", "--wait", "5m"][..], record].concat();
        let document = self
            .world()
            .rpctl(probe)
            .assert_verdict(0, "verified", None);
        assert_eq!(document["target"]["pid"], daemon.0.id(), "{document:#}");
    }
}
