//! A process that was recorded is the one that is probed and stopped.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::process::Command;

use super::{place, record, sleeper};
use crate::support::{KillOnDrop, World, check};

#[test]
fn a_recorded_process_is_verified_until_it_ends() {
    let world = World::new();
    let child = sleeper();
    assert_eq!(record(&world, &child, &["--service", "x"]).code, Some(0));
    let path = place(&world, "x");
    let document = world
        .probe(&path)
        .assert_verdict(0, "verified", Some("kernel_only"));
    assert_eq!(document["target"]["pid"], child.0.id());
    for id in [
        "record",
        "host",
        "pid",
        "user",
        "start_time",
        "exe_path",
        "digest",
    ] {
        assert_eq!(check(&document, id)["outcome"], "pass", "{document:#}");
    }
    let by_name = ["probe", "--json", "x"];
    let document = world
        .rpctl(by_name)
        .assert_verdict(0, "verified", Some("kernel_only"));
    assert_eq!(document["target"]["record"], path.to_str().unwrap());
    drop(child);
    for run in [world.probe(&path), world.rpctl(by_name)] {
        assert_eq!(run.code, Some(3), "{run:?}");
    }
}

#[test]
fn a_recorded_daemon_is_stopped_by_its_record() {
    let world = World::new();
    let mut child = sleeper();
    let other = sleeper();
    assert_eq!(record(&world, &child, &["--service", "x"]).code, Some(0));
    let path = place(&world, "x");
    let stop = ["shutdown".as_ref(), path.as_os_str()];
    // Its parent collects it, as a shell does.
    let run = std::thread::scope(|scope| {
        let wait = scope.spawn(|| child.0.wait().unwrap());
        let run = world.rpctl(stop);
        wait.join().unwrap();
        run
    });
    assert_eq!(run.code, Some(0), "{run:?}");
    let mut other = other;
    assert_eq!(other.0.try_wait().unwrap(), None);
}

#[test]
fn a_recorded_listener_is_looked_for_when_it_is_probed() {
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut command = Command::new("sleep");
    command.arg("1000").stdin(OwnedFd::from(listener));
    let _child = KillOnDrop(command.spawn().unwrap());
    drop(command);
    let args = ["record", "--socket", &address, "--service", "x", "--quiet"];
    let run = world.rpctl(args);
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = world.probe(&place(&world, "x"));
    let document = run.assert_verdict(0, "verified", Some("kernel_only"));
    let text = document.to_string();
    assert!(text.contains(&address), "{document:#}");
}
