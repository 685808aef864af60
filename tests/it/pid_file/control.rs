//! Signals to the process that a PID file names, and the removal of the file.

use super::{daemon, date, probe, run};
use crate::support::{World, before_boot_ms, before_start_ms, is_root, wait_until};

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
