//! Every exit code, as a script meets it.

use std::fs::File;
use std::path::Path;
use std::process::Stdio;

use nix::sys::signal::Signal;

use crate::support::{Daemon, Run, Script, World, patient};

fn code(run: &Run) -> i32 {
    run.code.unwrap()
}

fn rpctl(world: &World, command: &str, record: &Path, options: &[&str]) -> i32 {
    let mut args = vec![command, "--quiet", record.to_str().unwrap()];
    args.extend(options);
    let run = world.rpctl(args);
    assert!(run.stdout.is_empty() && run.stderr.is_empty(), "{run:?}");
    code(&run)
}

#[test]
fn every_code_comes_from_the_state_it_stands_for() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let record = daemon.record().to_owned();

    assert_eq!(rpctl(&world, "probe", &record, &[]), 0);
    let other = ["--endpoint", "/run/other.sock"];
    assert_eq!(rpctl(&world, "probe", &record, &other), 5);
    assert_eq!(code(&world.rpctl(["probe", "--timeout", "never"])), 2);
    assert_eq!(rpctl(&world, "probe", &world.path("none.pb"), &[]), 8);
    let foreign = world.manifest("foreign.json", &daemon.identity, |manifest| {
        let host = manifest.host.as_mut().unwrap();
        host.machine_id = "another".to_owned();
        host.boot_id = "another".to_owned();
    });
    assert_eq!(rpctl(&world, "probe", &foreign, &[]), 4);

    daemon.signal(Signal::SIGSTOP);
    let briefly = ["--timeout", "50ms"];
    assert_eq!(rpctl(&world, "probe", &record, &briefly), 6);
    let soon = ["--timeout", "10ms", "--probe-timeout", "10ms"];
    assert_eq!(rpctl(&world, "shutdown", &record, &soon), 7);
    daemon.signal(Signal::SIGCONT);
    daemon.wait();

    let stubborn = Script::start(&world, "echo ready; read go");
    std::fs::write(&record, std::fs::read(&stubborn.record).unwrap()).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(&record, open).unwrap();
    assert_eq!(rpctl(&world, "kill", &record, &[]), 9);
    assert_eq!(rpctl(&world, "kill", &record, &["--trust-record"]), 0);
    drop(stubborn);
    assert_eq!(rpctl(&world, "probe", &record, &[]), 3);
    assert_eq!(rpctl(&world, "shutdown", &record, &[]), 0);
}

#[test]
fn a_registry_that_is_a_file_is_an_internal_error() {
    let world = World::new();
    // The registry cannot be a file.
    std::fs::write(world.path("registry"), "").unwrap();
    let run = world.rpctl(["probe"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("cannot read the registry"), "{run:?}");
    assert!(run.stderr.contains("\n  next: "), "{run:?}");
}

/// What a log on a full disk takes of standard output and error: nothing.
#[test]
fn a_result_that_cannot_be_printed_is_the_exit_status() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let record = daemon.record().to_str().unwrap().to_owned();
    std::fs::write(world.path("bad.pb"), "no record").unwrap();
    let bad = world.path("bad.pb").display().to_string();
    for (args, code) in [
        (vec!["probe", &record], 1),
        (vec!["probe", &bad], 8),
        (vec!["probe", "-o", "nagios", &bad], 3),
        (vec!["inspect-manifest", &bad], 8),
        (vec!["probe"], 2),
        (vec!["list"], 0),
        (vec!["list", "--json"], 1),
        (vec!["probe", "--json", "--bogus"], 2),
        (vec!["no-such-command"], 2),
        (vec!["kill", &bad], 8),
        (vec!["shutdown", &record], 1),
    ] {
        let full = || File::options().write(true).open("/dev/full").unwrap();
        let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
        command.args(patient(&args)).stdout(full()).stderr(full());
        assert_eq!(command.status().unwrap().code(), Some(code), "{args:?}");
    }
    assert!(daemon.wait().success());
}

