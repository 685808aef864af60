//! Listeners created by one process and served by another.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::socket::{getsockopt, sockopt};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use rpctl::protocol::ProbeRequest;
use rpctl::responder::ProbeResponder;
use rpctl::{DaemonProcess, Outcome, Probe, Reason, Verdict};
use rustix::event::{PollFd, PollFlags, poll};

use crate::support::{Daemon, Role, Run, World, check, proc, read_request, role};

/// A child that serves the listener it was handed on its standard input.
struct Handed {
    child: Child,
    identity: DaemonProcess,
}

impl Handed {
    fn start(world: &World, listener: UnixListener) -> Self {
        let path = world.path("s");
        let mut child = role(Role::ServeHanded, [path])
            .stdin(OwnedFd::from(listener))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let identity = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .find_map(|line| serde_json::from_str(&line.unwrap()).ok())
            .unwrap();
        Self { child, identity }
    }

    /// Stop the child, so that it accepts nothing.
    fn stop(&self) {
        let pid = Pid::from_raw(self.child.id().try_into().unwrap());
        kill(pid, Signal::SIGSTOP).unwrap();
        waitpid(pid, Some(WaitPidFlag::WUNTRACED)).unwrap();
    }
}

fn probe_within(world: &World, record: &Path, budget: &str) -> Run {
    let options = ["probe", "--json", "--timeout", budget].map(OsStr::new);
    world.rpctl(options.into_iter().chain([record.as_os_str()]))
}

impl Drop for Handed {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn a_daemon_on_its_supervisors_listener_is_verified() {
    let world = World::new();
    let listener = UnixListener::bind(world.path("s")).unwrap();
    let handed = Handed::start(&world, listener);
    let document = world
        .probe(&world.sidecar("s.json", &handed.identity))
        .assert_verdict(0, "verified", None);
    let check = check(&document, "peer");
    assert_eq!(check["actual"], format!("PID {}", handed.identity.pid));
    let detail = check["detail"].as_str().unwrap();
    let supervisor = std::process::id();
    let created = format!("the listener was created by PID {supervisor} (");
    assert!(detail.starts_with(&created), "{detail}");
}

#[test]
fn a_supervisor_that_answers_for_the_daemon_proves_nothing() {
    let world = World::new();
    let listener = UnixListener::bind(world.path("s")).unwrap();
    let kept = listener.try_clone().unwrap();
    // The daemon holds the listener, but the supervisor takes the connection.
    let handed = Handed::start(&world, listener);
    handed.stop();
    let responder = ProbeResponder::new(handed.identity.clone());
    std::thread::spawn(move || {
        while let Ok((stream, _)) = kept.accept() {
            let _ = responder.serve(&stream);
            // Kept open until the client has looked.
            std::io::copy(&mut &stream, &mut std::io::sink()).unwrap();
        }
    });
    let document = world
        .probe(&world.sidecar("s.json", &handed.identity))
        .assert_verdict(4, "indeterminate", Some("peer_unresolved"));
    assert_eq!(check(&document, "nonce")["outcome"], "pass");
    assert_eq!(check(&document, "peer")["outcome"], "unknown");
}

#[test]
fn a_daemon_that_accepts_nothing_is_unresponsive() {
    let world = World::new();
    let listener = UnixListener::bind(world.path("s")).unwrap();
    let handed = Handed::start(&world, listener);
    handed.stop();
    let record = world.sidecar("s.json", &handed.identity);
    let run = probe_within(&world, &record, "1s");
    let document = run.assert_verdict(6, "unresponsive", Some("endpoint_silent"));
    assert_eq!(check(&document, "peer")["outcome"], "pass");
}

/// A daemon whose socket has been moved aside, and a listener in its place.
struct Displaced<'a> {
    world: &'a World,
    daemon: Daemon,
    stranger: UnixListener,
}

impl<'a> Displaced<'a> {
    fn new(world: &'a World) -> Self {
        let daemon = Daemon::start(world);
        std::fs::rename(daemon.socket(), world.path("aside")).unwrap();
        let stranger = UnixListener::bind(daemon.socket()).unwrap();
        Self {
            world,
            daemon,
            stranger,
        }
    }

    /// Put the daemon's own socket back at its path.
    fn put_back(&self) {
        std::fs::rename(self.world.path("aside"), self.daemon.socket()).unwrap();
    }
}

/// The stranger stops its client for as long as it takes to cover all traces, so
/// that everything the client sees after the answer speaks for the daemon.
#[test]
fn a_stranger_that_answers_and_restores_the_socket_is_seen() {
    let world = World::new();
    let displaced = Displaced::new(&world);
    let answerer = displaced.daemon.identity.clone();
    let run = std::thread::scope(|scope| {
        scope.spawn(|| {
            let (mut stream, _) = displaced.stranger.accept().unwrap();
            let request = ProbeRequest::from_body(&read_request(&stream).unwrap()).unwrap();
            let client = getsockopt(&stream, sockopt::PeerCredentials).unwrap().pid();
            let client = proc::Pinned::open(client.try_into().unwrap()).unwrap();
            client.stop();
            stream.write_all(&request.answer(&answerer)).unwrap();
            drop(stream);
            displaced.put_back();
            client.signal(rustix::process::Signal::CONT);
        });
        probe_within(&world, displaced.daemon.record(), "1m")
    });
    let document = run.assert_verdict(5, "mismatch", Some("squatted"));
    assert_eq!(check(&document, "nonce")["outcome"], "pass");
    assert_eq!(check(&document, "peer")["outcome"], "fail");
}

#[test]
fn a_silent_stranger_that_restores_the_socket_is_seen() {
    let world = World::new();
    let displaced = Displaced::new(&world);
    let report = std::thread::scope(|scope| {
        scope.spawn(|| {
            poll(&mut [PollFd::new(&displaced.stranger, PollFlags::IN)], None).unwrap();
            displaced.put_back();
        });
        let probe = Probe::new(&displaced.daemon.identity);
        probe
            .timeout(Duration::from_millis(500))
            .run()
            .into_report()
    });
    let peer = report.check(rpctl::CheckId::Peer).unwrap();
    assert_eq!(peer.outcome, Outcome::Fail, "{report:#?}");
    let found = (report.verdict, report.reason);
    assert_eq!(found, (Verdict::Mismatch, Some(Reason::Squatted)));
}
