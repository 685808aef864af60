//! Daemons of several processes: the recorded one, its workers, and its supervisor.

use std::io::{BufRead, BufReader, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;
use rpctl::DaemonProcess;
use serde_json::Value;

use crate::support::proc::Pinned;
use crate::support::{
    Daemon, Family, KillOnDrop, Role, Script, World, before_start_ms, check, is_installed, is_root,
    role, this_process,
};

fn peer<'a>(document: &'a Value, field: &str) -> &'a str {
    check(document, "peer")[field].as_str().unwrap()
}

fn start(world: &World, plan: &str) -> Family {
    Family::start(world.path("s").to_str().unwrap(), plan)
}

/// Probes the record of a family, and asserts what `shutdown` would do.
#[track_caller]
fn probe(
    world: &World,
    family: &Family,
    (code, verdict, reason): (i32, &str, Option<&str>),
) -> Value {
    let record = world.sidecar("s.json", &family.identity);
    let document = world.probe(&record).assert_verdict(code, verdict, reason);
    let record = record.to_str().unwrap();
    let shutdown = world.rpctl(["shutdown", "--dry-run", "--quiet", record]);
    assert_eq!(shutdown.code, Some(code), "{shutdown:?}");
    document
}

const VERIFIED: (i32, &str, Option<&str>) = (0, "verified", None);

#[test]
fn a_worker_of_the_recorded_process_is_named_and_verified() {
    let mut plans = vec!["worker", "listens_again"];
    if is_root() {
        plans.push("dropped");
    }
    for plan in plans {
        let world = World::new();
        let family = start(&world, plan);
        let document = probe(&world, &family, VERIFIED);
        let (recorded, worker) = (family.identity.pid, family.server());
        let actual = peer(&document, "actual");
        assert!(actual.starts_with(&format!("PID {worker} (")), "{actual}");
        assert_eq!(actual.ends_with("user nobody)"), plan == "dropped");
        assert_eq!(
            peer(&document, "detail"),
            format!("PID {recorded} holds the listener, and its descendant PID {worker} accepted")
        );
    }
}

/// A worker can be another program, so its answer proves nothing about a process whose
/// number may have been reused.
#[test]
fn an_answer_of_a_worker_does_not_outweigh_a_late_start() {
    for plan in ["worker", "handed_down"] {
        let world = World::new();
        let mut family = start(&world, plan);
        family.identity.started_at_unix_ms = before_start_ms(family.identity.pid);
        let record = world.sidecar("s.json", &family.identity);
        let document = world.probe(&record);
        let document = document.assert_verdict(4, "indeterminate", Some("younger_process"));
        assert_eq!(check(&document, "start_time")["outcome"], "warn");
        for command in ["kill", "shutdown"] {
            let run = world.rpctl([command, "--dry-run", "-q", record.to_str().unwrap()]);
            assert_eq!(run.code, Some(4), "{plan} {command}: {run:?}");
        }
    }
}

#[test]
fn a_worker_on_the_listener_of_a_supervisor_is_verified() {
    let world = World::new();
    let path = world.path("s");
    let listener = UnixListener::bind(&path).unwrap();
    let arguments = [path.to_str().unwrap(), "activated"];
    let mut command = role(Role::ServeAsFamily, arguments);
    let family = Family::start_by(command.stdin(OwnedFd::from(listener)));
    drop(command);
    let document = probe(&world, &family, VERIFIED);
    let supervisor = format!("the listener was created by PID {} (", std::process::id());
    let detail = peer(&document, "detail");
    assert!(detail.contains(&supervisor), "{detail}");
}

#[test]
fn a_listener_that_only_a_descendant_holds_is_a_warning() {
    let world = World::new();
    let family = start(&world, "handed_down");
    let document = probe(&world, &family, (0, "verified", Some("warnings")));
    assert_eq!(check(&document, "peer")["outcome"], "warn");
    let says = "does not hold the listener";
    assert!(peer(&document, "detail").contains(says), "{document:#}");
}

