//! The client in `examples/`.

use super::authors::authors;
use crate::support::{Daemon, World};

#[path = "../../../examples/client.rs"]
#[expect(
    dead_code,
    reason = "the entry of the example is not the one of the test"
)]
mod example;

/// Runs the client with arguments. Returns its error as text.
fn call(arguments: &[&str]) -> Result<(), String> {
    let arguments: Vec<String> = arguments.iter().copied().map(str::to_owned).collect();
    example::call(&arguments).map_err(|error| error.to_string())
}

#[test]
fn the_client_talks_to_the_daemon_and_stops_it() {
    let author = authors().next().unwrap();
    let mut daemon = author.start();
    let record = author.record();
    let record = record.to_str().unwrap();
    assert_eq!(call(&[record]), Ok(()));
    assert_eq!(call(&[record, "stop"]), Ok(()));
    assert!(daemon.0.wait().unwrap().success());
    assert!(call(&[record]).is_err());
}

#[test]
fn the_client_leaves_another_daemon_alone() {
    let world = World::new();
    let (kept, mut daemon) = Daemon::restarted(&world);
    for action in [&[][..], &["stop"]] {
        let arguments = [&[kept.to_str().unwrap()], action].concat();
        assert!(call(&arguments).is_err(), "{action:?}");
    }
    assert_eq!(call(&[daemon.record().to_str().unwrap(), "stop"]), Ok(()));
    daemon.wait();
}
