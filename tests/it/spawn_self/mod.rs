//! `rpctl spawn-self`: what it starts, what it refuses, what it leaves behind.

mod cleanup;
mod detached;
mod displacement;
mod once;
mod options;
mod places;
mod race;
mod takeover;

use std::ffi::OsStr;
use std::ops::Deref;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use rustix::process::Signal;
use serde_json::Value;

use crate::support::proc::{self, Pinned};
use crate::support::{Run, World, skipped, wait_until};

const RPCTL: &str = env!("CARGO_BIN_EXE_rpctl");

/// A world in which daemons are started detached. Those whose command line
/// names the directory are killed with it, whatever became of the test.
struct Fixture {
    world: World,
}

impl Deref for Fixture {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Fixture {
    fn new() -> Self {
        let world = World::new();
        std::fs::create_dir(world.path("tmp")).unwrap();
        Self { world }
    }

    /// `rpctl spawn-self --json`, to be run with more arguments.
    fn spawning(&self) -> Command {
        let mut command = self.command(RPCTL);
        command
            .env("TMPDIR", self.path("tmp"))
            .args(["spawn-self", "--json"]);
        command
    }

    /// `rpctl spawn-self --json`, started by a shell that runs `script` first.
    fn spawning_after(&self, script: &str) -> Command {
        let mut command = self.command("sh");
        command
            .env("TMPDIR", self.path("tmp"))
            .args(["-c", &format!("{script}; exec \"$@\""), "sh", RPCTL])
            .args(["spawn-self", "--json"]);
        command
    }

    /// `rpctl spawn-self --json`, started with SIGCHLD ignored; `None` if no program can do
    /// so.
    fn spawning_unwaited(&self) -> Option<Command> {
        let mut command = self.command("env");
        command.arg("--ignore-signal=CHLD");
        if !Run::of(command.arg("true")).stderr.is_empty() {
            skipped("env cannot ignore a signal");
            return None;
        }
        let mut command = self.command("env");
        command
            .env("TMPDIR", self.path("tmp"))
            .args(["--ignore-signal=CHLD", RPCTL])
            .args(["spawn-self", "--json"]);
        Some(command)
    }

    fn spawn_self<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        Run::of(self.spawning().args(args))
    }

    /// `rpctl spawn-self --json` as a user unknown to the system, with rights only on this
    /// directory; for root only.
    fn spawning_as_stranger(&self) -> Command {
        const STRANGER: u32 = 54_321;
        let program = self.path("rpctl");
        // By another process: a file that a thread of this one has open for
        // writing cannot be executed.
        let copied = Command::new("cp").arg(RPCTL).arg(&program).status();
        assert!(copied.unwrap().success());
        for path in [self.path(""), self.path("tmp")] {
            chown(path, Some(STRANGER), Some(STRANGER)).unwrap();
        }
        let mut command = self.command(program);
        command
            .uid(STRANGER)
            .gid(STRANGER)
            .env("TMPDIR", self.path("tmp"))
            .args(["spawn-self", "--json"]);
        command
    }

    /// Start a daemon that is expected to start.
    fn spawn<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Spawned {
        Spawned::of(&self.spawn_self(args))
    }

    /// The living daemons of this directory.
    fn daemons(&self) -> Vec<u32> {
        processes(|command| {
            contains(command, self.path("").as_os_str()) && contains(command, "--detach")
        })
    }

    /// Waits until a daemon of this directory has opened a directory to lock it, which
    /// `starter` leads to. By then it listens on its socket.
    #[track_caller]
    fn until_locking(&self, directory: &Path, starter: &mut Child) {
        let directory = directory.canonicalize().unwrap();
        until(starter, || {
            let daemons = self.daemons().into_iter();
            daemons
                .flat_map(proc::descriptors)
                .any(|open| open == directory)
        });
    }

    /// Everything in this directory that is no directory.
    fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut left = vec![self.path("")];
        while let Some(directory) = left.pop() {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    left.push(path);
                } else {
                    found.push(path);
                }
            }
        }
        found.sort();
        found
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let directory = self.path("");
        for pid in processes(|command| contains(command, directory.as_os_str())) {
            if let Some(process) = Pinned::open(pid) {
                process.kill();
            }
        }
    }
}

/// The processes with a fitting command line; zombies have none.
fn processes(fits: impl Fn(&[u8]) -> bool) -> Vec<u32> {
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok())
        .filter(|pid| std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| fits(&line)))
        .collect()
}

fn contains(line: &[u8], part: impl AsRef<OsStr>) -> bool {
    let part = part.as_ref().as_bytes();
    line.windows(part.len()).any(|window| window == part)
}

/// A detached daemon, as its starter described it.
struct Spawned {
    process: Pinned,
    pid: u32,
    document: Value,
}

impl Spawned {
    #[track_caller]
    fn of(run: &Run) -> Self {
        assert_eq!(run.code, Some(0), "{run:?}");
        let document = run.json();
        let pid = document["daemon"]["pid"].as_u64().unwrap();
        let pid = pid.try_into().unwrap();
        let process = Pinned::open(pid).expect("the daemon lives");
        Self {
            process,
            pid,
            document,
        }
    }

    fn manifest(&self) -> &Path {
        Path::new(self.document["daemon"]["record"].as_str().unwrap())
    }

    fn socket(&self) -> &Path {
        Path::new(
            self.document["daemon"]["endpoint"]["path"]
                .as_str()
                .unwrap(),
        )
    }

    /// End it by a signal that it cleans up after.
    fn end(&self, signal: Signal) {
        self.process.signal(signal);
        self.process.wait();
    }
}

/// Waits until a condition holds while a child runs, or until the child has ended.
#[track_caller]
fn until(child: &mut Child, condition: impl Fn() -> bool) {
    wait_until(|| condition() || child.try_wait().unwrap().is_some());
}

/// Assert that nothing was started, and how that was reported.
#[track_caller]
fn assert_refused(run: &Run, code: i32, kind: &str) -> Value {
    let document = run.json();
    assert_eq!(
        (
            run.code,
            document["exit_code"].as_i64(),
            document["error"]["kind"].as_str()
        ),
        (Some(code), Some(code.into()), Some(kind)),
        "{document:#}"
    );
    document
}

/// The message of a refusal.
fn message(document: &Value) -> &str {
    document["error"]["message"].as_str().unwrap()
}

/// The first thing a refusal suggests.
fn hint(document: &Value) -> &str {
    document["hints"][0].as_str().unwrap()
}
