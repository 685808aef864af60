//! A program from the Python environment, running in a world of its own.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{Run, World, python_env, skipped};

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

/// The only line of `rpctl list`, by what the environment of the daemon says: verdict, service,
/// version and record.
#[track_caller]
pub(super) fn only_listed(world: &World) -> [String; 4] {
    let mut rpctl = command(world, Path::new(env!("CARGO_BIN_EXE_rpctl")));
    let document = Run::of(rpctl.args(["list", "--json", "--timeout", "30s"])).json();
    let reports = document["reports"].as_array().unwrap();
    let [report] = reports.as_slice() else {
        panic!("{document:#}");
    };
    let target = &report["target"];
    let values = [
        &report["verdict"],
        &target["service_name"],
        &target["service_version"],
    ];
    let [verdict, name, version] = values.map(|it| it.as_str().unwrap_or_default().to_owned());
    let record = target["record"].as_str().unwrap();
    let record = record
        .strip_prefix(world.path("").to_str().unwrap())
        .unwrap();
    [verdict, name, version, record.to_owned()]
}

/// A program from the Python environment.
pub(super) fn program(name: &str) -> Option<PathBuf> {
    let program = python_env()?.join("bin").join(name);
    if !program.exists() {
        skipped(&format!("the Python environment lacks {name}"));
        return None;
    }
    Some(program)
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