#[test]
fn a_listener_of_another_users_descendant_proves_nothing() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let family = start(&world, "handed_down_dropped");
    let document = probe(
        &world,
        &family,
        (4, "indeterminate", Some("peer_unresolved")),
    );
    assert_eq!(check(&document, "peer")["outcome"], "unknown");
}

#[test]
fn a_hung_worker_leaves_the_recorded_process_proven() {
    for plan in ["worker", "listens_again", "forked"] {
        let world = World::new();
        let family = start(&world, plan);
        family.stop_server();
        let record = world.sidecar("s.json", &family.identity);
        let record = record.to_str().unwrap();
        let run = world.rpctl(["probe", "--json", "--timeout", "300ms", record]);
        let document = run.assert_verdict(6, "unresponsive", Some("endpoint_silent"));
        assert_eq!(check(&document, "peer")["outcome"], "pass", "{document:#}");
        let stop = ["shutdown", "--dry-run", "--quiet", "--probe-timeout"];
        let run = world.rpctl(stop.into_iter().chain(["300ms", record]));
        assert_eq!(run.code, Some(0), "{plan}: {run:?}");
    }
}

/// The answer of a worker proves less than one of the process itself, so that the worker has
/// to be seen before it can answer.
#[test]
fn no_challenge_is_sent_before_one_of_a_family_has_accepted() {
    let world = World::new();
    let _child = KillOnDrop(Command::new("sleep").arg("1000").spawn().unwrap());
    let listener = UnixListener::bind(world.path("s")).unwrap();
    let record = world.sidecar("s.json", &this_process(&world.endpoint("s")));
    let record = record.to_str().unwrap();
    world
        .rpctl(["probe", "--json", "--timeout", "300ms", record])
        .assert_verdict(6, "unresponsive", Some("endpoint_silent"));
    let mut sent = Vec::new();
    listener.accept().unwrap().0.read_to_end(&mut sent).unwrap();
    assert!(sent.is_empty(), "{sent:?}");
}

#[test]
fn a_dead_creator_of_the_listener_is_named_as_gone() {
    let world = World::new();
    let mut family = start(&world, "forked");
    let creator = family.wait_for_first();
    let document = probe(&world, &family, VERIFIED);
    assert_eq!(
        peer(&document, "actual"),
        format!("PID {}", family.identity.pid)
    );
    assert_eq!(
        peer(&document, "detail"),
        format!("the listener was created by PID {creator} (gone)")
    );
}

/// It forks once more after it has recorded itself.
#[test]
fn a_daemon_that_records_itself_too_early_is_superseded() {
    let world = World::new();
    let mut family = start(&world, "recorded_early");
    let recorded = family.wait_for_first();
    assert_eq!(family.identity.pid, recorded);
    let record = world.sidecar("s.json", &family.identity);
    let document = world
        .probe(&record)
        .assert_verdict(5, "mismatch", Some("superseded"));
    let (path, server) = (&family.identity.ipc_endpoint.path, family.server());
    let summary = document["summary"].as_str().unwrap();
    let served = format!("{path} is served by another instance, PID {server} (");
    assert!(summary.contains(&served), "{summary}");
    assert_eq!(
        peer(&document, "detail"),
        format!(
            "PID {recorded} is gone, and another process holds the socket; it is served by the \
             same program"
        )
    );
    let hints = document["hints"].to_string();
    assert!(
        hints.contains("restarted") && !hints.contains("stop"),
        "{hints}"
    );
}

/// A daemon of the old kind: it writes its number down, forks twice, and does not answer.
const DAEMONIZING: &str = r#"
import os, signal, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
os.write(1, b"recorded\n")
sys.stdin.readline()
if os.fork():
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
print(os.getpid(), flush=True)
signal.pause()
"#;

