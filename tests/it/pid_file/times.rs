//! The times of a PID file, which prove that its number was reused, or that it was not.

use std::process::Command;

use rpctl::__private;

use super::{daemon, date, probe, probe_sleep};
use crate::support::{World, before_boot_ms, before_start_ms};

#[test]
fn a_process_older_than_the_file_is_not_yet_proven() {
    let world = World::new();
    let (_child, path) = daemon(&world);
    let document = probe(&world, &path, &[]);
    document.assert_verdict(4, "indeterminate", Some("pid_file_only"));
    let verified = probe_sleep(&world, &path);
    verified.assert_verdict(0, "verified", Some("pid_file"));
}

#[test]
fn a_file_that_is_touched_or_copied_keeps_its_meaning() {
    let world = World::new();
    let (_child, path) = daemon(&world);
    // The clock of the file is behind by as much as a tick.
    date(&path, __private::unix_now_ms());
    probe_sleep(&world, &path).assert_verdict(0, "verified", Some("pid_file"));
    date(&path, __private::unix_now_ms() + 3_600_000);
    probe_sleep(&world, &path).assert_verdict(0, "verified", Some("pid_file"));
    let copy = world.path("copy.pid");
    let copied = Command::new("cp").arg("-p").args([&path, &copy]).status();
    assert!(copied.unwrap().success());
    probe_sleep(&world, &copy).assert_verdict(0, "verified", Some("pid_file"));
}

#[test]
fn a_file_of_an_earlier_boot_is_stale_unless_it_runs() {
    let world = World::new();
    let (_child, path) = daemon(&world);
    // As a backup restores it: the other time is that of the change.
    date(&path, before_boot_ms());
    for options in [&[][..], &["--exe", "/bin/cat"]] {
        let run = probe(&world, &path, options);
        run.assert_verdict(3, "not_running", Some("rebooted"));
    }
    // A time can be set, and the program outweighs it.
    let run = probe_sleep(&world, &path);
    run.assert_verdict(4, "indeterminate", Some("time_unusable"));
}

#[test]
fn a_younger_process_has_taken_the_number() {
    let world = World::new();
    let (child, path) = daemon(&world);
    date(&path, before_start_ms(child.0.id()));
    let reused = ["--exe", "/bin/cat"];
    for options in [&[][..], &reused] {
        let run = probe(&world, &path, options);
        run.assert_verdict(3, "not_running", Some("pid_reused"));
    }
    // The wall clock may have been set since, and the program outweighs it.
    let run = probe_sleep(&world, &path);
    run.assert_verdict(4, "indeterminate", Some("younger_process"));
}

#[test]
fn a_process_that_is_hardly_younger_is_neither() {
    let world = World::new();
    let (child, path) = daemon(&world);
    date(&path, before_start_ms(child.0.id()) + 700);
    for run in [probe(&world, &path, &[]), probe_sleep(&world, &path)] {
        run.assert_verdict(4, "indeterminate", Some("younger_process"));
    }
}

#[test]
fn a_number_without_a_file_has_no_time() {
    let world = World::new();
    let (child, path) = daemon(&world);
    for options in [&[][..], &["--exe", "/bin/sleep"]] {
        let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
        command.args(["probe", "--json"]).args(options).arg("-");
        let input = std::fs::File::open(&path).unwrap();
        let run = crate::support::Run::of(command.stdin(input));
        run.assert_verdict(4, "indeterminate", Some("time_unusable"));
    }
    drop(child);
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    let input = std::fs::File::open(&path).unwrap();
    let run = crate::support::Run::of(command.args(["probe", "--json", "-"]).stdin(input));
    run.assert_verdict(3, "not_running", Some("process_exited"));
}
