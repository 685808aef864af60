//! A daemon that runs.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rpctl::process::{ListenerAddress, ProcessRecord, VerifiedProcess};

use super::kind::Kind;
use super::user::user;
use crate::support::{PATIENCE, Run, World, proc, wait_until};

/// Waits until a process has ended and was collected, so that its number is free.
pub(super) fn wait_for_end(process: &VerifiedProcess) {
    assert!(process.wait(PATIENCE).unwrap(), "{}", process.pid());
    let collected = format!("/proc/{}", process.pid());
    wait_until(|| !Path::new(&collected).exists());
}

/// A daemon in the background. The end of its PID namespace ends it, too.
pub(super) struct Running {
    pub(super) kind: &'static Kind,
    pub(super) program: PathBuf,
    pub(super) directory: PathBuf,
    command: Command,
    /// The process that its PID file names.
    pub(super) pid: u32,
}

impl Running {
    /// Starts the daemon for the first time.
    pub(super) fn start(world: &World, kind: &'static Kind) -> Self {
        let program = kind.program().unwrap();
        Self::start_program(world, kind, program)
    }

    /// Starts a copy of the daemon's program for the first time.
    pub(super) fn start_program(world: &World, kind: &'static Kind, program: PathBuf) -> Self {
        world.open_to_all();
        let directory = world.path(kind.name);
        std::fs::create_dir(&directory).unwrap();
        let (uid, gid) = user(kind.owner);
        chown(&directory, Some(uid), Some(gid)).unwrap();
        let starter = kind.starter.map(|name| program.with_file_name(name));
        let mut command = world.command(starter.as_ref().unwrap_or(&program));
        command.current_dir(&directory).stdout(Stdio::null());
        if kind.is_started_by_owner {
            command.uid(uid).gid(gid);
        }
        (kind.configure)(&mut command, &directory);
        let mut running = Self {
            kind,
            program,
            directory,
            command,
            pid: 0,
        };
        running.start_again();
        running
    }

    /// Starts the daemon with the files that it has.
    pub(super) fn start_again(&mut self) {
        let status = self.command.status().unwrap();
        assert!(status.success(), "{:?}", self.command);
        self.wait_for_start();
    }

    /// Waits until the daemon has a PID file, listens and has nothing more to do.
    pub(super) fn wait_for_start(&mut self) {
        let file = self.pid_file();
        wait_until(|| {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            let pid = text
                .lines()
                .next()
                .and_then(|line| line.trim().parse().ok());
            self.pid = pid.unwrap_or(0);
            let holder = ProcessRecord::from_listener(&self.listener());
            let family = self.family();
            let mut pids = family.iter().map(VerifiedProcess::pid);
            holder.is_ok_and(|holder| pids.any(|pid| pid == holder.process.pid))
        });
        // A worker that is told to end before it has finished its start may not hear it.
        wait_until(|| {
            let mut family = self.family().into_iter();
            family.all(|process| proc::is_in_state(process.pid(), 'S'))
        });
    }

    /// Returns the main process and its descendants.
    pub(super) fn family(&self) -> Vec<VerifiedProcess> {
        let Ok(main) = ProcessRecord::from_pid(self.pid) else {
            return Vec::new();
        };
        let main = main.verify().unwrap();
        let workers = main.descendants().unwrap();
        std::iter::once(main).chain(workers).collect()
    }

    /// Returns the path of the PID file.
    pub(super) fn pid_file(&self) -> PathBuf {
        self.directory.join(self.kind.pid_file)
    }

    /// Runs a command on the PID file, for this program.
    pub(super) fn on_pid_file(&self, world: &World, command: &[&str]) -> Run {
        let pid_file = self.pid_file();
        let required = ["--json", "--exe", self.program.to_str().unwrap()];
        // Root may have written the file, before the daemon has dropped its privileges.
        let user = ["--user", self.kind.owner];
        let user = user.iter().filter(|_| !self.kind.is_started_by_owner);
        let args = command.iter().chain(&required).chain(user).copied();
        world.rpctl(args.chain([pid_file.to_str().unwrap()]))
    }

    /// Asserts that PostgreSQL, which logs each connection, has seen none.
    pub(super) fn assert_not_asked(&self) {
        if self.kind.name == "postgresql" {
            let log = std::fs::read_to_string(self.directory.join("log")).unwrap();
            assert!(log.contains("ready to accept connections"), "{log}");
            assert!(!log.contains("connection received"), "{log}");
        }
    }

    /// Returns the address of the listener.
    pub(super) fn listener(&self) -> ListenerAddress {
        let directory = self.directory.to_str().unwrap();
        let address = self.kind.listener.replace("DIR", directory);
        ListenerAddress::parse(address.as_ref()).unwrap()
    }
}
