//! Signals to the process that a PID file names, and the removal of the file.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rpctl::control::{Signal, Trust};

use super::{NOBODY, daemon, date, probe, run, start, write};
use crate::support::{Run, World, before_boot_ms, before_start_ms, is_root, wait_until};

#[test]
fn nothing_is_signalled_on_the_word_of_the_file_alone() {
    let world = World::new();
    let (mut child, path) = daemon(&world);
    for command in ["shutdown", "kill"] {
        let refused = run(&world, command, &path, &[]);
        let document = refused.json();
        assert_eq!(refused.code, Some(4), "{document:#}");
        assert_eq!(document["action"]["outcome"], "refused");
        let hint = format!(
            "if that is the daemon: rpctl {command} --exe {} {}",
            std::fs::canonicalize("/bin/sleep").unwrap().display(),
            path.display()
        );
        assert_eq!(document["hints"][0], hint, "{document:#}");
    }
    assert!(child.0.try_wait().unwrap().is_none());
}

#[test]
fn the_user_alone_is_no_proof_for_a_signal() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let (mut child, path) = daemon(&world);
    for command in ["shutdown", "kill"] {
        let refused = run(&world, command, &path, &["--user", "root"]);
        let document = refused.json();
        assert_eq!(refused.code, Some(9), "{document:#}");
        let why = "the evidence is incomplete (exe path): nothing was signalled";
        assert!(document.to_string().contains(why), "{document:#}");
    }
    assert!(child.0.try_wait().unwrap().is_none());
}

/// Any user can run the same program, and a file that was touched is younger than its process.
#[test]
fn a_program_of_another_user_than_the_owner_needs_that_user() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let mut command = Command::new("sleep");
    let mut child = start(command.arg("1000").uid(NOBODY));
    let path = write(&world, &format!("{}\n", child.0.id()));
    let program = ["--exe", "/bin/sleep"];
    let found = probe(&world, &path, &program);
    let document = found.assert_verdict(4, "indeterminate", Some("pid_file_only"));
    let summary = document["summary"].as_str().unwrap();
    assert!(summary.contains("but as nobody, not as root"), "{summary}");
    follow(&world, &found).assert_verdict(0, "verified", Some("pid_file"));
    for command in ["shutdown", "kill"] {
        let refused = run(&world, command, &path, &program);
        assert_eq!(refused.code, Some(4), "{refused:?}");
    }
    assert!(child.0.try_wait().unwrap().is_none());
    // A record is the decision of the caller, with and without the program.
    for required in [&[][..], &program] {
        let record = ["record", "--replace", "--record", "r", "--pid-file"];
        let record = record.iter().copied().chain([path.to_str().unwrap()]);
        let recorded = world.rpctl(record.chain(required.iter().copied()));
        assert_eq!(recorded.code, Some(0), "{recorded:?}");
    }
    let refused = run(&world, "kill", &path, &program);
    let stopped = follow(&world, &refused);
    assert_eq!(stopped.code, Some(0), "{stopped:?}");
    child.0.wait().unwrap();
    // The file of the user himself names his process.
    let child = start(Command::new("sleep").arg("1000").uid(NOBODY));
    let path = write(&world, &format!("{}\n", child.0.id()));
    std::os::unix::fs::chown(&path, Some(NOBODY), None).unwrap();
    probe(&world, &path, &program).assert_verdict(0, "verified", Some("pid_file"));
}

/// The second look compares the same as the first.
#[test]
fn a_grant_remembers_the_owner_of_the_file() {
    let world = World::new();
    let (_child, path) = daemon(&world);
    let record = rpctl::record::load(&path).unwrap();
    let report = rpctl::Probe::from_record(&record).exe(Path::new("/bin/sleep"));
    let grant = report.run().into_grant(Signal::Term, Trust::Required);
    let again = grant.unwrap().probe_again(Duration::ZERO);
    assert_eq!(again.verdict, rpctl::Verdict::Verified, "{again:?}");
    let user = again.check(rpctl::CheckId::User).unwrap();
    assert_eq!(user.outcome, rpctl::Outcome::Pass);
}

