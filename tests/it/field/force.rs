//! What changes between SIGTERM and SIGKILL, or lives on after the daemon.

use std::path::{Path, PathBuf};

use rpctl::Probe;
use rpctl::control::{SendError, SendOutcome, Signal, Trust};
use serde_json::Value;

use crate::support::{Run, Script, World, identity_of, is_installed, proc, wait_until};

fn shutdown(world: &World, record: &Path, options: &[&str]) -> Run {
    let record = record.to_str().unwrap();
    world.rpctl([&["shutdown", "--json"], options, &[record]].concat())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A script that becomes another program, which ignores SIGTERM, when it is to terminate.
fn turning(world: &World, into: &str) -> Script {
    Script::start(
        world,
        &format!("trap \"trap '' TERM; exec {into}\" TERM; echo up; while :; do sleep 0.01; done"),
    )
}

#[test]
fn a_daemon_that_became_another_program_is_not_killed() {
    for into in ["sleep 1000", "tail -f /dev/null"] {
        let world = World::new();
        let mut daemon = turning(&world, into);
        let run = shutdown(&world, &daemon.record, &["--force", "--timeout", "2s"]);
        let document = run.json();
        assert_eq!(run.code, Some(7), "{into}: {document:#}");
        assert_eq!(document["action"]["outcome"], "timed_out");
        let summary = text(&document["summary"]);
        assert!(summary.contains("was not killed"), "{summary}");
        assert!(
            summary.contains("another program than recorded"),
            "{summary}"
        );
        assert!(
            !document["hints"].to_string().contains("--force"),
            "{document:#}"
        );
        assert!(daemon.is_running());
    }
}

/// An upgrade in place: the process and the path are the same, and the file is not.
#[test]
fn a_daemon_that_upgraded_itself_is_not_killed() {
    let world = World::new();
    let program = world.path("daemon");
    let copied = std::process::Command::new("cp")
        .args(["--dereference", "/bin/sh"])
        .arg(&program)
        .status();
    assert!(copied.unwrap().success());
    let daemon = program.to_str().unwrap().to_owned();
    let upgrade = format!(
        "exec {daemon} -c 'trap \"\" TERM; echo up; trap \"trap \\\"\\\" TERM; \
         cp $1 {daemon}.new; mv {daemon}.new {daemon}; exec {daemon} spawn-self --foreground \
         --record {daemon}.pb --endpoint {daemon}.sock\" USR1; while :; do sleep 0.01; done' sh $1"
    );
    let script = Script::start(&world, &upgrade);
    let record = world.sidecar(
        "d.json",
        &identity_of(script.identity.pid, &world.endpoint("s")),
    );
    let report = Probe::from_record(&rpctl::record::load(&record).unwrap()).run();
    let mut grant = report.into_grant(Signal::Term, Trust::Required).unwrap();
    assert_eq!(grant.send().unwrap(), SendOutcome::Delivered);
    let pid = nix::unistd::Pid::from_raw(script.identity.pid.try_into().unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGUSR1).unwrap();
    wait_until(|| world.path("daemon.pb").exists());
    let error = grant.escalate().unwrap_err();
    assert!(matches!(error, SendError::Changed { .. }), "{error}");
    let message = error.to_string();
    assert!(message.contains("another build"), "{message}");
    drop(script);
}

/// The program is the recorded one, so that the process is.
#[test]
fn a_daemon_that_executed_itself_again_is_killed() {
    for shell in ["sh", "sh2"] {
        let world = World::new();
        let copy = world.path("sh2");
        std::fs::copy(PathBuf::from("/bin/sh").canonicalize().unwrap(), &copy).unwrap();
        let shell = if shell == "sh" {
            "/bin/sh"
        } else {
            copy.to_str().unwrap()
        };
        let into = format!("{shell} -c 'echo again; while :; do sleep 0.01; done'");
        let script = format!(
            "trap \"trap '' TERM; exec {}\" TERM; echo up; while :; do sleep 0.01; done",
            into.replace('\'', "\\\"")
        );
        let mut daemon = Script::start(&world, &script);
        let run = shutdown(&world, &daemon.record, &["--force", "--timeout", "2s"]);
        assert_eq!(run.code, Some(0), "{:#}", run.json());
        assert_eq!(run.json()["action"]["outcome"], "killed");
        assert_eq!(daemon.signal(), Some(9));
    }
}

/// A script in Python that listens at `$1` and forks a child which inherits the listener.
const FORKING: &str = r#"
import os, signal, socket, sys, time
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
def end(*_):
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        print(os.getpid(), flush=True)
        while True:
            listener.accept()[0].close()
    os._exit(0)
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
while True:
    time.sleep(1000)
"#;

#[test]
fn a_socket_that_a_child_serves_on_is_not_called_free() {
    if !is_installed("python3") {
        return;
    }
    let world = World::new();
    std::fs::write(world.path("forking.py"), FORKING).unwrap();
    let script = "exec python3 forking.py script.sock";
    let mut daemon = Script::start(&world, script);
    let record = world.sidecar(
        "python.json",
        &identity_of(daemon.identity.pid, &world.endpoint("script.sock")),
    );
    let run = shutdown(
        &world,
        &record,
        &["--timeout", "1s", "--probe-timeout", "200ms"],
    );
    let document = run.json();
    let child: i32 = daemon.line().parse().unwrap();
    assert_eq!(
        document["action"]["outcome"], "still_served",
        "{document:#}"
    );
    assert_eq!(run.code, Some(7));
    let summary = text(&document["summary"]);
    let served = format!("script.sock is still served by PID {child} (");
    assert!(summary.contains(&served), "{summary}");
    assert!(world.path("script.sock").exists());
    let child = nix::unistd::Pid::from_raw(child);
    nix::sys::signal::kill(child, nix::sys::signal::Signal::SIGKILL).unwrap();
}

/// A daemon of several processes, whose first one ends at SIGTERM without the others.
const PREFORKING: &str = r#"
import os, signal, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
os.write(1, b"up\n")
workers = []
for _ in range(2):
    pid = os.fork()
    if pid == 0:
        os.setsid()
        while True:
            listener.accept()[0].close()
    workers.append(pid)
print(*workers, flush=True)
signal.pause()
"#;

#[test]
fn workers_that_outlive_their_daemon_are_named_not_signalled() {
    if !is_installed("python3") {
        return;
    }
    for (command, options) in [
        ("shutdown", &["--timeout", "300ms"][..]),
        ("shutdown", &["--timeout", "300ms", "--remove-record"]),
        ("kill", &["--timeout", "300ms"]),
    ] {
        let world = World::new();
        let mut python = world.command("python3");
        python.args(["-c", PREFORKING, "s"]);
        let mut daemon = Script::start_command(&world, python, &world.endpoint("s"));
        let numbers = daemon.line();
        let workers: Vec<u32> = numbers.split(' ').map(|pid| pid.parse().unwrap()).collect();
        let pinned: Vec<_> = workers
            .iter()
            .map(|pid| proc::Pinned::open(*pid).unwrap())
            .collect();
        let record = daemon.record.clone();
        let path = record.to_str().unwrap();
        let common = ["--json", "--probe-timeout", "200ms", path];
        let run = world.rpctl([&[command], options, &common].concat());
        let document = run.json();
        assert_eq!(run.code, Some(7), "{document:#}");
        assert!(daemon.signal().is_some());
        let summary = text(&document["summary"]);
        assert!(summary.contains("/s is still served"), "{document:#}");
        // The socket is that of the workers now.
        assert!(world.path("s").exists());
        for (worker, pinned) in workers.into_iter().zip(pinned) {
            assert_eq!(proc::stat(worker)[0], "S");
            pinned.kill();
        }
    }
}
