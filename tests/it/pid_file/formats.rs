//! The report on a PID file in every format.

use super::{daemon, probe};
use crate::support::World;

#[test]
fn every_format_reports_a_pid_file() {
    let world = World::new();
    let (_child, path) = daemon(&world);
    let path = path.to_str().unwrap();
    for (format, expected) in [
        ("table", "cannot tell: PID "),
        ("json", r#""reason": "pid_file_only""#),
        ("ndjson", r#""reason":"pid_file_only""#),
        ("junit", "pid_file_only"),
        ("nagios", "UNKNOWN"),
        ("prometheus", r#"reason="pid_file_only""#),
        ("github", "cannot tell"),
    ] {
        let run = world.rpctl(["probe", "-o", format, path]);
        let code = if format == "nagios" { 3 } else { 4 };
        assert_eq!(run.code, Some(code), "{format}: {run:?}");
        assert!(run.text().contains(expected), "{format}: {run:?}");
    }
}

#[test]
fn the_evidence_is_shown_with_the_command_to_paste() {
    let world = World::new();
    let (child, path) = daemon(&world);
    let document = probe(&world, &path, &[]).json();
    let program = std::fs::canonicalize("/bin/sleep").unwrap();
    let user = document["checks"][7]["actual"].as_str().unwrap();
    let summary = format!(
        "cannot tell: PID {} ({}, user {user}) is older than the file, but nothing more tells \
         whether it is the daemon",
        child.0.id(),
        program.display()
    );
    assert_eq!(document["summary"], summary);
    let paste = format!(
        "if that is the daemon: rpctl probe --exe {} {}",
        program.display(),
        path.display()
    );
    assert_eq!(document["hints"][0], paste);
}
