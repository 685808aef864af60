//! What is left behind, and what is never touched.

use std::io::Read;
use std::os::unix::net::UnixListener;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{Daemon, Script, World};

#[test]
fn the_socket_of_a_daemon_that_restarts_itself_is_left_alone() {
    let world = World::new();
    let record = world.path("next.pb");
    let text = format!(
        r#"
        restart() {{
            rm -f {socket}
            "$1" spawn-self -q --manifest {record} --endpoint {socket}
            exit 0
        }}
        trap 'restart "$1"' TERM
        echo ready
        while :; do sleep 0.01; done
        "#,
        socket = world.path("s").display(),
        record = record.display(),
    );
    drop(UnixListener::bind(world.path("s")).unwrap());
    let daemon = Script::start_at(&world, &text, &world.endpoint("s"));
    let old = daemon.record.to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", "--remove-manifest", old]);
    let document = run.json();
    assert_eq!(run.code, Some(0), "{document:#}");
    assert_eq!(document["action"]["outcome"], "terminated");
    assert_eq!(
        document["action"]["removed"],
        serde_json::json!([old]),
        "{document:#}"
    );
    world.probe(&record).assert_verdict(0, "verified", None);
    assert_eq!(
        world.rpctl(["kill", "-q", record.to_str().unwrap()]).code,
        Some(0)
    );
}

#[test]
fn a_record_that_a_new_daemon_has_written_meanwhile_is_left_alone() {
    let world = World::new();
    let mut old = Daemon::start(&world);
    let kept = world.path("kept.pb");
    std::fs::copy(old.record(), &kept).unwrap();
    old.kill();
    let new = Daemon::start(&world);
    let run = world.rpctl([
        "shutdown",
        "--json",
        "--remove-manifest",
        kept.to_str().unwrap(),
    ]);
    assert_eq!(run.code, Some(5), "{:#}", run.json());
    assert!(kept.exists());
    world
        .probe(new.record())
        .assert_verdict(0, "verified", None);
}

#[test]
fn an_interrupt_ends_the_wait_by_the_signal_and_says_what_was_sent() {
    let world = World::new();
    let mut daemon = Script::start(
        &world,
        "trap 'echo got it' TERM; echo ready; while :; do sleep 0.01; done",
    );
    let mut shutdown = world
        .command(env!("CARGO_BIN_EXE_rpctl"))
        .args(["shutdown", "--timeout", "1000s"])
        .arg(&daemon.record)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The daemon has the signal, so rpctl waits.
    assert_eq!(daemon.line(), "got it");
    let pid = Pid::from_raw(shutdown.id().try_into().unwrap());
    kill(pid, Signal::SIGINT).unwrap();
    let mut said = String::new();
    shutdown
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert_eq!(shutdown.wait().unwrap().signal(), Some(2));
    assert!(
        said.contains(&format!(
            "SIGTERM was already sent to PID {}",
            daemon.identity.pid
        )),
        "{said}"
    );
    assert!(daemon.is_running());
}
