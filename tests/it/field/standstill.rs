//! Daemons that are stopped, traced or frozen: named as such, before any wait, and never to
//! be helped by more time or force.

use std::path::{Path, PathBuf};

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::support::{
    Daemon, KillOnDrop, Run, World, check, is_installed, is_root, proc, skipped, wait_until,
};

fn probe(world: &World, daemon: &Daemon) -> Value {
    let record = daemon.record().to_str().unwrap();
    world
        .rpctl(["probe", "--json", "--timeout", "1s", record])
        .assert_verdict(6, "unresponsive", Some("endpoint_silent"))
}

/// Stops a daemon that is not to end within the timeout.
fn stop(world: &World, daemon: &Daemon, options: &[&str]) -> Run {
    let record = daemon.record().to_str().unwrap();
    let common = ["--json", "--probe-timeout", "1s", record];
    world.rpctl(options.iter().chain(&common))
}

/// Asserts that a report names the standstill, and that its first hint begins so.
#[track_caller]
fn assert_named(document: &Value, daemon: &Daemon, standstill: &str, hint: &str) {
    let detail = check(document, "pid")["detail"].as_str().unwrap();
    assert!(detail.starts_with(standstill), "{detail}");
    let summary = document["summary"].as_str().unwrap();
    let named = format!("PID {} is {standstill}", daemon.pid());
    assert!(summary.contains(&named), "{summary}");
    let hints = document["hints"].as_array().unwrap();
    let first = hints[0].as_str().unwrap();
    assert!(first.starts_with(hint), "{hints:#?}");
    for bad in ["--force", "--timeout", "may just be slow"] {
        assert!(!document["hints"].to_string().contains(bad), "{hints:#?}");
    }
}

/// Asserts that a command says so before it waits, and again at the end.
#[track_caller]
fn assert_said_before_the_wait(run: &Run, standstill: &str, hint: &str) {
    let warning = format!("is {standstill}");
    assert!(run.stderr.contains(&warning), "{run:?}");
    assert!(run.stderr.contains(hint), "{run:?}");
    let document = run.json();
    assert_eq!(document["action"]["outcome"], "timed_out", "{document:#}");
    let hints = document["hints"].to_string();
    assert!(
        hints.contains(hint) && !hints.contains("--force"),
        "{hints}"
    );
}

#[test]
fn a_stopped_daemon_is_to_be_continued() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    proc::Pinned::open(daemon.pid()).unwrap().stop();
    let hint = format!("let it go on: kill -CONT {}", daemon.pid());
    assert_named(
        &probe(&world, &daemon),
        &daemon,
        "stopped by a signal",
        &hint,
    );
    let run = stop(&world, &daemon, &["shutdown", "--timeout", "1s"]);
    assert_said_before_the_wait(&run, "stopped by a signal", "kill -CONT");
    // Its SIGTERM waits for it.
    daemon.signal(Signal::SIGCONT);
    assert!(daemon.wait().success());
}

#[test]
fn force_ends_a_stopped_daemon() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    proc::Pinned::open(daemon.pid()).unwrap().stop();
    let run = stop(&world, &daemon, &["shutdown", "--force", "--timeout", "1s"]);
    assert_eq!(run.json()["action"]["outcome"], "killed", "{run:?}");
}

#[test]
fn a_daemon_that_runs_is_not_called_stopped() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    std::fs::remove_file(daemon.socket()).unwrap();
    let document =
        world
            .probe(daemon.record())
            .assert_verdict(6, "unresponsive", Some("endpoint_missing"));
    assert_eq!(check(&document, "pid")["detail"], Value::Null);
    assert!(document["summary"].as_str().unwrap().contains("runs, but"));
}

/// A debugger that stops the daemon and keeps it so, until its input ends.
const DEBUGGER: &str = r"
import ctypes, os, sys
ptrace = ctypes.CDLL(None, use_errno=True).ptrace
ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
pid = int(sys.argv[1])
assert ptrace(16, pid, None, None) == 0, ctypes.get_errno()
os.waitpid(pid, 0x40000000)
sys.stdin.read()
";

