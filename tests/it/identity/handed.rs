//! Listeners created by one process and served by another.

use std::io::{BufRead, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::process::{Child, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use rpctl::DaemonProcess;
use rpctl::responder::ProbeResponder;

use crate::support::{Role, World, check, role};

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

impl Drop for Handed {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn a_daemon_that_serves_a_listener_of_its_supervisor_is_verified() {
    let world = World::new();
    let listener = UnixListener::bind(world.path("s")).unwrap();
    let handed = Handed::start(&world, listener);
    let document = world
        .probe(&world.sidecar("s.json", &handed.identity))
        .assert_verdict(0, "verified", None);
    let check = check(&document, "peer");
    let supervisor = std::process::id();
    assert!(
        check["actual"]
            .as_str()
            .unwrap()
            .starts_with(&format!("PID {supervisor}")),
        "{check:#}"
    );
    assert_eq!(
        check["detail"],
        format!(
            "PID {supervisor} created the listener and handed it to PID {}",
            handed.identity.pid
        )
    );
}

#[test]
fn a_supervisor_that_answers_itself_in_the_daemons_name_is_a_squatter() {
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
        .assert_verdict(5, "mismatch", Some("squatted"));
    assert_eq!(check(&document, "nonce")["outcome"], "pass");
    assert_eq!(check(&document, "peer")["outcome"], "fail");
}
