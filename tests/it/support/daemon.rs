//! A daemon to probe: `rpctl spawn-self` as a child of the test.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rpctl::record::LoadError;
use rpctl::responder::Limits;
use rpctl::{DaemonProcess, record};

use super::proc::Pinned;
use super::{Role, World, role, wait_until};

/// A child process; killed and reaped with this value.
pub(crate) struct KillOnDrop(pub(crate) Child);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running daemon; killed and reaped with this value.
pub(crate) struct Daemon {
    child: KillOnDrop,
    stdout: BufReader<ChildStdout>,
    record: PathBuf,
    /// The identity it recorded.
    pub(crate) identity: DaemonProcess,
}

impl Daemon {
    /// A daemon that is up, with its record in `daemon.pb`.
    pub(crate) fn start(world: &World) -> Self {
        Self::start_program(world, Path::new(env!("CARGO_BIN_EXE_rpctl")))
    }

    /// A daemon that took the place of an earlier one, and the record of that one.
    pub(crate) fn restarted(world: &World) -> (PathBuf, Self) {
        let mut old = Self::start(world);
        let kept = world.path("kept.pb");
        std::fs::copy(old.record(), &kept).unwrap();
        old.kill();
        (kept, Self::start(world))
    }

    /// A daemon whose clients may keep their connections as long as the test takes.
    pub(crate) fn start_patient(world: &World) -> Self {
        Self::start_patient_with_queue(world, Limits::default().waiting)
    }

    /// A patient daemon that lets so many clients wait to be accepted.
    pub(crate) fn start_patient_with_queue(world: &World, waiting: usize) -> Self {
        let record = world.path("daemon.json");
        let socket = world.path("daemon.sock");
        let arguments = [socket, record.clone(), waiting.to_string().into()];
        Self::start_as_is(role(Role::ServePatiently, arguments), &record)
    }

    /// Starts another copy of the program.
    pub(crate) fn start_program(world: &World, program: &Path) -> Self {
        Self::start_with(world, program, |_| {})
    }

    /// Starts a copy of the program with more options.
    pub(crate) fn start_with(
        world: &World,
        program: &Path,
        edit: impl FnOnce(&mut Command),
    ) -> Self {
        let mut command = world.command(program);
        command.arg0("rpctl");
        Self::start_by(world, command, edit)
    }

    /// Starts a command that executes the program.
    pub(crate) fn start_command(world: &World, command: Command) -> Self {
        Self::start_by(world, command, |_| {})
    }

    /// Starts a command that executes the program with the options that `edit` adds.
    pub(crate) fn start_by(
        world: &World,
        mut command: Command,
        edit: impl FnOnce(&mut Command),
    ) -> Self {
        let record = world.path("daemon.pb");
        command
            .args(["spawn-self", "--foreground", "--json"])
            .arg("--record")
            .arg(&record)
            .arg("--endpoint")
            .arg(world.path("daemon.sock"));
        edit(&mut command);
        Self::start_as_is(command, &record)
    }

    /// A daemon of a service that has recorded itself in the registry.
    pub(crate) fn registered(world: &World, service: &str) -> Self {
        let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
        command
            .args(["spawn-self", "--foreground", "--json"])
            .args(["--service", service])
            .arg("--endpoint")
            .arg(world.path(&format!("{service}.sock")));
        let record = format!("registry/{service}-{}.pb", env!("CARGO_PKG_VERSION"));
        Self::start_as_is(command, &world.path(&record))
    }

    /// A daemon that is up, with its record at `record`.
    pub(crate) fn start_as_is(mut command: Command, record: &Path) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = KillOnDrop(command.spawn().unwrap());
        let mut stdout = BufReader::new(child.0.stdout.take().unwrap());
        // The document comes once the record is there and the socket listens.
        let mut document = String::new();
        while !document.ends_with("\n}\n") {
            let read = stdout.read_line(&mut document).unwrap();
            assert_ne!(read, 0, "the daemon ended: {document}");
        }
        let mut recorded = record::load(record);
        // A `prune` beside it moves it aside for a last look.
        wait_until(|| {
            if matches!(recorded, Err(LoadError::NotFound(_))) {
                recorded = record::load(record);
            }
            !matches!(recorded, Err(LoadError::NotFound(_)))
        });
        let identity = recorded.unwrap().daemon().unwrap();
        Self {
            child,
            stdout,
            record: record.to_owned(),
            identity,
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.0.id()
    }

    pub(crate) fn record(&self) -> &Path {
        &self.record
    }

    pub(crate) fn socket(&self) -> &str {
        &self.identity.ipc_endpoint.path
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.pid().try_into().unwrap());
        kill(pid, signal).unwrap();
    }

    /// Kill the daemon, and leave it a zombie until this value goes.
    pub(crate) fn kill_unreaped(&mut self) {
        self.signal(Signal::SIGKILL);
        // Its end of the pipe closes when it has exited.
        let mut rest = Vec::new();
        self.stdout.read_to_end(&mut rest).unwrap();
        let stat = format!("/proc/{}/stat", self.pid());
        wait_until(|| std::fs::read_to_string(&stat).unwrap().contains(") Z "));
    }

    /// Kill the daemon and collect it; its files stay.
    pub(crate) fn kill(&mut self) {
        self.child.0.kill().unwrap();
        self.child.0.wait().unwrap();
    }

    /// Wait for the daemon to end by itself.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        if let Some(process) = Pinned::open(self.pid()) {
            process.wait();
        }
        self.child.0.wait().unwrap()
    }
}