#[test]
fn a_traced_daemon_is_that_of_its_debugger() {
    if !is_installed("python3") {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let pid = daemon.pid();
    let mut debugger = world.command("python3");
    debugger
        .args(["-c", DEBUGGER, &pid.to_string()])
        .stdin(std::process::Stdio::piped());
    let debugger = KillOnDrop(debugger.spawn().unwrap());
    wait_until(|| proc::stat(pid)[0] == "t");
    let named = format!("stopped by a debugger, PID {}", debugger.0.id());
    let hint = "let the debugger go on or detach";
    assert_named(&probe(&world, &daemon), &daemon, &named, hint);
    let run = stop(&world, &daemon, &["shutdown", "--timeout", "1s"]);
    assert_said_before_the_wait(&run, &named, hint);
    let run = stop(&world, &daemon, &["kill"]);
    assert_eq!(run.json()["action"]["outcome"], "killed", "{run:?}");
    assert!(!run.stderr.contains("is stopped"), "{run:?}");
}

/// A cgroup of this test; thawed and removed with this value.
struct Cgroup {
    directory: PathBuf,
    /// The file that freezes it, and what freezes and thaws it.
    control: [&'static str; 3],
}

impl Cgroup {
    /// A cgroup of version 1, unless there is no freezer.
    fn v1(name: &str) -> Option<Self> {
        let control = ["freezer.state", "FROZEN", "THAWED"];
        Self::create("cgroup", "freezer", name, control)
    }

    fn v2(name: &str) -> Option<Self> {
        Self::create("cgroup2", "", name, ["cgroup.freeze", "1", "0"])
    }

    fn create(
        file_system: &str,
        option: &str,
        name: &str,
        control: [&'static str; 3],
    ) -> Option<Self> {
        if !is_root() {
            return None;
        }
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
        let point = mounts.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(' ').collect();
            let is_it = fields[2] == file_system
                && (option.is_empty() || fields[3].split(',').any(|one| one == option));
            is_it.then(|| PathBuf::from(fields[1]))
        });
        let Some(point) = point else {
            skipped(&format!("no {file_system} {option} is mounted"));
            return None;
        };
        let name = format!("rpctl-test-{}-{name}", std::process::id());
        let directory = point.join(name);
        std::fs::create_dir(&directory).unwrap();
        Some(Self { directory, control })
    }

    fn below(&self, name: &str) -> Self {
        let directory = self.directory.join(name);
        std::fs::create_dir(&directory).unwrap();
        Self {
            directory,
            control: self.control,
        }
    }

    fn add(&self, daemon: &Daemon) {
        let pid = daemon.pid().to_string();
        std::fs::write(self.directory.join("cgroup.procs"), pid).unwrap();
    }

    fn control(&self) -> PathBuf {
        self.directory.join(self.control[0])
    }

    fn freeze(&self) {
        let [_, frozen, _] = self.control;
        std::fs::write(self.control(), frozen).unwrap();
        wait_until(|| match frozen {
            "FROZEN" => read(&self.control()).trim() == frozen,
            _ => read(&self.directory.join("cgroup.events")).contains("frozen 1"),
        });
    }

    fn thaw(&self) {
        std::fs::write(self.control(), self.control[2]).unwrap();
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        self.thaw();
        let procs = self.directory.join("cgroup.procs");
        for pid in read(&procs).lines() {
            if let Some(process) = proc::Pinned::open(pid.parse().unwrap()) {
                process.kill();
            }
        }
        wait_until(|| std::fs::remove_dir(&self.directory).is_ok());
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn a_daemon_frozen_by_cgroup_v1_is_to_be_thawed() {
    let world = World::new();
    let Some(cgroup) = Cgroup::v1("plain") else {
        return;
    };
    let mut daemon = Daemon::start(&world);
    cgroup.add(&daemon);
    cgroup.freeze();
    let control = cgroup.control().display().to_string();
    let hint = format!("thaw it: echo THAWED > {control}");
    let named = format!("frozen by {control}");
    assert_named(&probe(&world, &daemon), &daemon, &named, &hint);
    for command in ["shutdown", "kill"] {
        let run = stop(&world, &daemon, &[command, "--timeout", "1s"]);
        assert_said_before_the_wait(&run, &named, &hint);
    }
    cgroup.thaw();
    daemon.wait();
}

#[test]
fn a_daemon_frozen_by_cgroup_v2_is_to_be_thawed() {
    let world = World::new();
    let Some(cgroup) = Cgroup::v2("plain") else {
        return;
    };
    let mut daemon = Daemon::start(&world);
    cgroup.add(&daemon);
    cgroup.freeze();
    let control = cgroup.control().display().to_string();
    let hint = format!("thaw it: echo 0 > {control}");
    let named = format!("frozen by {control}");
    assert_named(&probe(&world, &daemon), &daemon, &named, &hint);
    let run = stop(&world, &daemon, &["shutdown", "--timeout", "1s"]);
    assert_said_before_the_wait(&run, &named, &hint);
    cgroup.thaw();
    assert!(daemon.wait().success());
}

#[test]
fn sigkill_ends_a_daemon_frozen_by_cgroup_v2() {
    let world = World::new();
    let Some(cgroup) = Cgroup::v2("killed") else {
        return;
    };
    let daemon = Daemon::start(&world);
    cgroup.add(&daemon);
    cgroup.freeze();
    let run = stop(&world, &daemon, &["kill"]);
    assert_eq!(run.json()["action"]["outcome"], "killed", "{run:?}");
    assert!(!run.stderr.contains("frozen"), "{run:?}");
}

#[test]
fn the_cgroup_above_that_is_frozen_is_the_one_to_thaw() {
    for create in [Cgroup::v1, Cgroup::v2] {
        let world = World::new();
        let Some(above) = create("above") else {
            return;
        };
        let below = above.below("b c");
        let daemon = Daemon::start(&world);
        below.add(&daemon);
        above.freeze();
        let control = above.control().display().to_string();
        let named = format!("frozen by {control}");
        assert_named(&probe(&world, &daemon), &daemon, &named, "thaw it: ");
        above.thaw();
        wait_until(|| {
            let record = daemon.record().to_str().unwrap();
            world.rpctl(["probe", "--json", record]).code == Some(0)
        });
    }
}
