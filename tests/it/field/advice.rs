//! Advice that would do harm, or that was followed already.

use std::io::Write;
use std::os::unix::net::UnixListener;
use std::process::Command;

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::support::{Daemon, Role, Run, Script, World, is_installed, is_root, role, this_process};

/// Returns all hints of a document as one text.
fn hints(run: &Run) -> String {
    let document = run.json();
    let hints = document["hints"].as_array().unwrap();
    let hints: Vec<&str> = hints.iter().filter_map(Value::as_str).collect();
    hints.join("\n")
}

/// A daemon that answers, and does not end at SIGTERM: it has clients, say.
fn busy(world: &World) -> Daemon {
    let record = world.path("daemon.json");
    let arguments = [world.path("daemon.sock"), record.clone(), "16".into()];
    let server = role(Role::ServePatiently, arguments);
    let variables = server.get_envs();
    let mut command = Command::new("env");
    command
        .arg("--ignore-signal=TERM")
        .arg(server.get_program())
        .args(server.get_args())
        .envs(variables.filter_map(|(name, value)| Some((name, value?))));
    Daemon::start_as_is(command, &record)
}

#[test]
fn a_daemon_that_finishes_its_work_is_given_time_and_not_killed() {
    let world = World::new();
    let daemon = busy(&world);
    for (given, more) in [("100ms", "--timeout 30s"), ("1s", "--timeout 30s")] {
        let record = daemon.record().to_str().unwrap();
        let run = world.rpctl(["shutdown", "--json", "--timeout", given, record]);
        assert_eq!(run.code, Some(7), "{run:?}");
        let hints = hints(&run);
        assert!(hints.lines().next().unwrap().contains(more), "{hints}");
        assert!(!hints.contains("--force"), "{hints}");
    }
}

#[test]
fn more_time_comes_before_force_if_a_daemon_does_not_answer() {
    let world = World::new();
    let silent = Script::start(
        &world,
        "trap '' TERM; echo up; while :; do sleep 0.01; done",
    );
    let record = silent.record.to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", "--timeout", "100ms", record]);
    assert_eq!(run.code, Some(7), "{run:?}");
    let hints = hints(&run);
    let (first, second) = hints.split_once('\n').unwrap();
    assert!(first.contains("--timeout 30s"), "{hints}");
    assert!(second.contains("--force"), "{hints}");
}

#[test]
fn a_stopped_daemon_is_to_go_on_and_not_to_be_killed() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    daemon.signal(Signal::SIGSTOP);
    let record = daemon.record().to_str().unwrap();
    let soon = ["--timeout", "100ms", "--probe-timeout", "100ms"];
    let run = world.rpctl([&["shutdown", "--json"], &soon[..], &[record]].concat());
    assert_eq!(run.code, Some(7), "{run:?}");
    let hints = hints(&run);
    assert!(hints.contains("rpctl signal CONT"), "{hints}");
    assert!(!hints.contains("--force"), "{hints}");
}

#[test]
fn a_daemon_that_was_awaited_is_not_to_be_awaited_again() {
    let world = World::new();
    let missing = world.path("missing.pb");
    let refused = world.sidecar("refused.json", &this_process(&world.endpoint("none")));
    for record in [missing, refused] {
        let record = record.to_str().unwrap();
        let first = hints(&world.rpctl(["probe", "--json", record]));
        assert!(first.contains("--wait 30s"), "{first}");
        let then = hints(&world.rpctl(["probe", "--json", "--wait", "50ms", record]));
        assert!(!then.contains("--wait"), "{then}");
        assert!(then.contains("did not come up"), "{then}");
    }
}

/// Whatever kept it from being verified, more of the same is no advice.
#[test]
fn no_kind_of_daemon_is_to_be_awaited_again() {
    type Serve = fn(UnixListener);
    let kinds: [(&str, Serve); 3] = [
        ("endpoint_silent", |listener| {
            // The queue keeps all of them waiting.
            let _ = listener.set_nonblocking(true);
            std::mem::forget(listener);
        }),
        ("endpoint_closed", |listener| {
            std::thread::spawn(move || listener.incoming().for_each(drop));
        }),
        ("not_probe_protocol", |listener| {
            std::thread::spawn(move || {
                for stream in listener.incoming() {
                    let _ = stream
                        .unwrap()
                        .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
                }
            });
        }),
    ];
    let world = World::new();
    for (reason, serve) in kinds {
        let identity = this_process(&world.endpoint(reason));
        serve(UnixListener::bind(world.path(reason)).unwrap());
        let record = world.sidecar(&format!("{reason}.json"), &identity);
        let record = record.to_str().unwrap();
        let probe = [
            "probe",
            "--json",
            "--wait",
            "50ms",
            "--timeout",
            "200ms",
            record,
        ];
        let run = world.rpctl(probe);
        assert_eq!(run.json()["reason"], reason, "{run:?}");
        let said = hints(&run);
        for tried in [
            "--wait",
            "--timeout 200ms",
            "--timeout 100ms",
            "--force",
            "kill ",
        ] {
            assert!(!said.contains(tried), "{reason}: {said}");
        }
    }
}

#[test]
fn a_slow_daemon_is_given_more_time_than_it_had() {
    let world = World::new();
    let identity = this_process(&world.endpoint("silent"));
    let _silent = UnixListener::bind(world.path("silent")).unwrap();
    let record = world.sidecar("silent.json", &identity);
    for (given, more) in [("100ms", "--timeout 5s"), ("1500ms", "--timeout 6s")] {
        let record = record.to_str().unwrap();
        let said = hints(&world.rpctl(["probe", "--json", "--timeout", given, record]));
        assert!(said.contains(more), "{given}: {said}");
    }
}

#[test]
fn root_is_not_told_to_become_root() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let within = |script: &str| {
        let mut command = world.command("unshare");
        command.args([
            "--mount",
            "sh",
            "-c",
            script,
            "sh",
            env!("CARGO_BIN_EXE_rpctl"),
        ]);
        Run::of(
            command
                .args(["probe", "--json", "--timeout=30s"])
                .arg(daemon.record()),
        )
    };
    let without_proc = r#"mount -t tmpfs none /proc && exec "$@""#;
    let without_rights = r#"exec setpriv --bounding-set=-all --inh-caps=-all "$@""#;
    for script in [without_proc, without_rights] {
        let run = within(script);
        let hints = hints(&run);
        assert!(!hints.contains("sudo"), "{hints}");
        assert!(!hints.contains("as root"), "{hints}");
    }
}

#[test]
fn one_without_descriptors_is_told_to_allow_more() {
    if !is_installed("prlimit") {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let mut told = 0;
    for limit in 4..=8 {
        let mut command = Command::new("prlimit");
        command.arg(format!("--nofile={limit}")).args([
            env!("CARGO_BIN_EXE_rpctl"),
            "probe",
            "--json",
        ]);
        let run = Run::of(command.args(["--timeout=30s"]).arg(daemon.record()));
        if run.code != Some(0) {
            let hints = hints(&run);
            assert!(hints.contains("ulimit -n"), "{limit}: {hints}");
            told += 1;
        }
    }
    assert!(told > 0);
}
