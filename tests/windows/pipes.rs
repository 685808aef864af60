//! Pipes whose servers do not answer as a daemon does: the time limit holds for all.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rpctl::endpoint::Listener;
use rpctl::interprocess::local_socket::prelude::*;
use rpctl::interprocess::local_socket::{GenericNamespaced, ListenerOptions, Stream};
use rpctl::{DaemonProcess, Endpoint};
use serde_json::Value;

use crate::role::Daemon;
use crate::support::{World, check};

/// The time limit of a probe that is to reach it.
const LIMIT: &str = "--timeout=700ms";

/// More than any probe takes that keeps to its limit, on a busy machine.
const AMPLE: Duration = Duration::from_secs(60);

fn endpoint(path: &str) -> Endpoint {
    Endpoint {
        namespace_id: "test".to_owned(),
        path: path.to_owned(),
    }
}

/// Writes a record of this process with a pipe.
fn record(world: &World, pipe: &str) -> PathBuf {
    let identity = DaemonProcess::current_process(endpoint(pipe), None).unwrap();
    let record = world.path("hostile.json");
    let content = rpctl::record::Content::Daemon(identity.to_proto());
    rpctl::record::save(
        &record,
        &content,
        rpctl::record::Format::SidecarJson,
        rpctl::record::DigestChoice::All,
    )
    .unwrap();
    record
}

/// Probes a pipe whose server does with each client what `serve` does.
fn probe_served(limit: &str, serve: impl Fn(Stream) + Send + 'static) -> (Value, Duration) {
    let world = World::new();
    let pipe = world.pipe();
    let name = pipe.as_str().to_ns_name::<GenericNamespaced>().unwrap();
    let listener = ListenerOptions::new().name(name).create_sync().unwrap();
    let record = record(&world, &pipe);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            serve(stream);
        }
    });
    let started = Instant::now();
    let run = world.rpctl(&["probe", "--json", record.to_str().unwrap(), limit]);
    (run.json(), started.elapsed())
}

#[track_caller]
fn assert_reason((document, elapsed): (Value, Duration), reason: &str) {
    assert_eq!(document["verdict"], "unresponsive", "{document:#}");
    assert_eq!(document["reason"], reason, "{document:#}");
    assert_eq!(check(&document, "peer")["outcome"], "pass", "{document:#}");
    assert!(elapsed < AMPLE, "{elapsed:?}");
}

#[test]
fn a_silent_server_is_given_up() {
    let (sender, streams) = mpsc::channel();
    let served = probe_served(LIMIT, move |stream| sender.send(stream).unwrap());
    assert_reason(served, "endpoint_silent");
    drop(streams);
}

#[test]
fn a_server_that_reads_and_says_nothing_is_given_up() {
    let served = probe_served(LIMIT, |mut stream| {
        // Until the client leaves.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    assert_reason(served, "endpoint_silent");
}

#[test]
fn a_server_that_closes_at_once_is_told() {
    assert_reason(probe_served("--timeout=30s", drop), "endpoint_closed");
}

#[test]
fn a_server_that_closes_after_the_challenge_is_told() {
    let served = probe_served("--timeout=30s", |mut stream| {
        let _ = stream.read(&mut [0; 512]);
    });
    assert_reason(served, "endpoint_closed");
}

#[test]
fn another_protocol_is_told() {
    let served = probe_served("--timeout=30s", |mut stream| {
        let _ = stream.write_all(b"220 mail ready\r\n");
        let _ = stream.read(&mut [0; 512]);
    });
    assert_reason(served, "not_probe_protocol");
}

#[test]
fn an_answer_of_too_many_bytes_is_not_read() {
    let served = probe_served("--timeout=30s", |mut stream| {
        let _ = stream.write_all(&[1, 0xff, 0xff, 0xff, 0x7f]);
        let _ = stream.read_to_end(&mut Vec::new());
    });
    assert_eq!(served.0["verdict"], "unresponsive", "{:#}", served.0);
}

#[test]
fn an_answer_in_drops_ends_with_the_time() {
    let served = probe_served(LIMIT, |mut stream| {
        for _ in 0..10_000 {
            if stream.write_all(&[1]).is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    assert_ne!(served.0["verdict"], "verified", "{:#}", served.0);
    assert!(served.1 < AMPLE, "{:?}", served.1);
}

#[test]
fn a_busy_pipe_is_waited_for_until_the_time_is_over() {
    let world = World::new();
    let pipe = world.pipe();
    let name = || pipe.as_str().to_ns_name::<GenericNamespaced>().unwrap();
    // Its only free instance is taken, and no other one made.
    let _listener = ListenerOptions::new().name(name()).create_sync().unwrap();
    let _client = Stream::connect(name()).unwrap();
    let record = record(&world, &pipe);
    let started = Instant::now();
    let run = world.rpctl(&["probe", "--json", record.to_str().unwrap(), LIMIT]);
    let document = run.json();
    assert_eq!(document["verdict"], "unresponsive", "{document:#}");
    assert_eq!(document["reason"], "endpoint_busy", "{document:#}");
    assert!(
        started.elapsed() >= Duration::from_millis(600),
        "{document:#}"
    );
    assert!(started.elapsed() < AMPLE);
}

#[test]
fn a_pipe_that_becomes_free_in_time_is_served() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let name = || {
        daemon
            .pipe
            .as_str()
            .to_ns_name::<GenericNamespaced>()
            .unwrap()
    };
    // They say nothing, and keep their instances.
    let clients: Vec<Stream> = (0..20).map(|_| Stream::connect(name()).unwrap()).collect();
    let run = world.probe(&daemon.record);
    assert_eq!(run.code, Some(0), "{run:?}");
    drop(clients);
}

#[test]
fn a_listener_refuses_the_name_of_a_pipe_that_is_served() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let bound = Listener::bind(&endpoint(&daemon.pipe));
    let error = bound.map(drop).unwrap_err().to_string();
    assert!(error.contains(&daemon.pid().to_string()), "{error}");
}

#[test]
fn the_server_answers_several_challenges_at_once() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    std::thread::scope(|scope| {
        let probes: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| world.probe(&daemon.record).code))
            .collect();
        for probe in probes {
            assert_eq!(probe.join().unwrap(), Some(0));
        }
    });
}

#[test]
fn garbage_does_not_stop_a_server() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let name = || {
        daemon
            .pipe
            .as_str()
            .to_ns_name::<GenericNamespaced>()
            .unwrap()
    };
    for garbage in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        &[1, 255, 255, 255, 255],
        &[0],
        b"",
    ] {
        let mut stream = Stream::connect(name()).unwrap();
        // The server may have closed the pipe already.
        let _ = stream.write_all(garbage);
    }
    assert_eq!(world.probe(&daemon.record).code, Some(0));
}
