//! A program from the Python environment, running in a world of its own.

use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::World;

/// A command with the little that a daemon needs to know where it is.
pub(super) fn command(world: &World, program: &Path) -> Command {
    let runtime = world.path("run");
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&runtime)
        .unwrap();
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("HOME", world.path(""))
        .env("USER", "t")
        .env("PATH", "/usr/bin:/bin")
        .env("TMPDIR", world.path(""))
        .env("XDG_RUNTIME_DIR", runtime)
        .current_dir(world.path(""));
    command
}

/// A daemon; killed and reaped with this value.
pub(super) struct Running(Child);

impl Running {
    /// A daemon that is up, as the program itself finds out by its record.
    pub(super) fn start(world: &World, command: &mut Command, record: &Path) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let running = Self(child);
        let record = record.to_str().unwrap();
        let document = world
            .rpctl(["probe", "--json", "--wait", "5m", record])
            .assert_verdict(0, "verified", None);
        assert_eq!(document["target"]["pid"], running.0.id());
        running
    }

    pub(super) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.0.id().try_into().unwrap());
        kill(pid, signal).unwrap();
    }

    /// Send a signal that ends the daemon, and collect it; its files stay.
    pub(super) fn end(&mut self, signal: Signal) {
        self.signal(signal);
        self.collect();
    }

    /// Collect a daemon that ends; its files stay.
    pub(super) fn collect(&mut self) {
        self.0.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