#[test]
fn a_daemon_that_recorded_itself_and_forked_twice_is_superseded() {
    if !is_installed("python3") {
        return;
    }
    let world = World::new();
    let mut command = world.command("python3");
    command.args(["-c", DAEMONIZING, "s"]).stdin(Stdio::piped());
    let mut recorded = Script::start_command(&world, command, &world.endpoint("s"));
    recorded.go();
    let server: u32 = recorded.line().parse().unwrap();
    let served = Pinned::open(server).unwrap();
    let number = recorded.identity.pid;
    recorded.status();
    let record = recorded.record.to_str().unwrap();
    let document = world
        .rpctl(["probe", "--json", "--timeout", "1s", record])
        .assert_verdict(5, "mismatch", Some("superseded"));
    let summary = document["summary"].as_str().unwrap();
    assert!(summary.contains(&format!("PID {server} (")), "{summary}");
    assert!(
        summary.ends_with(&format!("in place of PID {number}")),
        "{summary}"
    );
    let hints = document["hints"].to_string();
    assert!(
        !hints.contains("stop") && !hints.contains("kill"),
        "{hints}"
    );
    served.kill();
}

/// A launcher that binds the socket `$1`, starts the command after it with the listener as
/// standard input, and ends.
const LAUNCHER: &str = r"
import socket, subprocess, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
subprocess.Popen(sys.argv[2:], stdin=listener)
";

#[test]
fn a_launcher_that_has_ended_is_named_as_the_dead_creator() {
    if !is_installed("python3") {
        return;
    }
    let world = World::new();
    let path = world.path("s");
    let inner = role(Role::ServeHanded, [&path]);
    let mut command = Command::new("python3");
    command
        .args(["-c", LAUNCHER])
        .arg(&path)
        .arg(inner.get_program())
        .args(inner.get_args());
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap());
    }
    let mut launcher = command.stdout(Stdio::piped()).spawn().unwrap();
    let identity = BufReader::new(launcher.stdout.take().unwrap())
        .lines()
        .find_map(|line| serde_json::from_str::<DaemonProcess>(&line.unwrap()).ok())
        .unwrap();
    let server = Pinned::open(identity.pid).unwrap();
    launcher.wait().unwrap();
    let record = world.sidecar("s.json", &identity);
    let run = world.probe(&record);
    server.kill();
    let document = run.assert_verdict(0, "verified", None);
    assert_eq!(peer(&document, "actual"), format!("PID {}", identity.pid));
    let creator = format!("the listener was created by PID {} (gone)", launcher.id());
    assert_eq!(peer(&document, "detail"), creator);
}

#[test]
fn a_restarted_daemon_that_hangs_is_no_stranger() {
    let world = World::new();
    let (kept, new) = Daemon::restarted(&world);
    new.signal(Signal::SIGSTOP);
    let kept = kept.to_str().unwrap();
    let document = world
        .rpctl(["probe", "--json", "--timeout", "1s", kept])
        .assert_verdict(5, "mismatch", Some("superseded"));
    let actual = peer(&document, "actual");
    assert!(
        actual.starts_with(&format!("PID {} (", new.pid())),
        "{actual}"
    );
}

#[test]
fn no_process_is_advised_against_that_may_be_the_daemon() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    daemon.kill();
    std::fs::remove_file(daemon.socket()).unwrap();
    // This process is of the same user, and another program.
    let _listener = UnixListener::bind(daemon.socket()).unwrap();
    let record = daemon.record().to_str().unwrap();
    let document = world
        .rpctl(["probe", "--json", "--timeout", "1s", record])
        .assert_verdict(5, "mismatch", Some("squatted"));
    let hints = document["hints"].to_string();
    assert!(
        !hints.contains("stop") && !hints.contains("kill"),
        "{hints}"
    );
    let actual = peer(&document, "actual");
    assert!(
        actual.starts_with(&format!("PID {} (", std::process::id())),
        "{actual}"
    );
}