/// Run the program on a disk that is full: its exit code, and what it says.
fn on_a_full_disk(world: &World, args: &[&str]) -> (Option<i32>, String) {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command
        .args(patient(args))
        .stdout(full)
        .stderr(Stdio::piped());
    let run = Run::end_of(command.spawn().unwrap());
    (run.code, run.stderr)
}

/// Half of a file of metrics could be taken for the whole.
#[test]
fn metrics_that_cannot_be_written_are_an_internal_error() {
    let world = World::new();
    std::fs::write(world.path("bad.pb"), "no record").unwrap();
    let bad = world.path("bad.pb").display().to_string();
    let (code, _) = on_a_full_disk(&world, &["probe", "-o", "prometheus", &bad]);
    assert_eq!(code, Some(1));
    let (code, _) = on_a_full_disk(&world, &["probe", "-o", "json", &bad]);
    assert_eq!(code, Some(8));
}

#[test]
fn output_that_cannot_be_written_is_no_success_in_any_style() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = daemon.record().to_str().unwrap();
    let probe = |options: &[&'static str]| [&["probe", record], options].concat();
    for (args, code) in [
        (probe(&[]), 1),
        (probe(&["--json"]), 1),
        (probe(&["-o", "ndjson"]), 1),
        (probe(&["-o", "junit"]), 1),
        (probe(&["-o", "prometheus"]), 1),
        (probe(&["-o", "github"]), 1),
        (probe(&["-o", "nagios"]), 3),
        (probe(&["--exit-style", "lsb"]), 4),
        (probe(&["--exit-style", "docker"]), 1),
        (vec!["list", "--json"], 1),
        (vec!["prune"], 1),
        (vec!["inspect-manifest", record], 1),
        (vec!["inspect-manifest", record, "--convert", "json"], 1),
        (vec!["shutdown", "--dry-run", record], 1),
        (vec!["spawn-self", "--once"], 1),
        (vec!["completions", "bash"], 1),
        (vec!["--version"], 1),
        (vec!["--help"], 1),
        (vec!["probe", "--help"], 1),
    ] {
        let (ended, said) = on_a_full_disk(&world, &args);
        assert_eq!(ended, Some(code), "{args:?}: {said}");
        assert!(said.contains("rpctl: cannot write "), "{args:?}: {said}");
        let next = "\n  next: make room on that file system";
        assert!(said.contains(next), "{args:?}: {said}");
    }
}

#[test]
fn output_that_cannot_be_written_changes_no_verdict() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = daemon.record().to_str().unwrap();
    let other = ["probe", record, "--endpoint", "/run/other.sock"];
    assert_eq!(on_a_full_disk(&world, &other).0, Some(5));
    let quiet = on_a_full_disk(&world, &["probe", record, "--quiet"]);
    assert_eq!(quiet, (Some(0), String::new()));
}

#[test]
fn metrics_of_a_full_disk_do_not_replace_the_old_ones() {
    let world = World::new();
    let publish = |record: &Path, to: &str| {
        let script = format!(
            "rpctl() {{ '{}' \"$@\"; }}
            rpctl probe --timeout 30s --output prometheus '{}' > {to} || test $? -ne 1 && touch published",
            env!("CARGO_BIN_EXE_rpctl"),
            record.display()
        );
        Run::of(world.command("sh").args(["-c", &script]));
        std::fs::remove_file(world.path("published")).is_ok()
    };
    let mut daemon = Daemon::start(&world);
    assert!(!publish(daemon.record(), "/dev/full"));
    assert!(publish(daemon.record(), "rpctl.prom.new"));
    daemon.kill();
    assert!(publish(daemon.record(), "rpctl.prom.new"));
    let metrics = std::fs::read_to_string(world.path("rpctl.prom.new")).unwrap();
    assert!(
        metrics.contains("verdict=\"not_running\"} 1.0"),
        "{metrics}"
    );
}
