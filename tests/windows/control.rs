//! Ending exactly the right process, and no other.

use rpctl::control::{ExitStatus, Signal, Trust};
use rpctl::{Probe, record};

use crate::role::Daemon;
use crate::support::World;

fn text(path: &std::path::Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn kill_ends_the_recorded_process() {
    let world = World::new();
    let (mut daemon, other_world) = (Daemon::start(&world), World::new());
    let mut other = Daemon::start(&other_world);
    let run = world.rpctl(&["kill", "--json", text(&daemon.record)]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(daemon.ended().code(), Some(1));
    assert!(other.is_alive());
    let gone = world.probe(&daemon.record);
    gone.assert_verdict(3, "not_running", Some("process_exited"));
}

#[test]
fn kill_refuses_a_process_of_another_program() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let record = world.edited(&daemon.record, |record| {
        record["legacy_exe_sha256"] = vec![7; 32].into();
        record["exe_hash"] = vec![7; 32].into();
    });
    let run = world.rpctl(&["kill", "--json", text(&record)]);
    run.assert_refused("mismatch");
    assert!(daemon.is_alive());
}

#[test]
fn kill_spares_the_process_that_serves_in_place_of_another() {
    let world = World::new();
    let (mut recorded, mut serving) = (Daemon::exiting(&world, 0), Daemon::start(&world));
    let record = world.edited(&serving.record, |record| {
        record["pid"] = recorded.pid().into()
    });
    // The recorded process runs the recorded program, and may be ended.
    let run = world.rpctl(&["kill", "--json", text(&record)]);
    assert_eq!(run.json()["reason"], "superseded", "{run:?}");
    assert_eq!(recorded.ended().code(), Some(1));
    assert!(serving.is_alive());
}

#[test]
fn kill_spares_its_own_ancestor() {
    let world = World::new();
    let endpoint = rpctl::Endpoint {
        namespace_id: "test".to_owned(),
        path: world.pipe(),
    };
    let listener = rpctl::endpoint::Listener::bind(&endpoint).unwrap();
    let this = rpctl::DaemonProcess::current_process(endpoint, None).unwrap();
    let record = world.path("this.json");
    let content = record::Content::Daemon(this.to_proto());
    let (format, digests) = (record::Format::SidecarJson, record::DigestChoice::All);
    record::save(&record, &content, format, digests).unwrap();
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let stop = std::thread::spawn(move || receiver.recv().is_ok());
    let responder = rpctl::responder::ProbeResponder::new(this);
    let server = rpctl::responder::Server::new(listener, responder, Default::default());
    let serving = std::thread::spawn(move || server.run(&stop, None).unwrap());
    let run = world.rpctl(&["kill", "--json", text(&record)]);
    drop(sender);
    serving.join().unwrap();
    assert_ne!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("ancestor"), "{run:?}");
}

#[test]
fn an_exit_with_259_is_an_exit() {
    let world = World::new();
    let mut daemon = Daemon::exiting(&world, 259);
    let identity = rpctl::process::ProcessRecord::from_pid(daemon.pid()).unwrap();
    let process = identity.verify().unwrap();
    assert!(!process.wait(std::time::Duration::ZERO).unwrap());
    assert_eq!(daemon.end().code(), Some(259));
    assert!(process.wait(std::time::Duration::ZERO).unwrap());
    assert_eq!(process.exit_status(), Some(ExitStatus::Code(259)));
    assert!(identity.verify().is_err());
}

#[test]
fn a_grant_holds_the_process_that_was_proven() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let record = record::load(&daemon.record).unwrap();
    let report = Probe::from_record(&record)
        .timeout(std::time::Duration::from_secs(30))
        .run();
    let grant = report.into_grant(Signal::Kill, Trust::Required).unwrap();
    daemon.end();
    // The number may be that of another process by now, which is not ended.
    assert_eq!(grant.pid(), daemon.pid());
    assert!(grant.wait_exit(std::time::Duration::ZERO).unwrap());
    let outcome = grant.send().unwrap();
    assert_eq!(outcome, rpctl::control::SendOutcome::AlreadyGone);
}

#[test]
fn shutdown_of_a_daemon_that_cannot_be_asked_names_kill() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let run = world.rpctl(&["shutdown", "--json", text(&daemon.record)]);
    assert_ne!(run.code, Some(0), "{run:?}");
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(said.contains("kill"), "{said}");
    assert!(daemon.is_alive());
}
