//! Handles hold no connection, and make new ones to the verified process only.

use std::io::{Read, Write};
use std::time::Duration;

use futures_lite::future::block_on;
use rpctl::protocol::Challenge;
use rpctl::responder::ProbeResponder;
use rpctl::{
    BackendHandle, BackendHandleError, Connection, DaemonProcess, Probe, Verdict, VerifyPidError,
};

use super::lifecycle::{LONG, handle_on};
use crate::support::{Daemon, TestServer, World, misbehaving, this_process};

/// Serves one client at a time, each until it leaves.
fn serve_one_at_a_time(identity: &DaemonProcess) {
    let responder = ProbeResponder::new(identity.clone());
    misbehaving(&identity.ipc_endpoint, move |stream| {
        while responder.serve(&stream).is_ok() {}
    });
}

/// Exchanges one challenge over a connection. Returns the PID in the answer.
fn challenge_over(connection: Connection) -> u32 {
    let mut stream = connection.into_inner();
    let challenge = Challenge::fresh().unwrap();
    stream.write_all(&challenge.request()).unwrap();
    let mut header = [0; 5];
    stream.read_exact(&mut header).unwrap();
    let length = u32::from_le_bytes(header[1..].try_into().unwrap());
    let mut body = vec![0; length.try_into().unwrap()];
    stream.read_exact(&mut body).unwrap();
    challenge.read_answer(&body).unwrap().pid
}

#[test]
fn a_handle_leaves_a_one_client_daemon_free_for_others() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    serve_one_at_a_time(&identity);
    let handle = BackendHandle::probe(&identity.ipc_endpoint, &identity).unwrap();
    let second = Probe::new(&identity).timeout(LONG).run();
    assert_eq!(second.report().verdict, Verdict::Verified);
    // Reports hold no connection either.
    for connection in [block_on(handle.connect()), handle.connect_blocking()] {
        assert_eq!(challenge_over(connection.unwrap()), identity.pid);
    }
    assert!(handle.is_alive());
}

#[test]
fn two_records_of_a_one_client_daemon_are_both_verified() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    serve_one_at_a_time(&identity);
    let probe = || Probe::new(&identity).timeout(Duration::from_secs(30));
    let reports = Probe::run_all(vec![probe(), probe()]);
    for report in reports {
        let report = report.report();
        assert_eq!(report.verdict, Verdict::Verified, "{}", report.summary);
    }
}

/// No command keeps the daemon from the next one: each would wait for its turn in vain.
#[test]
fn every_command_leaves_a_one_client_daemon_free_for_others() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    serve_one_at_a_time(&identity);
    std::fs::create_dir(world.path("registry")).unwrap();
    for name in ["registry/a.pb", "registry/b.pb"] {
        world.manifest(name, &identity, |_| ());
    }
    let record = world.path("registry/a.pb");
    let record = record.to_str().unwrap();
    let commands: [&[&str]; 5] = [
        &["probe", "--quiet", "--all"],
        &["list", "--quiet"],
        &["prune", "--quiet"],
        &["probe", "--quiet", "--wait", "30s", record],
        &["probe", "--quiet", record, record],
    ];
    for command in commands.iter().chain(&commands) {
        let run = world.rpctl(*command);
        assert_eq!(run.code, Some(0), "{command:?}: {run:?}");
    }
    // The daemon is an ancestor of the program, and refused after its answer.
    let run = world.rpctl(["shutdown", "--quiet", record]);
    assert_eq!(run.code, Some(9), "{run:?}");
    assert_eq!(world.rpctl(["probe", "--quiet", record]).code, Some(0));
}

#[test]
fn a_connection_is_kept_for_a_caller_that_asks_for_it() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    serve_one_at_a_time(&identity);
    let mut report = Probe::new(&identity).keep_connection().timeout(LONG).run();
    let connection = report.take_connection().unwrap();
    assert!(report.take_connection().is_none());
    // The daemon serves this client until it leaves.
    let timeout = Duration::from_millis(20);
    let waiting = Probe::new(&identity).timeout(timeout).run();
    assert_eq!(waiting.report().verdict, Verdict::Unresponsive);
    assert_eq!(challenge_over(connection), identity.pid);
    assert!(
        Probe::new(&identity)
            .timeout(LONG)
            .run()
            .take_connection()
            .is_none()
    );
}

#[test]
fn a_fresh_connection_speaks_to_the_verified_process() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let handle = handle_on(&daemon);
    for connection in [block_on(handle.connect()), handle.connect_blocking()] {
        assert_eq!(challenge_over(connection.unwrap()), daemon.pid());
    }
}

#[test]
fn a_socket_taken_by_another_process_is_not_connected_to() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let handle = handle_on(&daemon);
    std::fs::remove_file(world.path("daemon.sock")).unwrap();
    let error = handle.connect_blocking().unwrap_err();
    assert!(matches!(error, BackendHandleError::Connect(_)), "{error}");
    let _other = TestServer::truly(&daemon.identity);
    let error = handle.connect_blocking().unwrap_err();
    assert!(
        matches!(
            error,
            BackendHandleError::VerifyPid(VerifyPidError::NotServing(_))
        ),
        "{error}"
    );
}