#[test]
fn the_required_program_is_stopped_and_its_file_removed() {
    for command in ["shutdown", "kill"] {
        let world = World::new();
        let (mut child, path) = daemon(&world);
        // The process is a child of the test, and stays a zombie until it is collected.
        let options = ["--exe", "/bin/sleep", "--remove-record"];
        let stopped = run(&world, command, &path, &options);
        assert_eq!(stopped.code, Some(0), "{stopped:?}");
        wait_until(|| child.0.try_wait().unwrap().is_some());
        assert!(!path.exists(), "{stopped:?}");
    }
}

/// While a process has the number, only clocks say that it is another one.
#[test]
fn a_file_is_removed_only_if_no_process_has_its_number() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let (child, path) = daemon(&world);
    for (time, code) in [
        (None, 4),
        (Some(before_start_ms(child.0.id()) + 700), 4),
        (Some(before_start_ms(child.0.id())), 0),
        (Some(before_boot_ms()), 0),
    ] {
        if let Some(time) = time {
            date(&path, time);
        }
        let stopped = run(&world, "shutdown", &path, &["--remove-record"]);
        assert_eq!(stopped.code, Some(code), "{stopped:?}");
        assert!(path.exists(), "{stopped:?}");
    }
    drop(child);
    for time in [None, Some(before_boot_ms())] {
        std::fs::write(&path, "4194303\n").unwrap();
        if let Some(time) = time {
            date(&path, time);
        }
        let stopped = run(&world, "shutdown", &path, &["--remove-record"]);
        assert_eq!(stopped.code, Some(0), "{stopped:?}");
        assert!(!path.exists(), "{stopped:?}");
    }
}

#[test]
fn a_dry_run_shows_what_a_signal_would_reach() {
    let world = World::new();
    let (mut child, path) = daemon(&world);
    let options = ["--exe", "/bin/sleep", "--dry-run"];
    let shown = run(&world, "kill", &path, &options);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert!(child.0.try_wait().unwrap().is_none());
    probe(&world, &path, &[]).assert_verdict(4, "indeterminate", Some("pid_file_only"));
}

/// Runs the first hint of a command that begins with the name of this program.
fn follow(world: &World, before: &Run) -> Run {
    let document = before.json();
    let hint = document["hints"][0].as_str().unwrap();
    let (_, command) = hint.split_once("rpctl ").unwrap();
    let words = command.split(" stops it").next().unwrap();
    let words = words.split(" keeps its").next().unwrap();
    world.rpctl([&words.split(' ').collect::<Vec<_>>()[..], &["--json"]].concat())
}

#[test]
fn a_hint_repeats_what_was_required_of_a_number() {
    let world = World::new();
    let program = world.path("sleep");
    let install = || {
        let copied = Command::new("cp").arg("/bin/sleep").arg(&program).status();
        assert!(copied.unwrap().success());
    };
    install();
    let mut child = start(Command::new(&program).arg("1000"));
    let path = write(&world, &format!("{}\n", child.0.id()));
    let options = ["--exe", program.to_str().unwrap()];
    let probed = probe(&world, &path, &options);
    let recorded = follow(&world, &probed);
    assert!(probed.text().contains("rpctl record --exe "), "{probed:?}");
    assert_eq!(recorded.code, Some(0), "{recorded:?}");
    std::fs::remove_file(&program).unwrap();
    install();
    let outdated = probe(&world, &path, &options);
    outdated.assert_verdict(0, "verified", Some("outdated"));
    let stopped = follow(&world, &outdated);
    assert_eq!(stopped.code, Some(0), "{stopped:?}");
    assert!(!child.0.wait().unwrap().success());
}

#[test]
fn a_signal_to_a_number_that_its_user_verifies_has_a_hint() {
    let world = World::new();
    let (mut child, path) = daemon(&world);
    let user = nix::unistd::geteuid().to_string();
    let refused = run(&world, "shutdown", &path, &["--user", &user]);
    assert_ne!(refused.code, Some(0), "{refused:?}");
    let stopped = follow(&world, &refused);
    assert_eq!(stopped.code, Some(0), "{stopped:?}");
    assert!(!child.0.wait().unwrap().success());
}
