//! Processes whose first thread has ended while others serve on.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::process::Stdio;

use rustix::process::Signal;

use crate::support::{Script, World, check, is_installed, proc, wait_until};

/// A program whose second thread serves `$1`, and whose first one ends by SIGUSR1.
const LEADERLESS: &str = r#"
import ctypes, os, signal, socket, sys, threading
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
listener = socket.socket(fileno=0) if sys.argv[1] == "handed" else socket.socket(socket.AF_UNIX)
if sys.argv[1] != "handed":
    listener.bind(sys.argv[1])
    listener.listen()
threading.Thread(target=lambda: [listener.accept() for _ in iter(int, 1)]).start()
os.write(1, b"ready\n")
signal.sigwait({signal.SIGUSR1})
ctypes.CDLL(None).pthread_exit(None)
"#;

fn start(world: &World, argument: &str, stdin: Stdio) -> Option<Script> {
    if !is_installed("python3") {
        return None;
    }
    let mut command = world.command("python3");
    command.args(["-c", LEADERLESS, argument]).stdin(stdin);
    let daemon = Script::start_command(world, command, &world.endpoint("s"));
    let pid = daemon.identity.pid;
    let process = proc::Pinned::open(pid).unwrap();
    process.signal(Signal::USR1);
    wait_until(|| proc::stat(pid)[0] == "Z");
    assert!(std::fs::read_link(format!("/proc/{pid}/exe")).is_err());
    Some(daemon)
}

#[test]
fn a_process_without_its_first_thread_is_alive_and_stoppable() {
    let world = World::new();
    let path = world.path("s");
    let Some(mut daemon) = start(&world, path.to_str().unwrap(), Stdio::null()) else {
        return;
    };
    let record = daemon.record.to_str().unwrap();
    let document = world
        .rpctl(["probe", "--json", "--timeout", "1s", record])
        .assert_verdict(6, "unresponsive", Some("endpoint_silent"));
    for id in ["pid", "exe_path", "digest", "start_time", "peer"] {
        assert_eq!(check(&document, id)["outcome"], "pass", "{document:#}");
    }
    let kill = ["kill", "--json", "--probe-timeout", "1s", record];
    let run = world.rpctl(kill);
    assert_eq!(run.json()["action"]["outcome"], "killed", "{run:?}");
    assert_eq!(daemon.signal(), Some(9));
}

#[test]
fn the_descriptors_of_the_other_threads_count() {
    let world = World::new();
    let listener = UnixListener::bind(world.path("s")).unwrap();
    let stdin = Stdio::from(OwnedFd::from(listener));
    let Some(daemon) = start(&world, "handed", stdin) else {
        return;
    };
    let record = daemon.record.to_str().unwrap();
    let document = world
        .rpctl(["probe", "--json", "--timeout", "1s", record])
        .assert_verdict(6, "unresponsive", Some("endpoint_silent"));
    let peer = check(&document, "peer");
    assert_eq!(peer["outcome"], "pass", "{peer:#}");
}

#[test]
fn a_process_whose_threads_have_all_ended_is_a_zombie() {
    let world = World::new();
    let path = world.path("s");
    let Some(daemon) = start(&world, path.to_str().unwrap(), Stdio::null()) else {
        return;
    };
    let process = proc::Pinned::open(daemon.identity.pid).unwrap();
    process.kill();
    std::fs::remove_file(path).unwrap();
    world
        .probe(&daemon.record)
        .assert_verdict(3, "not_running", Some("zombie"));
}

#[test]
fn a_process_without_its_first_thread_is_recorded() {
    let world = World::new();
    let path = world.path("s");
    let Some(daemon) = start(&world, path.to_str().unwrap(), Stdio::null()) else {
        return;
    };
    let pid = daemon.identity.pid.to_string();
    for source in [["--pid", &pid], ["--socket", "s"]] {
        let args = ["record", "--json", "--service", "x", "--replace"];
        let run = world.rpctl(args.iter().chain(&source));
        assert_eq!(run.code, Some(0), "{run:?}");
        let document = run.json();
        let recorded = &document["recorded"];
        assert_eq!(recorded["pid"].to_string(), pid);
        assert!(recorded["exe"]["sha256"].is_string(), "{document:#}");
        assert_eq!(recorded["listeners"][0], path.to_str().unwrap());
    }
}
