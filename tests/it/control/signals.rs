//! Signals other than SIGTERM and SIGKILL, and signals that are not waited for.

use nix::sys::signal::Signal;

use crate::support::{Daemon, Run, Script, World, proc, wait_until};

fn signal(world: &World, name: &str, record: &std::path::Path) -> Run {
    let arguments = ["signal", "--json", "--probe-timeout", "1s", name];
    world.rpctl(arguments.into_iter().chain([record.to_str().unwrap()]))
}

#[track_caller]
fn assert_action(run: &Run, code: i32, outcome: &str, signal: Option<&str>) {
    let document = run.json();
    assert_eq!(run.code, Some(code), "{document:#}");
    assert_eq!(document["action"]["outcome"], outcome, "{document:#}");
    assert_eq!(document["action"]["signal"].as_str(), signal);
}

#[test]
fn a_signal_is_sent_by_any_form_of_its_name_without_a_wait() {
    let world = World::new();
    let mut daemon = Script::start(
        &world,
        "trap 'echo again' HUP; echo up; while :; do sleep 0.01; done",
    );
    for name in ["HUP", "sighup", "SIGHUP"] {
        let run = signal(&world, name, &daemon.record);
        assert_action(&run, 0, "sent", Some("SIGHUP"));
        assert_eq!(run.json()["command"], "signal");
        assert_eq!(daemon.line(), "again");
    }
    let record = daemon.record.to_str().unwrap();
    let quiet = world.rpctl(["signal", "-q", "HUP", record]);
    assert_eq!((quiet.code, quiet.text()), (Some(0), ""));
    assert_eq!(daemon.line(), "again");
    assert!(daemon.is_running());
}

#[test]
fn a_dry_run_of_a_signal_sends_none() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = daemon.record().to_str().unwrap();
    let run = world.rpctl(["signal", "--json", "--dry-run", "KILL", record]);
    assert_action(&run, 0, "dry_run", Some("SIGKILL"));
    let document = world.probe(daemon.record());
    document.assert_verdict(0, "verified", None);
}

#[test]
fn a_signal_for_a_daemon_that_is_gone_reached_no_process() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    daemon.kill();
    let run = signal(&world, "HUP", daemon.record());
    assert_action(&run, 3, "already_gone", None);
}

#[test]
fn what_names_no_signal_is_a_usage_error() {
    let world = World::new();
    for (arguments, says) in [
        (["signal", "15", "x.pb"], "depends on the architecture"),
        (
            ["signal", "TERMINATE", "x.pb"],
            "is not the name of a signal",
        ),
        (["shutdown", "--signal=KILL", "x.pb"], "see rpctl kill"),
        (
            ["shutdown", "--signal=sigstop", "x.pb"],
            "no process takes that signal as the request to end; daemons take TERM",
        ),
        (
            ["shutdown", "--signal=CHLD", "x.pb"],
            "no process takes that signal",
        ),
    ] {
        let run = world.rpctl(arguments);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains(says), "{}", run.stderr);
    }
}

#[test]
fn a_daemon_stops_by_the_signal_that_it_expects() {
    for (name, long) in [("INT", "SIGINT"), ("sigquit", "SIGQUIT")] {
        let world = World::new();
        let trap = long.strip_prefix("SIG").unwrap();
        let mut daemon = Script::start(
            &world,
            &format!("trap 'exit 3' {trap}; trap '' TERM; echo up; while :; do sleep 0.01; done"),
        );
        let record = daemon.record.to_str().unwrap();
        let run = world.rpctl(["shutdown", "--json", "--signal", name, record]);
        assert_action(&run, 0, "terminated", Some(long));
        assert_eq!(run.json()["action"]["exit_status"]["code"], 3);
        assert_eq!(daemon.status().code(), Some(3));
    }
}

#[test]
fn a_stopped_daemon_is_let_go_on_and_is_told_of_before() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    proc::Pinned::open(daemon.pid()).unwrap().stop();
    let run = signal(&world, "WINCH", daemon.record());
    assert_action(&run, 0, "sent", Some("SIGWINCH"));
    assert_eq!(run.json()["action"]["standstill"]["kind"], "stopped");
    assert!(run.stderr.contains("does not act on SIGWINCH"), "{run:?}");

    let run = signal(&world, "CONT", daemon.record());
    assert_action(&run, 0, "sent", Some("SIGCONT"));
    assert!(!run.stderr.contains("does not act"), "{run:?}");
    wait_until(|| proc::stat(daemon.pid())[0] != "T");
    let document = world.probe(daemon.record());
    document.assert_verdict(0, "verified", None);
}

/// SIGKILL is the last resort by whichever command it comes.
#[test]
fn a_hung_daemon_is_killed_by_a_signal_too() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    daemon.signal(Signal::SIGSTOP);
    let run = signal(&world, "KILL", daemon.record());
    assert_action(&run, 0, "sent", Some("SIGKILL"));
    assert!(!daemon.wait().success());
}

#[test]
fn a_signal_to_another_program_is_refused() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let mut other = daemon.identity.clone();
    other.exe_digest.sha256 = Some([7; 32]);
    other.exe_digest.blake3 = None;
    let record = world.sidecar("other.json", &other);
    for name in ["HUP", "KILL", "STOP"] {
        let run = signal(&world, name, &record);
        assert_action(&run, 5, "refused", None);
    }
}
