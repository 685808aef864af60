//! A daemon in Python, with the processes that its plan starts.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::process::Stdio;

use serde_json::Value;

use crate::support::proc::Pinned;
use crate::support::{Run, Script, World, is_installed};

/// Begins each plan. `listener()` listens at the recorded path; `child(work)` starts a process that
/// works, prints its PID with the line `NAME PID` once it is ready, and returns the PID.
const PRELUDE: &str = r#"
import os, signal, socket, sys, time
TERM = signal.SIGTERM
def listener(path="s"):
    s = socket.socket(socket.AF_UNIX)
    s.bind(path)
    s.listen()
    return s
def wait():
    while True:
        signal.pause()
def ignore():
    signal.signal(TERM, signal.SIG_IGN)
def child(name, work):
    ready, done = os.pipe()
    # A signal must not find the handler of the parent in the child.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {TERM})
    pid = os.fork()
    if pid == 0:
        os.close(ready)
        signal.signal(TERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if pid == 0:
        work(lambda: os.write(done, b"r") and os.close(done))
        os._exit(0)
    os.close(done)
    os.read(ready, 1)
    os.close(ready)
    os.write(1, ("%s %d\n" % (name, pid)).encode())
    return pid
def sleeper(ready):
    ready()
    wait()
def stubborn(ready):
    ignore()
    ready()
    wait()
"#;

/// A running family, whose processes are killed with this value.
pub(super) struct Kin {
    pub(super) script: Script,
    /// The processes that the plan named.
    named: Vec<(String, u32, Option<Pinned>)>,
}

impl Kin {
    /// Starts a plan, unless there is no Python.
    pub(super) fn start(world: &World, plan: &str) -> Option<Self> {
        Self::start_with(world, plan, None)
    }

    /// Starts a plan whose standard input is a listener.
    pub(super) fn start_with(
        world: &World,
        plan: &str,
        input: Option<UnixListener>,
    ) -> Option<Self> {
        if !is_installed("python3") {
            return None;
        }
        let text = format!("{PRELUDE}\n{plan}\nprint('.', flush=True)\nwait()\n");
        Some(Self::run(world, &text, input))
    }

    /// Starts a program in Python that supervises the daemon, unless there is no Python.
    pub(super) fn supervise(world: &World, program: &str) -> Option<Self> {
        is_installed("python3").then(|| Self::run(world, program, None))
    }

    fn run(world: &World, program: &str, input: Option<UnixListener>) -> Self {
        std::fs::write(
            world.path("plan.py"),
            format!("print('up', flush=True)\n{program}"),
        )
        .unwrap();
        let mut command = world.command("python3");
        command.arg("plan.py").stdin(match input {
            Some(input) => Stdio::from(OwnedFd::from(input)),
            None => Stdio::null(),
        });
        let script = Script::start_command(world, command, &world.endpoint("s"));
        let mut kin = Self {
            script,
            named: Vec::new(),
        };
        kin.read();
        kin
    }

    /// Reads what the plan prints, up to a line with a dot.
    pub(super) fn read(&mut self) {
        loop {
            let line = self.script.line();
            let Some((name, pid)) = line.split_once(' ') else {
                assert_eq!(line, ".");
                return;
            };
            let pid = pid.parse().unwrap();
            self.named.push((name.to_owned(), pid, Pinned::open(pid)));
        }
    }

    pub(super) fn pid(&self, name: &str) -> u32 {
        let mut named = self.named.iter();
        named.find(|(known, ..)| known == name).unwrap().1
    }

    /// Returns the PIDs of the processes with these names, sorted.
    pub(super) fn pids(&self, names: &[&str]) -> Vec<u32> {
        let mut pids: Vec<u32> = names.iter().map(|name| self.pid(name)).collect();
        pids.sort_unstable();
        pids
    }

    pub(super) fn is_alive(&self, name: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid(name)));
        stat.is_ok_and(|stat| !stat.contains(") Z ") && !stat.contains(") X "))
    }

    /// Runs `rpctl` on the record.
    pub(super) fn rpctl(&self, world: &World, arguments: &[&str]) -> Run {
        let record = self.script.record.to_str().unwrap();
        let probe = ["--json", "--probe-timeout", "200ms", record];
        world.rpctl(arguments.iter().copied().chain(probe))
    }
}

impl Drop for Kin {
    fn drop(&mut self) {
        // Some may have ended before they were named.
        for process in self
            .named
            .iter()
            .filter_map(|(_, _, process)| process.as_ref())
        {
            process.kill();
        }
    }
}

/// Asserts the outcome and the exit code of an action.
#[track_caller]
pub(super) fn assert_outcome(run: &Run, outcome: &str, code: i32) -> Value {
    let document = run.json();
    assert_eq!(document["action"]["outcome"], outcome, "{document:#}");
    assert_eq!(run.code, Some(code), "{document:#}");
    document
}

/// Returns the PIDs in `action.left` with this relation, sorted.
pub(super) fn left(document: &Value, relation: &str) -> Vec<u32> {
    let left = document["action"]["left"].as_array().unwrap().iter();
    let related = left.filter(|entry| entry["relation"] == relation);
    let mut pids: Vec<u32> = related
        .map(|entry| entry["pid"].as_u64().unwrap().try_into().unwrap())
        .collect();
    pids.sort_unstable();
    pids
}

/// Returns the PIDs of the descendants that were signalled, sorted.
pub(super) fn signalled(document: &Value) -> Vec<u32> {
    let pids = document["action"]["descendants"].as_array().unwrap();
    let mut pids: Vec<u32> = pids
        .iter()
        .map(|pid| pid.as_u64().unwrap().try_into().unwrap())
        .collect();
    pids.sort_unstable();
    pids
}
