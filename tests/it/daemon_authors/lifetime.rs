//! The files of the daemons, from their start to their end.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::authors::authors;
use crate::support::{KillOnDrop, Run};

fn terminate(daemon: &mut KillOnDrop) {
    let pid = Pid::from_raw(daemon.0.id().try_into().unwrap());
    kill(pid, Signal::SIGTERM).unwrap();
    let status = daemon.0.wait().unwrap();
    assert!(status.success(), "{status}");
}

#[test]
fn each_daemon_removes_its_files_at_its_end() {
    for author in authors() {
        let mut daemon = author.start();
        terminate(&mut daemon);
        assert!(!author.record().exists());
        assert!(!author.socket().exists());
    }
}

#[test]
fn each_daemon_starts_again_after_a_crash() {
    for author in authors() {
        let mut daemon = author.start();
        daemon.0.kill().unwrap();
        daemon.0.wait().unwrap();
        let probed = author.world().probe(&author.record());
        probed.assert_verdict(3, "not_running", Some("process_exited"));
        let mut daemon = author.start();
        terminate(&mut daemon);
        assert!(!author.socket().exists());
    }
}

#[test]
fn a_daemon_in_the_registry_has_a_name_and_is_pruned_when_dead() {
    const SERVICES: &str = "run/running-process/services";
    for author in authors() {
        let world = author.world();
        std::fs::create_dir_all(world.path(SERVICES)).unwrap();
        let record = format!("{SERVICES}/exampled.identity.json");
        let mut daemon = KillOnDrop(author.command_at(&record).spawn().unwrap());
        author.assert_verified_by(&[record.as_str()], &daemon);
        author.assert_verified_by(&["--service", "exampled"], &daemon);
        daemon.0.kill().unwrap();
        daemon.0.wait().unwrap();
        let run = world.rpctl(["prune", "--json"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(!world.path(&record).exists(), "{run:?}");
        assert!(!author.socket().exists(), "{run:?}");
    }
}

#[test]
fn a_second_daemon_leaves_the_first_and_its_files_alone() {
    for author in authors() {
        let mut daemon = author.start();
        let run = Run::of(&mut author.command());
        assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
        author.assert_verified(&daemon);
        // A record that a command has removed is not missed.
        std::fs::remove_file(author.record()).unwrap();
        terminate(&mut daemon);
    }
}

#[test]
fn no_daemon_removes_a_file_that_is_not_a_socket() {
    for author in authors() {
        std::fs::write(author.socket(), "precious").unwrap();
        let run = Run::of(&mut author.command());
        assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
        let kept = std::fs::read_to_string(author.socket()).unwrap();
        assert_eq!(kept, "precious");
    }
}
