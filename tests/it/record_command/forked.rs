//! A command that its shell has forked, and that has not executed its program yet.

use std::fs::OpenOptions;
use std::process::Stdio;

use super::{PROGRAM, load};
use crate::support::{PATIENCE, Run, World, wait_until};

/// The copy of the shell opens its input before it becomes the command, and waits for the
/// other end.
const SCRIPT: &str = r#"sleep 1000 > /dev/null 2>&1 < input &
"$1" record --pid $! --record record.json"#;

/// The sleeps of a process that looks again and again.
const LOOKS: u64 = 100;

/// Whether the program, which is a child of the shell or has replaced it, looks again and
/// again.
fn is_looking(shell: u32) -> bool {
    let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children"));
    let children = children.unwrap_or_default();
    let children = children.split_whitespace().map(str::to_owned);
    children.chain([shell.to_string()]).any(|pid| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"));
        let status = status.unwrap_or_default();
        let sleeps = status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        let sleeps = sleeps.map_or(0, |sleeps| sleeps.trim().parse().unwrap());
        status.starts_with("Name:\trpctl\n") && sleeps > LOOKS
    })
}

#[track_caller]
fn assert_recorded(script: &str) {
    let world = World::new();
    let input = world.path("input");
    nix::unistd::mkfifo(&input, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let mut command = world.command("sh");
    command.args(["-c", script, "sh", PROGRAM]);
    let shell = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let path = world.path("record.json");
    wait_until(|| path.exists() || is_looking(shell.id()));
    let _input = OpenOptions::new().write(true).open(&input).unwrap();
    let run = Run::end_of(shell);
    assert_eq!(run.code, Some(0), "{run:?}");
    let record = load(path);
    let exe = record.process.exe.as_ref().unwrap().path.clone().unwrap();
    let process = record.verify().unwrap();
    process.kill(PATIENCE).unwrap();
    assert!(exe.ends_with("sleep"), "{}", exe.display());
}

#[test]
fn a_command_that_is_about_to_run_is_recorded_as_itself() {
    assert_recorded(&format!("{SCRIPT}\nexit $?"));
}

#[test]
fn a_command_is_recorded_by_what_replaced_its_shell() {
    assert_recorded(&SCRIPT.replace("\"$1\"", "exec \"$1\""));
}
