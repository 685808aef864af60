//! What is not recorded, and how it is said.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use nix::unistd::gettid;

use super::{assert_refused, command, place, record, sleeper};
use crate::support::proc::Pinned;
use crate::support::{KillOnDrop, NOBODY, PATIENCE, Run, World, is_root};

fn record_pid(world: &World, pid: u32) -> Run {
    world.rpctl(["record", "--pid", &pid.to_string()])
}

#[test]
fn a_number_of_no_process_is_not_running() {
    let world = World::new();
    assert_refused(
        &record_pid(&world, 4_194_303),
        3,
        &["no process has PID 4194303"],
    );
    assert_refused(&record_pid(&world, u32::MAX), 3, &["no process"]);
    for wrong in ["0", "-1", "4294967296", "x"] {
        let run = world.rpctl(["record", &format!("--pid={wrong}")]);
        assert_eq!(run.code, Some(2), "{run:?}");
        let says = "a PID is a number from 1 to 4194303";
        assert!(run.stderr.contains(says), "{run:?}");
    }
}

#[test]
fn a_mistyped_path_is_told_from_a_socket_without_server() {
    let world = World::new();
    let says = ["there is no socket foo", "an address is PATH"];
    assert_refused(&world.rpctl(["record", "--socket", "foo"]), 3, &says);
    drop(UnixListener::bind(world.path("left")).unwrap());
    let run = world.rpctl(["record", "--socket", "left"]);
    assert_refused(&run, 3, &["no process listens on left"]);
}

#[test]
fn one_process_must_be_named() {
    let world = World::new();
    for args in [
        &["record"][..],
        &["record", "--pid", "1", "--socket", ":80"],
    ] {
        let run = world.rpctl(args);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains("--pid"), "{run:?}");
    }
    let run = world.rpctl(["record", "--socket", "example.org:80"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("a host is an IP address"), "{run:?}");
}

#[test]
fn a_zombie_is_named_as_such() {
    let world = World::new();
    let mut child = KillOnDrop(Command::new("true").spawn().unwrap());
    Pinned::open(child.0.id()).unwrap().wait();
    let run = record_pid(&world, child.0.id());
    assert_refused(&run, 3, &["is a zombie", "names the parent"]);
    child.0.wait().unwrap();
}

#[test]
fn a_thread_is_named_with_the_pid_of_its_process() {
    let world = World::new();
    let (send, receive) = mpsc::channel();
    let (stop, stopped) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        send.send(gettid().as_raw()).unwrap();
        let _ = stopped.recv_timeout(PATIENCE);
    });
    let tid = u32::try_from(receive.recv().unwrap()).unwrap();
    let of = format!("--pid {}", std::process::id());
    assert_refused(&record_pid(&world, tid), 2, &["is a thread", &of]);
    std::fs::write(world.path("a.pid"), format!("{tid}\n")).unwrap();
    let run = world.rpctl(["record", "--pid-file", "a.pid"]);
    assert_refused(&run, 5, &["is a thread"]);
    drop(stop);
    thread.join().unwrap();
}

#[test]
fn a_kernel_thread_is_refused_by_policy() {
    if std::fs::read_to_string("/proc/2/comm").is_ok_and(|name| name == "kthreadd\n") {
        let run = record_pid(&World::new(), 2);
        assert_refused(&run, 9, &["PID 2 is a kernel thread"]);
    }
}

#[test]
fn another_program_or_user_than_expected_is_not_recorded() {
    let world = World::new();
    let child = sleeper();
    for (args, text) in [
        (["--exe", "/bin/true"], "does not run /bin/true"),
        (["--exe", "/no/such/file"], "does not exist"),
        (["--user", "65534"], "not as "),
    ] {
        let args = [&args[..], &["--service", "x"]].concat();
        let run = record(&world, &child, &args);
        assert_refused(&run, 5, &[text, "nothing was recorded"]);
        assert!(!place(&world, "x").exists());
    }
    let run = record(&world, &child, &["--user", "no-such-user"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("there is no user"), "{run:?}");
    let user = nix::unistd::geteuid().to_string();
    let run = record(&world, &child, &["--exe", "/bin/sleep", "--user", &user]);
    assert_eq!(run.code, Some(0), "{run:?}");
}

/// A setuid program runs as its owner, and was started by another user.
#[test]
fn the_user_who_started_a_setuid_program_counts() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    let copied = Command::new("cp").arg("/bin/sleep").arg(&program).status();
    assert!(copied.unwrap().success());
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o4755);
    std::fs::set_permissions(&program, mode).unwrap();
    let mut sleep = Command::new(&program);
    let child = KillOnDrop(sleep.arg("1000").uid(NOBODY).spawn().unwrap());
    let run = record(&world, &child, &["--user", "root"]);
    assert_refused(&run, 5, &["runs as root (real user "]);
}

