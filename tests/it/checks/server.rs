//! The checks of the socket, of its server and of the answer.

use std::io::Write;

use nix::sys::signal::Signal;

use crate::support::{Daemon, TestServer, World, check, failed, misbehaving, this_process};

#[test]
fn endpoint_alone_fails_when_the_socket_file_is_gone() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    std::fs::remove_file(world.path("daemon.sock")).unwrap();
    let document =
        world
            .probe(daemon.record())
            .assert_verdict(6, "unresponsive", Some("endpoint_missing"));
    assert_eq!(failed(&document), ["endpoint"]);
}

#[test]
fn an_endpoint_other_than_the_one_asked_for_is_not_contacted() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let run = world.rpctl([
        "probe",
        "--json",
        "--endpoint",
        "/run/other.sock",
        daemon.record().to_str().unwrap(),
    ]);
    let document = run.assert_verdict(5, "mismatch", Some("endpoint_differs"));
    assert_eq!(failed(&document), ["endpoint"]);
    assert_eq!(check(&document, "nonce")["outcome"], "skip");
}

#[test]
fn peer_alone_fails_when_a_stranger_answers_correctly() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    daemon.signal(Signal::SIGSTOP);
    std::fs::remove_file(world.path("daemon.sock")).unwrap();
    let _stranger = TestServer::truly(&daemon.identity);
    let document = world
        .probe(daemon.record())
        .assert_verdict(5, "mismatch", Some("squatted"));
    assert_eq!(failed(&document), ["peer"]);
    assert_eq!(check(&document, "nonce")["outcome"], "pass");
}

#[test]
fn nonce_alone_fails_when_the_process_speaks_otherwise() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    misbehaving(&identity.ipc_endpoint, |mut stream| {
        // The client may leave as soon as it has seen the first byte.
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let record = world.sidecar("s.json", &identity);
    let document =
        world
            .probe(&record)
            .assert_verdict(6, "unresponsive", Some("not_probe_protocol"));
    assert_eq!(failed(&document), ["nonce"]);
}

#[test]
fn nonce_lists_every_field_in_which_the_answer_differs() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let mut other = identity.clone();
    other.boot_id = "another boot".to_owned();
    other.ipc_endpoint.namespace_id = "another label".to_owned();
    let _served = TestServer::with(&identity.ipc_endpoint, other);
    let record = world.sidecar("s.json", &identity);
    let document = world
        .probe(&record)
        .assert_verdict(5, "mismatch", Some("identity_mismatch"));
    assert_eq!(failed(&document), ["nonce"]);
    let detail = check(&document, "nonce")["detail"].as_str().unwrap();
    assert!(
        detail.contains("another boot") && detail.contains("another label"),
        "{detail}"
    );
}
