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
