//! A daemon that ends in order answers the clients it has accepted and removes its
//! files, and only its own.

use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use nix::sys::signal::Signal;
use rpctl::endpoint::Listener;
use rpctl::record;
use rpctl::responder::{Limits, ProbeResponder, Server, StopReason};
use rustix::process::Signal as StopSignal;

use super::{Fixture, RPCTL};
use crate::support::{Client, Daemon, World, ask, is_installed, large_request, this_process};

fn with_sidecar(world: &World) -> Daemon {
    Daemon::start_with(world, Path::new(RPCTL), |command| {
        command.arg("--sidecar").arg(world.path("sidecar.json"));
    })
}

const STOP_SIGNALS: [(Signal, StopSignal); 3] = [
    (Signal::SIGTERM, StopSignal::TERM),
    (Signal::SIGINT, StopSignal::INT),
    (Signal::SIGHUP, StopSignal::HUP),
];

#[test]
fn every_stop_signal_ends_the_daemon_with_0_and_its_files() {
    for (signal, _) in STOP_SIGNALS {
        let fixture = Fixture::new();
        let mut daemon = with_sidecar(&fixture);
        assert_eq!(fixture.files().len(), 3);
        daemon.signal(signal);
        assert_eq!(daemon.wait().code(), Some(0), "{signal}");
        assert!(
            fixture.files().is_empty(),
            "{signal}: {:?}",
            fixture.files()
        );
    }
}

#[test]
fn every_stop_signal_ends_a_detached_daemon_with_its_files() {
    for (_, signal) in STOP_SIGNALS {
        let fixture = Fixture::new();
        let sidecar = fixture.path("sidecar.json");
        let daemon = fixture.spawn(["--sidecar", sidecar.to_str().unwrap()]);
        assert_eq!(fixture.files().len(), 3);
        daemon.end(signal);
        assert!(
            fixture.files().is_empty(),
            "{signal:?}: {:?}",
            fixture.files()
        );
    }
}

#[test]
fn a_second_signal_does_not_cut_the_end_short() {
    let fixture = Fixture::new();
    let mut daemon = Daemon::start(&fixture);
    daemon.signal(Signal::SIGSTOP);
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGTERM] {
        daemon.signal(signal);
    }
    daemon.signal(Signal::SIGCONT);
    assert_eq!(daemon.wait().code(), Some(0));
    assert!(fixture.files().is_empty());
}

#[test]
fn a_daemon_under_nohup_outlives_a_hangup() {
    outlives(&["nohup"], Signal::SIGHUP);
}

/// As a shell starts it for `rpctl spawn-self --foreground &` in a script.
#[test]
fn a_daemon_in_the_background_of_a_script_outlives_an_interrupt() {
    outlives(
        &["sh", "-c", "trap '' INT; exec \"$@\"", "sh"],
        Signal::SIGINT,
    );
}

/// A daemon that another program starts is there after the signal.
#[track_caller]
fn outlives(starter: &[&str], signal: Signal) {
    if !is_installed(starter[0]) {
        return;
    }
    let world = World::new();
    let mut command = world.command(starter[0]);
    command.args(&starter[1..]).arg(RPCTL);
    let daemon = Daemon::start_by(&world, command, |_: &mut Command| {});
    daemon.signal(signal);
    // A server that stops still answers the connected clients, but only once.
    for _ in 0..2 {
        assert_eq!(ask(daemon.socket()).pid, daemon.pid());
    }
}

#[test]
fn an_idle_daemon_ends_by_itself_with_its_files() {
    let fixture = Fixture::new();
    let run = fixture.spawn_self(["--foreground", "--idle-timeout", "10ms"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(fixture.files().is_empty(), "{:?}", fixture.files());
}

#[test]
fn a_challenge_that_came_before_the_idle_end_is_answered() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let listener = Listener::bind(&identity.ipc_endpoint).unwrap();
    let mut client = Client::asking(&identity.ipc_endpoint.path);
    let (never, _open) = std::io::pipe().unwrap();
    let server = Server::new(
        listener,
        ProbeResponder::new(identity.clone()),
        Limits::default(),
    );
    let stopped = server.run(&never, Some(std::time::Duration::from_nanos(1)));
    assert_eq!(stopped.unwrap(), StopReason::Idle);
    assert_eq!(client.answer(), identity);
}

#[test]
fn a_challenge_that_came_before_the_signal_is_answered() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let mut early = Client::connect(daemon.socket());
    daemon.signal(Signal::SIGSTOP);
    early.send(&early.request());
    let mut late = Client::asking(daemon.socket());
    daemon.signal(Signal::SIGTERM);
    daemon.signal(Signal::SIGCONT);
    assert_eq!(early.answer().pid, daemon.pid());
    assert_eq!(late.answer().pid, daemon.pid());
    assert_eq!(daemon.wait().code(), Some(0));
}

#[test]
fn a_client_that_takes_no_answer_does_not_delay_the_end() {
    let fixture = Fixture::new();
    let mut daemon = Daemon::start(&fixture);
    let mut client = Client::connect(daemon.socket());
    let request = large_request(&client);
    let mut sent = 0;
    // Until neither side takes any more; each answer is a turn of the daemon.
    for _ in 0..100 {
        client.stuff(&request, &mut sent);
        assert_eq!(ask(daemon.socket()).pid, daemon.pid());
    }
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.wait().code(), Some(0));
    assert!(fixture.files().is_empty());
}

#[test]
fn a_record_that_another_writer_has_replaced_stays() {
    let world = World::new();
    let mut daemon = with_sidecar(&world);
    let mut other = daemon.identity.clone();
    other.started_at_unix_ms += 1;
    let taken = world.sidecar("sidecar.json", &other);
    std::fs::write(daemon.record(), "a note").unwrap();
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.wait().code(), Some(0));
    assert_eq!(record::load(&taken).unwrap().daemon(), Some(other));
    assert_eq!(std::fs::read(daemon.record()).unwrap(), b"a note");
}

#[test]
fn a_socket_that_another_process_has_bound_stays() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    std::fs::remove_file(daemon.socket()).unwrap();
    let _other = UnixListener::bind(daemon.socket()).unwrap();
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.wait().code(), Some(0));
    assert!(Path::new(daemon.socket()).exists());
}

#[test]
fn a_daemon_whose_directories_are_gone_ends_in_order() {
    let fixture = Fixture::new();
    let path = |name| fixture.path(name).to_str().unwrap().to_owned();
    let (manifest, socket) = (path("gone/m.json"), path("gone/s"));
    std::fs::create_dir(fixture.path("gone")).unwrap();
    let daemon = fixture.spawn(["--record", &manifest, "--endpoint", &socket]);
    std::fs::remove_dir_all(fixture.path("gone")).unwrap();
    daemon.end(StopSignal::TERM);
    assert!(fixture.files().is_empty());
}
