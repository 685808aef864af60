//! The example `examples/supervisor.rs`, run as it stands there.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{KillOnDrop, Role, Run, World, role};

#[path = "../../../examples/supervisor.rs"]
#[expect(
    dead_code,
    reason = "the entry of the example is not the one of the test"
)]
mod example;

/// Runs the supervisor with the arguments of its command line.
pub(crate) fn supervise(arguments: &[String]) {
    println!();
    if let Err(error) = example::supervise(arguments) {
        println!("error: {error}");
    }
}

/// Runs a supervisor of `sleep 1000` with these lines on its standard input. Returns the
/// lines that it prints.
fn supervised(record: &Path, input: &str) -> Vec<String> {
    let arguments = [record.to_str().unwrap(), "sleep", "1000"];
    let mut command = role(Role::Supervise, arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let run = Run::end_of(child);
    let lines = run.text().lines();
    let said = lines.filter(|line| line.contains("PID") || line.contains("error"));
    said.map(str::to_owned).collect()
}

/// Returns the PID at the end of a line with a beginning.
fn pid_in(line: &str, beginning: &str) -> u32 {
    let rest = line
        .strip_prefix(beginning)
        .unwrap_or_else(|| panic!("{line}"));
    rest.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn a_supervisor_takes_over_its_child_and_stops_no_other() {
    let world = World::new();
    let record = world.path("state/sleep.json");
    let mut bystander = Command::new("sleep");
    let mut bystander = KillOnDrop(bystander.arg("1000").spawn().unwrap());

    let first = supervised(&record, "");
    let pid = pid_in(&first[0], "started PID ");
    assert_eq!(first[1], format!("left PID {pid} running"));

    let second = supervised(&record, "\nstop\n");
    let expected = ["took over PID {}", "PID {} runs", "stopped PID {}"];
    let expected = expected.map(|line| line.replace("{}", &pid.to_string()));
    assert_eq!(second, expected);
    assert!(!record.exists());
    assert!(bystander.0.try_wait().unwrap().is_none());
}

#[test]
fn a_supervisor_starts_again_only_if_its_child_is_gone() {
    let world = World::new();
    let record = world.path("sleep.json");
    let first = supervised(&record, "");
    let pid = pid_in(&first[0], "started PID ");
    let text = std::fs::read_to_string(&record).unwrap();

    // Whether a process of another PID namespace runs cannot be told.
    let elsewhere = text.replace("pid:[", "pid:[9");
    std::fs::write(&record, elsewhere).unwrap();
    let doubtful = supervised(&record, "stop\n");
    assert!(doubtful[0].contains("recorded elsewhere"), "{doubtful:?}");

    std::fs::write(&record, &text).unwrap();
    let process = rpctl::process::ProcessRecord::from_pid(pid).unwrap();
    process
        .verify()
        .unwrap()
        .kill(crate::support::PATIENCE)
        .unwrap();
    let last = supervised(&record, "stop\n");
    assert!(
        last[0].starts_with(&format!("PID {pid} is gone")),
        "{last:?}"
    );
    let other = pid_in(&last[1], "started PID ");
    assert_eq!(last[2], format!("stopped PID {other}"));
}
