//! Listeners of a process whose parent the caller may not look at.

use std::io::{BufRead, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use super::assert_refused;
use crate::support::{KillOnDrop, NOBODY, Run, World, is_installed, is_root};

/// As nginx does: the master of root has forked a worker of another user, who can look at it.
#[test]
fn a_worker_is_not_taken_for_a_master_that_is_hidden() {
    if !is_root() || !is_installed("/usr/bin/python3") {
        return;
    }
    let master = "
import ctypes, os, signal, socket
s = socket.socket(socket.AF_UNIX)
s.bind(os.path.abspath('s'))
s.listen()
worker = os.fork()
if worker == 0:
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
    # It can be looked at, and ends with its parent.
    assert ctypes.CDLL(None).prctl(4, 1, 0, 0, 0) == 0
    assert ctypes.CDLL(None).prctl(1, 9, 0, 0, 0) == 0
    print(os.getpid(), flush=True)
while True: signal.pause()
";
    let world = World::new();
    let program = world.open_to_all();
    let mut command = world.command("/usr/bin/python3");
    command.args(["-c", master]).stdout(Stdio::piped());
    let mut master = KillOnDrop(command.spawn().unwrap());
    let mut worker = String::new();
    let stdout = master.0.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut worker).unwrap();
    let worker = worker.trim();
    let record = |source: [&str; 2]| {
        let mut record = world.command(&program);
        record.arg("record").args(source).args(["--record", "-"]);
        Run::of(record.uid(NOBODY).gid(NOBODY))
    };
    let path = world.path("s");
    let refused = record(["--socket", path.to_str().unwrap()]);
    let parent = format!("its parent PID {} (", master.0.id());
    let alone = format!("rpctl record --pid {worker}");
    assert_refused(&refused, 4, &[&parent, "CAP_SYS_PTRACE", &alone]);
    // The caller may choose it all the same.
    assert_eq!(record(["--pid", worker]).code, Some(0));
    let by_root = world.rpctl(["record", "--socket", "s", "--record", "-"]);
    assert_eq!(by_root.json()["process"]["pid"], master.0.id());
}

/// Its parent has given it the listener, as socket activation does.
#[test]
fn a_program_of_its_own_is_recorded_below_a_hidden_parent() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    let path = world.path("s");
    let listener = UnixListener::bind(&path).unwrap();
    let mut sleep = Command::new("sleep");
    sleep
        .arg("1000")
        .stdin(OwnedFd::from(listener))
        .uid(NOBODY)
        .gid(NOBODY);
    let child = KillOnDrop(sleep.spawn().unwrap());
    drop(sleep);
    let mut record = world.command(&program);
    record
        .args(["record", "--record", "-", "--socket"])
        .arg(path);
    let run = Run::of(record.uid(NOBODY).gid(NOBODY));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.json()["process"]["pid"], child.0.id());
}
