//! Daemons that keep their memory to themselves, so that their own user may not look at their
//! sockets, stopped by that user.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rpctl::process::ProcessRecord;
use serde_json::Value;

use super::fixture::{assert_outcome, left};
use crate::support::proc::Pinned;
use crate::support::{NOBODY, Run, Script, World, is_installed, is_root};

/// A daemon that is not dumpable, as agents of keys are. Its plan follows.
const PRELUDE: &str = "
import ctypes, fcntl, os, signal, socket, sys
assert ctypes.CDLL(None).prctl(4, 0, 0, 0, 0) == 0
def up():
    print('up', flush=True)
    while True: signal.pause()
";

/// A directory of the user of the daemon, and a program that this user can run.
struct Hidden {
    world: World,
    program: PathBuf,
    directory: PathBuf,
}

impl Hidden {
    /// Prepares the directory, unless there is no other user or no Python.
    fn new() -> Option<Self> {
        if !is_root() || !is_installed("/usr/bin/python3") {
            return None;
        }
        let world = World::new();
        let program = world.open_to_all();
        let directory = world.path("own");
        std::fs::create_dir(&directory).unwrap();
        chown(&directory, Some(NOBODY), Some(NOBODY)).unwrap();
        Some(Self {
            world,
            program,
            directory,
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Starts a daemon in the directory.
    fn start(&self, plan: &str) -> Script {
        let mut command = self.world.command("/usr/bin/python3");
        command
            .args(["-c", &format!("{PRELUDE}\n{plan}\nup()")])
            .current_dir(&self.directory)
            .stdin(Stdio::null())
            .uid(NOBODY)
            .gid(NOBODY);
        Script::start_command(&self.world, command, &self.world.endpoint("none"))
    }

    /// Records a daemon without its executable and listeners, which its user may not look at.
    fn record(&self, daemon: &Script) -> PathBuf {
        let mut record = ProcessRecord::from_pid(daemon.identity.pid).unwrap();
        record.process.exe = None;
        let path = self.path("record.json");
        record.save(&path).unwrap();
        chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
        path
    }

    /// Stops a daemon as its user, with its files.
    fn stop(&self, record: &Path) -> Run {
        let mut command = self.world.command(&self.program);
        command
            .args(["shutdown", "--json", "--remove-record", "--timeout", "3s"])
            .arg(record)
            .uid(NOBODY)
            .gid(NOBODY);
        Run::of(&mut command)
    }
}

/// Has locked its PID file.
const LOCKED: &str = "
f = open('daemon.pid', 'w')
fcntl.lockf(f, fcntl.LOCK_EX)
f.write('%d\\n' % os.getpid())
f.flush()
";

/// Each record of such a daemon that can be proven names no socket that could be served on.
fn records(hidden: &Hidden, daemon: &Script) -> [PathBuf; 2] {
    [hidden.record(daemon), hidden.path("daemon.pid")]
}

/// Asserts that the document says why it is not known what is left.
#[track_caller]
fn assert_unknown(document: &Value, why: &str) {
    let said = document["action"]["left_unknown"].as_str().unwrap();
    assert!(said.contains(why), "{said}");
    let summary = document["summary"].as_str().unwrap();
    let clause = format!("what it has left is not known: {said}");
    assert!(summary.ends_with(&clause), "{summary}");
}

#[test]
fn the_record_is_removed_once_the_process_has_ended() {
    let Some(hidden) = Hidden::new() else {
        return;
    };
    for kind in 0..2 {
        let daemon = hidden.start(LOCKED);
        let record = &records(&hidden, &daemon)[kind];
        let run = hidden.stop(record);
        let document = assert_outcome(&run, "terminated", 0);
        assert_eq!(run.stderr, "", "{run:?}");
        assert_unknown(&document, "Permission denied");
        assert!(!record.exists());
    }
}

/// Whether it serves for the daemon is not known.
#[test]
fn the_record_is_kept_if_a_descendant_lives_on() {
    let Some(hidden) = Hidden::new() else {
        return;
    };
    let worker = "
if os.fork() == 0:
    while True: signal.pause()
";
    for kind in 0..2 {
        let daemon = hidden.start(&format!("{LOCKED}{worker}"));
        let record = &records(&hidden, &daemon)[kind];
        let run = hidden.stop(record);
        let document = assert_outcome(&run, "terminated", 0);
        let [worker] = left(&document, "descendant")[..] else {
            panic!("{document:#}");
        };
        Pinned::open(worker).unwrap().kill();
        assert!(run.stderr.contains("may still be served"), "{run:?}");
        assert!(record.exists());
    }
}

/// One that the daemon has left alone may be among them.
#[test]
fn what_is_left_is_not_known_if_proc_hides_processes() {
    if !is_installed("unshare") || !is_installed("setpriv") {
        return;
    }
    let Some(hidden) = Hidden::new() else {
        return;
    };
    let daemon = hidden.start("ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)");
    let record = hidden.record(&daemon);
    let script = r#"
        mount -t proc -o hidepid=invisible proc /proc &&
        exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@" "#;
    let mut command = hidden.world.command("unshare");
    command.args(["--mount", "sh", "-c", script, "sh"]);
    command
        .arg(&hidden.program)
        .args(["shutdown", "--tree", "--json"]);
    let run = Run::of(command.arg(&record));
    let document = assert_outcome(&run, "terminated", 0);
    assert_unknown(&document, "/proc hides processes (hidepid)");
}
