//! What `rpctl probe --wait` says of the wait, while it lasts and afterwards.

use std::io::Read;
use std::process::Stdio;

use super::fixture::{LONG, Waiting, waiting};
use crate::support::{Daemon, KillOnDrop, Run, World, is_installed};

#[test]
fn a_report_says_that_it_waited_and_how_long() {
    let world = World::new();
    let run = Waiting::on(&world, LONG, ["daemon.pb"]);
    let daemon = Daemon::start(&world);
    let document = run.finish().assert_verdict(0, "verified", None);
    assert!(document["waited_us"].as_u64().unwrap() > 0, "{document:#}");

    let record = daemon.record().to_str().unwrap();
    let at_once = world
        .rpctl(["probe", "--json", "--wait", LONG, record])
        .json();
    assert!(at_once.get("waited_us").is_none(), "{at_once:#}");
    let run = world.rpctl(["probe", "--wait", LONG, record]);
    assert!(!run.text().contains("waited for"), "{run:?}");
}

#[test]
fn a_wait_in_vain_leaves_nothing_but_its_length_in_pipes() {
    let world = World::new();
    let run = world.rpctl(["probe", "--wait", "600ms", "missing.pb"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(8), ""));
    let line = run.text().lines().nth(2).unwrap();
    assert!(line.starts_with("  waited for "), "{run:?}");
    let run = world.rpctl([
        "probe",
        "--wait",
        "600ms",
        "--service",
        "none",
        "-o",
        "ndjson",
    ]);
    let document = run.json();
    let message = document["error"]["message"].as_str().unwrap();
    assert!(message.contains("service none"), "{message}");
    assert!(document["waited_us"].as_u64().unwrap() > 0, "{document:#}");
    assert_eq!(run.stderr, "");
}

/// Everything that a run writes to a terminal until it has written `text`.
fn until(world: &World, args: &str, text: &str) -> String {
    let rpctl = env!("CARGO_BIN_EXE_rpctl");
    let line = format!("stty rows 8 cols 120; exec {rpctl} probe {args}");
    let mut command = world.command("script");
    command
        .env("TERM", "xterm")
        .args(["-qec", &line, "/dev/null"])
        .stdout(Stdio::piped());
    let mut child = KillOnDrop(command.spawn().unwrap());
    let mut output = child.0.stdout.take().unwrap();
    let (mut read, mut byte) = (Vec::new(), [0]);
    while !String::from_utf8_lossy(&read).contains(text) {
        assert_eq!(output.read(&mut byte).unwrap(), 1, "{read:?}");
        read.push(byte[0]);
    }
    String::from_utf8_lossy(&read).into_owned()
}

#[test]
fn a_terminal_shows_what_is_waited_for() {
    if !is_installed("script") {
        return;
    }
    let world = World::new();
    let awaited = "waiting for missing.pb to be verified (no_record)";
    until(&world, "--wait 10m missing.pb", awaited);
    until(
        &world,
        "--wait 10m a.pb b.pb c.pb",
        "a.pb to be verified (no_record), and 2 more",
    );
    let awaited = "waiting for a record: ";
    let said = until(&world, "--wait 10m --service none", awaited);
    assert!(!said.contains("  next: "), "{said}");
}

#[test]
fn no_name_from_a_record_controls_the_terminal() {
    if !is_installed("script") {
        return;
    }
    let world = World::new();
    let said = until(
        &world,
        "--wait 10m \"$(printf 'x\\033[2Jy.pb')\"",
        "y.pb to be verified",
    );
    assert!(!said.contains("\u{1b}[2J"), "{said:?}");
}

#[test]
fn quiet_waits_show_and_say_nothing() {
    let world = World::new();
    let mut command = waiting(&world, "600ms");
    let run = Run::of(command.args(["-q", "missing.pb"]));
    assert_eq!(
        (run.code, run.text(), run.stderr.as_str()),
        (Some(8), "", "")
    );
}
