//! The process that is recorded: by its PID, its PID file, or the address it listens on.

use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::process::Command;

use rpctl::process::RecordedListener;

use super::{load, place, record, sleeper};
use crate::support::{KillOnDrop, World};

#[test]
fn a_process_is_recorded_with_its_digests_and_verified() {
    let world = World::new();
    let child = sleeper();
    let run = record(&world, &child, &["--service", "sleeper@1.2.3"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.is_empty(), "{run:?}");
    let record = load(place(&world, "sleeper@1.2.3"));
    assert_eq!(record.process.pid, child.0.id());
    assert_eq!(record.service_name.as_deref(), Some("sleeper"));
    assert_eq!(record.service_version.as_deref(), Some("1.2.3"));
    let digests = record.process.exe.as_ref().unwrap().digests();
    assert!(digests.sha256.is_some() && digests.blake3.is_some());
    record.verify().unwrap();
}

#[test]
fn the_process_of_a_pid_file_is_recorded() {
    let world = World::new();
    let child = sleeper();
    std::fs::write(world.path("a.pid"), format!("{}\n/data\n", child.0.id())).unwrap();
    let args = ["record", "--pid-file", "a.pid", "--exe", "/bin/sleep"];
    let run = world.rpctl(args.iter().chain(&["--service", "sleeper"]));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(load(place(&world, "sleeper")).process.pid, child.0.id());
}

#[test]
fn the_process_that_listens_is_recorded_with_its_listeners() {
    let world = World::new();
    let listener = UnixListener::bind(world.path("s")).unwrap();
    let tcp = TcpListener::bind("[::1]:0").unwrap();
    let port = tcp.local_addr().unwrap().port();
    let mut command = Command::new("sleep");
    command.arg("1000");
    command.stdin(std::os::fd::OwnedFd::from(listener));
    command.stdout(std::os::fd::OwnedFd::from(tcp));
    let child = KillOnDrop(command.spawn().unwrap());
    drop(command);
    let path = world.path("s").display().to_string();
    for address in [path.clone(), "s".to_owned(), format!("[::1]:{port}")] {
        let args = [
            "record",
            "--socket",
            &address,
            "--service",
            "x",
            "--replace",
        ];
        let run = world.rpctl(args.iter().chain(&["--json"]));
        assert_eq!(run.code, Some(0), "{run:?}");
        let recorded = &run.json()["recorded"];
        assert_eq!(recorded["pid"], child.0.id());
        let mut listeners: Vec<&str> = recorded["listeners"]
            .as_array()
            .unwrap()
            .iter()
            .map(|listener| listener.as_str().unwrap())
            .collect();
        listeners.sort_unstable();
        let tcp = format!("[::1]:{port}");
        let mut expected = [path.as_str(), &tcp];
        expected.sort_unstable();
        assert_eq!(listeners, expected);
    }
    let record = load(place(&world, "x"));
    assert_eq!(record.listeners.len(), 2);
    let is_file =
        |it: &RecordedListener| matches!(it, RecordedListener::Unix(unix) if unix.inode.is_some());
    assert!(record.listeners.iter().any(is_file));
}

#[test]
fn a_record_without_a_service_is_named_after_the_program() {
    let world = World::new();
    let child = sleeper();
    let run = record(&world, &child, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let path = place(&world, &format!("sleep.{}", child.0.id()));
    assert_eq!(load(&path).process.pid, child.0.id());
    // The next command names the file.
    assert!(
        run.text()
            .contains(&format!("rpctl probe {}", path.display()))
    );
}