#[test]
fn a_program_that_was_replaced_since_is_recorded_with_a_remark() {
    let world = World::new();
    let program = world.path("daemon");
    let copy = || {
        let copied = Command::new("cp").arg("/bin/sleep").arg(&program).status();
        assert!(copied.unwrap().success());
    };
    copy();
    let child = KillOnDrop(Command::new(&program).arg("1000").spawn().unwrap());
    std::fs::remove_file(&program).unwrap();
    for step in ["deleted", "replaced"] {
        let args = ["--exe", program.to_str().unwrap(), "--service", step];
        let run = record(&world, &child, &args);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.stderr.contains("replaced since"), "{run:?}");
        copy();
    }
}

#[test]
fn what_a_user_may_not_look_at_is_told_with_the_missing_right() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    let path = world.path("s");
    let listener = UnixListener::bind(&path).unwrap();
    let mut sleep = Command::new("sleep");
    let child = sleep.arg("1000").stdin(OwnedFd::from(listener)).spawn();
    let child = KillOnDrop(child.unwrap());
    drop(sleep);
    let pid = child.0.id().to_string();
    for source in [["--pid", &pid], ["--socket", path.to_str().unwrap()]] {
        let mut record = world.command(&program);
        record.arg("record").args(source).uid(NOBODY).gid(NOBODY);
        let run = Run::of(&mut record);
        let sudo = format!("sudo rpctl record {} {}", source[0], source[1]);
        assert_refused(&run, 4, &["CAP_SYS_PTRACE is missing", &sudo]);
    }
}

#[test]
fn a_bad_pid_file_is_told_apart_from_a_stale_one() {
    let world = World::new();
    let child = sleeper();
    let run = |text: &str, mode: u32| {
        let path = world.path("a.pid");
        std::fs::write(&path, text).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(&path, mode).unwrap();
        world.rpctl(["record", "--pid-file", "a.pid"])
    };
    assert_refused(
        &run("redis", 0o644),
        8,
        &["a.pid is not a PID file: neither"],
    );
    assert_refused(
        &run("0x10", 0o644),
        8,
        &["a.pid is not a PID file: the first"],
    );
    let process = record(&world, &child, &["--record", "a.json"]);
    assert_eq!(process.code, Some(0), "{process:?}");
    let other = world.rpctl(["record", "--pid-file", "a.json"]);
    assert_refused(&other, 8, &["is not a PID file: it is a process record"]);
    assert_refused(&run("4194303", 0o644), 3, &["no process has PID"]);
    let pid = child.0.id().to_string();
    let open = run(&pid, 0o666);
    assert_refused(&open, 9, &["cannot be trusted", "head -n1"]);
    let missing = world.rpctl(["record", "--pid-file", "missing.pid"]);
    assert_refused(&missing, 8, &["there is no file missing.pid"]);
    run(&pid, 0o644);
    let status = Command::new("touch")
        .args(["-d", "2001-01-01"])
        .arg(world.path("a.pid"))
        .status();
    assert!(status.unwrap().success());
    let stale = world.rpctl(["record", "--pid-file", "a.pid"]);
    assert_refused(&stale, 3, &["before this machine was last started"]);
}

#[test]
fn several_processes_that_listen_are_candidates() {
    let world = World::new();
    let path = world.path("s");
    let listener = UnixListener::bind(&path).unwrap();
    let children: Vec<KillOnDrop> = (0..2)
        .map(|_| {
            let mut sleep = Command::new("sleep");
            let listener = OwnedFd::from(listener.try_clone().unwrap());
            KillOnDrop(sleep.arg("1000").stdin(listener).spawn().unwrap())
        })
        .collect();
    drop(listener);
    let run = world.rpctl(["record", "--socket", "s"]);
    assert_refused(&run, 2, &["several processes listen on s", "--pid"]);
    let run = world.rpctl(["record", "--socket", "s", "--json"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    let document = run.json();
    let candidates = document["error"]["candidates"].as_array().unwrap();
    for child in &children {
        let pid = format!("PID {} (", child.0.id());
        let is_named = |it: &serde_json::Value| it.as_str().unwrap().starts_with(&pid);
        assert!(candidates.iter().any(is_named), "{document:#}");
    }
}

#[test]
fn a_refusal_is_a_document_for_programs() {
    let world = World::new();
    let child = sleeper();
    let mut command = command(&world, &child, &["--exe", "/bin/true", "--json"]);
    let document = Run::of(command.stdin(Stdio::null())).json();
    assert_eq!(document["command"], "record");
    assert_eq!(document["exit_code"], 5);
    assert_eq!(document["error"]["kind"], "path_mismatch");
}
