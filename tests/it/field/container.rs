//! A container: a daemon in a PID namespace of its own.

use std::fs::File;
use std::process::Command;

use crate::support::proc::Pinned;
use crate::support::{Daemon, World, is_installed, is_root, skipped};

/// The program that the containers run.
pub(super) const PROGRAM: &str = env!("CARGO_BIN_EXE_rpctl");

/// Whether containers can be made, and their ends be seen.
pub(super) fn can_contain() -> bool {
    is_root() && is_installed("unshare") && is_initial_namespace()
}

fn is_initial_namespace() -> bool {
    let link = std::fs::read_link("/proc/self/ns/pid").unwrap();
    let is_initial = link.to_str() == Some("pid:[4026531836]");
    if !is_initial {
        skipped("this needs the initial PID namespace");
    }
    is_initial
}

/// What the first process of a container does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Init {
    /// It is the daemon.
    Daemon,
    /// It is the parent of the daemon, and goes on without it.
    Parent,
    /// It has another container inside, and the daemon is there.
    Container,
}

impl Init {
    pub(super) const ALL: [Self; 3] = [Self::Daemon, Self::Parent, Self::Container];
}

/// Returns a command that makes a container and runs a program in it.
pub(super) fn contained(world: &World, init: Init) -> Command {
    const UNSHARE: [&str; 4] = ["--pid", "--fork", "--kill-child", "--mount-proc"];
    let mut command = world.command("unshare");
    command.args(UNSHARE);
    match init {
        Init::Daemon => {}
        Init::Parent => {
            command.args(["sh", "-c", r#""$@" & exec sleep 1000"#, "sh"]);
        }
        Init::Container => {
            command.arg("unshare").args(UNSHARE);
        }
    }
    command.arg(PROGRAM);
    command
}

/// A daemon in a container, with its record in `daemon.pb`.
pub(super) struct Container {
    pub(super) daemon: Daemon,
    init: Pinned,
    /// The namespace itself: as long as it is open, its number is not given to another one.
    _namespace: File,
}

impl Container {
    pub(super) fn start(world: &World, init: Init) -> Self {
        Self::new(Daemon::start_command(world, contained(world, init)))
    }

    pub(super) fn new(daemon: Daemon) -> Self {
        let outer = first_child(daemon.pid());
        let mut inner = outer;
        // Below a parent or in another container, the daemon is the last one.
        while let Some(child) = children(inner).first() {
            inner = *child;
        }
        Self {
            init: Pinned::open(outer).unwrap(),
            _namespace: File::open(format!("/proc/{inner}/ns/pid")).unwrap(),
            daemon,
        }
    }

    /// Ends the container and all that is in it, and collects it.
    pub(super) fn end(&mut self) {
        self.daemon.kill();
        self.init.wait();
    }

    /// Kills the daemon below its parent.
    pub(super) fn kill_the_daemon_alone(&self) {
        let parent = first_child(self.daemon.pid());
        Pinned::open(first_child(parent)).unwrap().kill();
    }
}

fn first_child(pid: u32) -> u32 {
    children(pid)[0]
}

fn children(pid: u32) -> Vec<u32> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    let children = children.split_whitespace();
    children.map(|child| child.parse().unwrap()).collect()
}
