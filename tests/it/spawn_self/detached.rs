//! A daemon that was started has nothing to do with its starter any more.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Stdio;

use rustix::process::Signal;

use super::race::locked;
use super::{Fixture, Spawned, assert_refused};
use crate::support::{Run, ask, proc};

#[test]
fn the_daemon_has_answered_when_the_starter_returns() {
    let fixture = Fixture::new();
    // Returns only once no process holds the starter's output streams any more.
    let daemon = fixture.spawn([""; 0]);
    assert_eq!(fixture.daemons(), [daemon.pid]);
    assert_eq!(ask(daemon.socket()).pid, daemon.pid);
    fixture
        .probe(daemon.manifest())
        .assert_verdict(0, "verified", None);
}

/// While the daemon waits to write its record, another process takes its socket: the
/// record is right, and the daemon cannot be reached.
#[test]
fn a_daemon_that_does_not_answer_is_ended() {
    let fixture = Fixture::new();
    let (socket, directory) = (fixture.path("socket"), fixture.path("r"));
    std::fs::create_dir(&directory).unwrap();
    let lock = locked(&directory);
    let mut command = fixture.spawning();
    command.arg("--record").arg(directory.join("m.json"));
    command.arg("--endpoint").arg(&socket);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut starter = command.spawn().unwrap();
    fixture.until_locking(&directory, &mut starter);
    std::fs::remove_file(&socket).unwrap();
    let _stranger = UnixListener::bind(&socket).unwrap();
    drop(lock);

    let run = Run::end_of(starter);
    let code = run.code.expect("it ended by itself");
    assert_refused(&run, code, "not_verified");
    assert_ne!(code, 0);
    assert_eq!(fixture.daemons(), [0; 0]);
    assert_eq!(fixture.files(), [socket], "the stranger's");
}

#[test]
fn the_daemon_leads_its_own_session_without_a_terminal() {
    let fixture = Fixture::new();
    let daemon = fixture.spawn([""; 0]);
    let stat = proc::stat(daemon.pid);
    let (group, session, terminal) = (&stat[2], &stat[3], &stat[4]);
    let own = daemon.pid.to_string();
    assert_eq!([group, session, terminal], [&own, &own, "0"]);
}

#[test]
fn the_daemon_holds_only_null_streams_signals_and_socket() {
    let fixture = Fixture::new();
    let source = fixture.path("held");
    std::fs::write(&source, "").unwrap();
    let script = format!("exec 3<{0} 7<{0} 9>>{0}", source.display());
    let daemon = Spawned::of(&Run::of(&mut fixture.spawning_after(&script)));
    // It has seen that the starter, its last client, is gone.
    proc::wait_for_sleep(daemon.pid);
    let held: Vec<String> = proc::descriptors(daemon.pid)
        .iter()
        .map(|target| target.to_str().unwrap().to_owned())
        .collect();
    let null = "/dev/null";
    assert_eq!(
        held[..4],
        [null, null, null, "anon_inode:[signalfd]"],
        "{held:?}"
    );
    assert!(
        held.len() == 5 && held[4].starts_with("socket:"),
        "{held:?}"
    );
}

#[test]
fn the_daemon_keeps_no_directory_of_its_starter_in_use() {
    let fixture = Fixture::new();
    let daemon = fixture.spawn([""; 0]);
    let cwd = std::fs::read_link(format!("/proc/{}/cwd", daemon.pid)).unwrap();
    assert_eq!(cwd, Path::new("/"));
}

#[test]
fn the_daemon_serves_with_one_thread() {
    let fixture = Fixture::new();
    let daemon = fixture.spawn([""; 0]);
    assert_eq!(proc::status(daemon.pid, "Threads"), 1);
}

#[test]
fn files_are_private_whatever_the_umask_of_the_starter() {
    for umask in ["umask 000", "umask 777"] {
        let fixture = Fixture::new();
        let mut command = fixture.spawning_after(umask);
        command.arg("--sidecar").arg(fixture.path("sidecar.json"));
        let daemon = Spawned::of(&Run::of(&mut command));
        let sidecar = fixture.path("sidecar.json");
        for file in [daemon.socket(), daemon.manifest(), &sidecar] {
            assert_eq!(mode(file), 0o600, "{umask}: {}", file.display());
        }
        // Those that are made.
        for file in [daemon.socket(), daemon.manifest()] {
            let directory = file.parent().unwrap();
            assert_eq!(mode(directory), 0o700, "{umask}: {}", directory.display());
        }
    }
}

fn mode(path: &Path) -> u32 {
    let permissions: Permissions = std::fs::metadata(path).unwrap().permissions();
    permissions.mode() & 0o7777
}

#[test]
fn a_daemon_obeys_sigterm_even_where_its_starter_ignores_it() {
    let fixture = Fixture::new();
    let daemon = Spawned::of(&Run::of(&mut fixture.spawning_after("trap '' TERM")));
    daemon.end(Signal::TERM);
    assert!(!daemon.socket().exists() && !daemon.manifest().exists());
}
