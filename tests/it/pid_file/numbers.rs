//! What the number in a PID file can be that of.

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use super::{NOBODY, daemon, date, probe, sleeper, start, write};
use crate::support::{
    KillOnDrop, Run, World, before_start_ms, check, is_installed, is_root, proc, wait_until,
};

#[test]
fn a_number_that_no_process_has_is_gone() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let path = write(&world, &format!("{}\n", proc::MAX_PID));
    let run = probe(&world, &path, &[]);
    run.assert_verdict(3, "not_running", Some("process_exited"));
}

#[test]
fn a_zombie_is_gone() {
    let world = World::new();
    let (child, path) = daemon(&world);
    let process = proc::Pinned::open(child.0.id()).unwrap();
    process.kill();
    let run = probe(&world, &path, &[]);
    run.assert_verdict(3, "not_running", Some("zombie"));
}

/// Returns the number of a kernel thread that processes of other tests do not have in their
/// namespaces, as they have the first numbers.
pub(crate) fn kernel_thread() -> Option<u32> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let is_it = |entry: &std::fs::DirEntry| {
        std::fs::read_to_string(entry.path().join("comm")).is_ok_and(|name| name == "kswapd0\n")
    };
    let found = entries.into_iter().find(is_it)?;
    found.file_name().to_str()?.parse().ok()
}

#[test]
fn a_kernel_thread_is_no_daemon() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let Some(thread) = kernel_thread() else {
        crate::support::skipped("no kernel thread can be seen");
        return;
    };
    let path = write(&world, &format!("{thread}\n"));
    let run = probe(&world, &path, &[]);
    let document = run.assert_verdict(5, "mismatch", Some("path_mismatch"));
    let summary = document["summary"].as_str().unwrap();
    assert!(summary.contains("kernel thread"), "{summary}");
    assert!(!document["hints"].to_string().contains("rpctl"));
}

#[test]
fn a_thread_is_named_as_such() {
    if !is_installed("python3") {
        return;
    }
    let world = World::new();
    let script = "import threading, time\n\
                  def serve():\n    print(threading.get_native_id(), flush=True)\n    time.sleep(1000)\n\
                  threading.Thread(target=serve).start()\n";
    let mut command = Command::new("python3");
    command.args(["-c", script]).stdout(Stdio::piped());
    let mut child = KillOnDrop(command.spawn().unwrap());
    let mut line = String::new();
    let stdout = child.0.stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).unwrap();
    let path = write(&world, &line);
    let run = probe(&world, &path, &[]);
    let document = run.assert_verdict(5, "mismatch", Some("path_mismatch"));
    let summary = document["summary"].as_str().unwrap();
    let owner = format!("a thread of PID {} (", child.0.id());
    assert!(summary.contains(&owner), "{summary}");
    // A thread that is younger than the file has taken the number.
    date(&path, before_start_ms(child.0.id()));
    let run = probe(&world, &path, &[]);
    run.assert_verdict(3, "not_running", Some("pid_reused"));
}

/// Runs a command as a user who may look at no other process.
fn as_nobody(world: &World, options: &[&str], path: &std::path::Path) -> Run {
    let mut command = world.command(world.path("rpctl"));
    command.args(["probe", "--json"]).args(options).arg(path);
    Run::of(command.uid(NOBODY).gid(NOBODY))
}

#[test]
fn a_process_of_another_user_may_be_verified_by_its_user_alone() {
    if !is_root() {
        return;
    }
    let world = World::new();
    world.open_to_all();
    let (_child, path) = daemon(&world);
    let denied = as_nobody(&world, &["--exe", "/bin/sleep"], &path);
    denied.assert_verdict(4, "indeterminate", Some("permission_denied"));
    let only = as_nobody(&world, &[], &path);
    let document = only.assert_verdict(4, "indeterminate", Some("pid_file_only"));
    // Its program is not known, so none is offered.
    let hints = document["hints"].to_string();
    assert!(!hints.contains("--exe"), "{hints}");
    let verified = as_nobody(&world, &["--user", "root"], &path);
    verified.assert_verdict(0, "verified", Some("pid_file"));
}

#[test]
fn no_program_is_offered_for_the_process_of_another_user() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let child = start(Command::new("sleep").arg("1000").uid(1));
    let path = write(&world, &format!("{}\n", child.0.id()));
    std::os::unix::fs::chown(&path, Some(2), None).unwrap();
    let run = probe(&world, &path, &[]);
    let document = run.assert_verdict(4, "indeterminate", Some("pid_file_only"));
    assert_eq!(check(&document, "user")["outcome"], "warn");
    let hints = document["hints"].to_string();
    assert!(!hints.contains("--exe"), "{hints}");
}

#[test]
fn the_daemons_of_every_convention_are_found() {
    let world = World::new();
    let child = sleeper();
    let pid = child.0.id();
    for text in [
        format!("{pid}"),
        format!("{pid}\n"),
        format!("{pid}\r\n"),
        format!("  {pid}  \n"),
        format!("{pid}\n/var/lib/postgresql/17/main\n1767225600\n5432\n/run\nlocalhost\n"),
    ] {
        let path = write(&world, &text);
        wait_until(|| path.exists());
        let run = probe(&world, &path, &["--exe", "/bin/sleep"]);
        let document = run.assert_verdict(0, "verified", Some("pid_file"));
        assert_eq!(document["target"]["pid"], pid);
        assert_eq!(document["target"]["format"], "pid_file");
    }
}
