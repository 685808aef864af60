//! Processes of other namespaces, and records from inside of one.

use std::process::{Command, Stdio};

use super::{PROGRAM, load, place, record};
use crate::support::proc::Pinned;
use crate::support::{KillOnDrop, Run, World, is_installed, is_root, wait_until};

fn can_unshare() -> bool {
    is_root() && is_installed("unshare")
}

/// Returns the only child of a process.
fn child_of(parent: &KillOnDrop) -> u32 {
    let pid = parent.0.id();
    let children = format!("/proc/{pid}/task/{pid}/children");
    let read = || std::fs::read_to_string(&children).unwrap();
    wait_until(|| !read().is_empty());
    read().trim().parse().unwrap()
}

#[test]
fn a_process_of_another_pid_namespace_has_its_number_here() {
    if !can_unshare() {
        return;
    }
    let world = World::new();
    let mut command = Command::new("unshare");
    command.args(["--pid", "--fork", "--kill-child", "sleep", "1000"]);
    let outer = KillOnDrop(command.stdin(Stdio::null()).spawn().unwrap());
    let pid = child_of(&outer);
    let sleep = std::fs::canonicalize("/bin/sleep").unwrap();
    let exe = format!("/proc/{pid}/exe");
    wait_until(|| std::fs::read_link(&exe).is_ok_and(|path| path == sleep));
    let run = world.rpctl(["record", "--service", "x", "--pid", &pid.to_string()]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let record = load(place(&world, "x"));
    assert_eq!(record.process.pid, pid);
    record.verify().unwrap();
    Pinned::open(pid).unwrap().kill();
}

#[test]
fn the_first_process_of_a_container_is_recorded_inside() {
    if !can_unshare() {
        return;
    }
    let world = World::new();
    let script = r#"sleep 1000 & "$1" record --service x --pid $! >&2 || exit
        "$1" record --service init --pid 1 >&2 || exit
        grep -h '"pid"' run/rpctl/records/*"#;
    let mut command = world.command("unshare");
    command.args(["--pid", "--fork", "--kill-child", "--mount-proc"]);
    command.args(["sh", "-c", script, "sh", PROGRAM]);
    let run = Run::of(&mut command);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.text().contains("\"pid\": 1,"), "{run:?}");
    assert!(run.text().contains("\"pid\": 2,"), "{run:?}");
}

#[test]
fn the_proc_of_another_pid_namespace_tells_nothing() {
    if !can_unshare() {
        return;
    }
    let world = World::new();
    let _listener = std::os::unix::net::UnixListener::bind(world.path("s")).unwrap();
    for source in [["--pid", "1"], ["--socket", "s"]] {
        let mut command = world.command("unshare");
        command.args(["--pid", "--fork", "--kill-child", PROGRAM, "record"]);
        let run = Run::of(command.args(source));
        super::assert_refused(&run, 4, &["another PID namespace", "mount -t proc"]);
    }
}

/// A process listens in its own network namespace, and on what it got from outside.
#[test]
fn listeners_of_another_network_namespace_are_recorded() {
    if !can_unshare() || !is_installed("python3") {
        return;
    }
    let world = World::new();
    let outside = std::os::unix::net::UnixListener::bind(world.path("outside")).unwrap();
    let script = "import socket, sys, time
s = socket.create_server(('0.0.0.0', 4321))
u = socket.socket(socket.AF_UNIX); u.bind('inside'); u.listen()
print('up', flush=True)
time.sleep(1000)";
    let mut command = Command::new("unshare");
    command
        .args(["--net", "python3", "-c", script])
        .current_dir(world.path(""))
        .stdin(std::os::fd::OwnedFd::from(outside))
        .stdout(Stdio::piped());
    let mut child = KillOnDrop(command.spawn().unwrap());
    drop(command);
    let mut up = [0; 3];
    let stdout = child.0.stdout.as_mut().unwrap();
    std::io::Read::read_exact(stdout, &mut up).unwrap();
    let run = record(&world, &child, &["--json"]);
    let document = run.json();
    let mut listeners: Vec<&str> = document["recorded"]["listeners"]
        .as_array()
        .unwrap()
        .iter()
        .map(|listener| listener.as_str().unwrap())
        .collect();
    listeners.sort_unstable();
    let outside = world.path("outside").display().to_string();
    assert_eq!(listeners, [&outside, "0.0.0.0:4321", "inside"]);
}
