//! `rpctl record`: by PID, by the name of a pipe, by a port, and by a PID file.

use std::fs::OpenOptions;
use std::net::TcpListener;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;

use crate::role::Daemon;
use crate::support::{World, check};

fn program() -> String {
    let program = std::env::current_exe().unwrap();
    program.to_str().unwrap().to_owned()
}

/// Returns the PID in the record that is printed.
#[track_caller]
fn recorded(world: &World, arguments: &[&str]) -> u64 {
    let run = world.rpctl(&[&["record", "--record", "-"][..], arguments].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    run.json()["process"]["pid"].as_u64().unwrap()
}

#[test]
fn the_process_that_serves_a_pipe_is_recorded() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let full = format!(r"\\.\pipe\{}", daemon.pipe);
    for name in [&daemon.pipe, &full] {
        let pid = recorded(&world, &["--socket", name]);
        assert_eq!(pid, u64::from(daemon.pid()), "{name}");
    }
    // It serves on.
    assert_eq!(world.probe(&daemon.record).code, Some(0));
}

#[test]
fn a_pipe_that_nobody_serves_is_told() {
    let world = World::new();
    let run = world.rpctl(&["record", "--json", "--socket", &world.pipe()]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert_eq!(run.json()["error"]["kind"], "no_socket", "{run:?}");
    for name in [r"\\server\pipe\x", "/run/x", r"C/x"] {
        let run = world.rpctl(&["record", "--json", "--socket", name]);
        assert_ne!(run.code, Some(0), "{run:?}");
    }
}

/// Which process listens there, Wine does not tell.
#[test]
fn a_port_that_is_not_served_is_told() {
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let kind = || {
        let run = world.rpctl(&["record", "--json", "--socket", &address, "--record=-"]);
        run.json()["error"]["kind"].clone()
    };
    assert_ne!(kind(), "no_listener");
    drop(listener);
    assert_eq!(kind(), "no_listener");
}

#[test]
fn a_record_of_a_service_is_found_by_its_name() {
    let world = World::new();
    let mut daemon = Daemon::exiting(&world, 0);
    let pid = daemon.pid().to_string();
    let record = ["record", "--json", "--pid", &pid, "--service", "worker"];
    let run = world.rpctl(&record);
    assert_eq!(run.code, Some(0), "{run:?}");
    let probed = world.rpctl(&["probe", "--json", "--service", "worker"]);
    assert_eq!(probed.code, Some(0), "{probed:?}");
    let listed = world.rpctl(&["list", "--json"]);
    assert!(listed.stdout.contains("worker"), "{listed:?}");
    // It is kept while its process runs.
    let other = std::process::id().to_string();
    let replacing = ["record", "--json", "--pid", &other, "--service", "worker"];
    assert_eq!(world.rpctl(&replacing).code, Some(9));
    daemon.end();
    assert_eq!(world.rpctl(&replacing).code, Some(0));
}

#[test]
fn nobody_has_the_pid_of_a_process_that_has_ended() {
    let world = World::new();
    let mut daemon = Daemon::exiting(&world, 0);
    let pid = daemon.pid().to_string();
    daemon.end();
    let run = world.rpctl(&["record", "--json", "--record", "-", "--pid", &pid]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert_eq!(run.json()["error"]["kind"], "no_such_process", "{run:?}");
}

#[test]
fn a_pid_file_needs_the_program_of_its_process() {
    let world = World::new();
    let mut daemon = Daemon::exiting(&world, 0);
    let file = world.path("daemon.pid");
    std::fs::write(&file, format!("{}\r\n", daemon.pid())).unwrap();
    let text = file.to_str().unwrap();
    let document = world.rpctl(&["probe", "--json", text]).json();
    assert_ne!(document["verdict"], "verified", "{document:#}");
    let document = world.rpctl(&["probe", "--json", "--exe", &program(), text]);
    assert_eq!(document.json()["verdict"], "verified", "{document:?}");
    let other = env!("CARGO_BIN_EXE_rpctl");
    let document = world
        .rpctl(&["probe", "--json", "--exe", other, text])
        .json();
    assert_eq!(document["verdict"], "mismatch", "{document:#}");
    let pid = recorded(&world, &["--pid-file", text, "--exe", &program()]);
    assert_eq!(pid, u64::from(daemon.pid()));
    daemon.end();
    let document = world
        .rpctl(&["probe", "--json", "--exe", &program(), text])
        .json();
    assert_eq!(document["verdict"], "not_running", "{document:#}");
}

/// Windows does not tell who has locked a file.
#[test]
fn a_pid_file_that_is_open_for_its_daemon_alone_proves_nothing() {
    let world = World::new();
    let file = world.path("daemon.pid");
    std::fs::write(&file, std::process::id().to_string()).unwrap();
    let hold = |share: u32| {
        let mut options = OpenOptions::new();
        options.read(true).write(true).share_mode(share);
        options.open(&file).unwrap()
    };
    let probe = |file: &Path| world.rpctl(&["probe", "--json", file.to_str().unwrap()]);
    let held = hold(0);
    let document = probe(&file).json();
    assert_eq!(document["verdict"], "indeterminate", "{document:#}");
    assert_eq!(document["reason"], "record_unreadable", "{document:#}");
    drop(held);
    let held = hold(3);
    held.lock().unwrap();
    let document = probe(&file).json();
    assert_ne!(document["verdict"], "verified", "{document:#}");
    drop(held);
    let document = probe(&file).json();
    assert_eq!(check(&document, "pid")["outcome"], "pass", "{document:#}");
}
