//! A mount that falls silent, in a mount namespace of its own.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};

use super::server::Silence;
use crate::support::{
    KillOnDrop, Role, Run, World, is_installed, is_root, patient, role, skipped, wait_until,
};

/// A FUSE file system, mounted where only the programs see it that are started by this
/// value. It is gone with this value.
pub(in crate::field) struct HangingMount {
    pub(in crate::field) world: World,
    server: KillOnDrop,
    stdout: BufReader<ChildStdout>,
}

impl HangingMount {
    /// Mounts a file system of root with a copy of each file; `None` if the kernel offers
    /// none.
    pub(in crate::field) fn with(world: World, files: &[PathBuf]) -> Option<Self> {
        Self::of_user(0, world, files)
    }

    /// Mounts a file system of a user with a copy of each file; `None` if the kernel offers
    /// none.
    pub(super) fn of_user(user: u32, world: World, files: &[PathBuf]) -> Option<Self> {
        if !is_root() || !is_installed("unshare") || !is_installed("nsenter") {
            return None;
        }
        if !Path::new("/dev/fuse").exists() {
            skipped("this needs /dev/fuse");
            return None;
        }
        std::fs::create_dir(world.path("mount")).unwrap();
        let arguments = [world.path("mount"), user.to_string().into()]
            .into_iter()
            .chain(files.iter().cloned());
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private"]);
        through(&mut command, &role(Role::ServeFuse, arguments));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = command.spawn().unwrap();
        let stdout = BufReader::new(server.stdout.take().unwrap());
        let mut mount = Self {
            world,
            server: KillOnDrop(server),
            stdout,
        };
        mount.await_line("mounted");
        Some(mount)
    }

    /// Mounts an empty file system that never answers.
    pub(super) fn silent(silence: Silence) -> Option<Self> {
        let mut mount = Self::with(World::new(), &[])?;
        mount.fall(silence);
        Some(mount)
    }

    /// Mounts an empty file system that reads every request, and never answers.
    pub(in crate::field) fn unanswering() -> Option<Self> {
        Self::silent(Silence::Unanswered)
    }

    /// Answers no more.
    pub(super) fn fall(&mut self, silence: Silence) {
        let stdin = self.server.0.stdin.as_mut().unwrap();
        writeln!(stdin, "{silence:?}").unwrap();
        self.await_line("silent");
    }

    fn await_line(&mut self, wanted: &str) {
        let mut line = String::new();
        while line.trim_end() != wanted {
            line.clear();
            assert_ne!(self.stdout.read_line(&mut line).unwrap(), 0);
        }
    }

    /// A path on the mount.
    pub(in crate::field) fn path(&self, name: &str) -> PathBuf {
        self.world.path("mount").join(name)
    }

    /// A command that sees the mount.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        self.command_of(&self.world.command(program))
    }

    /// Returns a command like another one, that sees the mount.
    pub(in crate::field) fn command_of(&self, inner: &Command) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--mount=/proc/{}/ns/mnt", self.server.0.id()));
        through(&mut command, inner);
        command
    }

    /// Runs the program to its end, with its own limits of time.
    pub(super) fn rpctl<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        Run::of(self.command(env!("CARGO_BIN_EXE_rpctl")).args(args))
    }

    /// Runs `rpctl probe --json` on a record.
    pub(in crate::field) fn probe(&self, record: &Path) -> Run {
        self.rpctl(["probe", "--json", record.to_str().unwrap()])
    }

    /// Runs the program to its end, with generous limits of time.
    pub(super) fn patient_rpctl<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        self.rpctl(patient(args))
    }

    /// Ends the server, and asserts that no process of this test is left.
    pub(in crate::field) fn end(self) {
        self.end_with(());
    }

    /// Ends the server, then another value, and asserts that no process of this test is
    /// left.
    pub(in crate::field) fn end_with<T>(self, other: T) {
        let Self { world, server, .. } = self;
        drop(server);
        drop(other);
        let place = world.path("");
        wait_until(|| processes_at(&place) == Vec::<String>::new());
    }
}

/// Returns the command lines of the processes that name a path, from `/proc`.
fn processes_at(place: &Path) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|it| std::fs::read_to_string(it.path().join("cmdline")).ok());
    lines
        .filter(|line| line.contains(place.to_str().unwrap()))
        .collect()
}

/// Adds a command to one that executes it.
pub(super) fn through(outer: &mut Command, inner: &Command) {
    outer
        .arg("--")
        .arg(inner.get_program())
        .args(inner.get_args());
    outer.env_clear();
    // A role inherits the environment, a program of a world has one of its own.
    if inner.get_envs().count() < 4 {
        outer.envs(std::env::vars_os());
    }
    outer.envs(
        inner
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    outer.stdin(Stdio::null());
}
