//! Giving a verified daemon a handle.

use std::io::Read;
use std::os::windows::io::AsRawHandle;
use std::time::Duration;

use rpctl::{BackendHandle, DuplicateHandleError, HandoffToken, Probe, WindowsHandleValue, record};

use crate::role::{ADOPTED, Daemon};
use crate::support::World;

fn verified(daemon: &Daemon) -> BackendHandle {
    let record = record::load(&daemon.record).unwrap();
    let probe = Probe::from_record(&record).timeout(Duration::from_secs(30));
    probe.run().into_handle().unwrap()
}

#[test]
fn a_verified_daemon_uses_the_handle_that_it_is_given() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let handle = verified(&daemon);
    let (mut reader, writer) = std::io::pipe().unwrap();
    let token = HandoffToken::generate().unwrap();
    let value = WindowsHandleValue::new(writer.as_raw_handle().addr());
    let given = handle.try_duplicate_windows_handoff_handle(value, token);
    let given = given.unwrap();
    drop(writer);
    assert_eq!(given.backend_pid, daemon.pid());
    assert_eq!(given.handoff_token, token);
    daemon.adopt(given.duplicated_handle.get());
    let mut received = Vec::new();
    reader.read_to_end(&mut received).unwrap();
    assert_eq!(received, ADOPTED);
}

#[test]
fn a_value_that_is_no_handle_is_refused() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let token = HandoffToken::from_bytes([7; 16]);
    let value = WindowsHandleValue::new(0x7777_7774);
    let given = verified(&daemon).try_duplicate_windows_handoff_handle(value, token);
    let Err(DuplicateHandleError::DuplicateFailed { backend_pid, .. }) = given else {
        panic!("{given:?}");
    };
    assert_eq!(backend_pid, daemon.pid());
}

#[test]
fn a_daemon_that_has_ended_is_given_nothing() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let handle = verified(&daemon);
    daemon.end();
    let (_reader, writer) = std::io::pipe().unwrap();
    let value = WindowsHandleValue::new(writer.as_raw_handle().addr());
    let given =
        handle.try_duplicate_windows_handoff_handle(value, HandoffToken::from_bytes([0; 16]));
    let backend_pid = daemon.pid();
    assert_eq!(
        given,
        Err(DuplicateHandleError::CannotOpenBackend { backend_pid })
    );
}
