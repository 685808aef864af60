//! Locks on a PID file: by each kind of lock, by the daemon, by others, out of sight.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::fcntl::{FcntlArg, Flock, FlockArg, fcntl};
use nix::libc;

use super::{daemon, date, probe, run, sleeper, write};
use crate::support::{
    KillOnDrop, Role, Run, World, append, before_boot_ms, before_start_ms, check, is_installed,
    is_root, proc, role,
};

/// The kinds of lock that prove who has written the file.
const KINDS: [&str; 3] = ["posix", "description", "flock"];

/// The kinds of lock of who may only read the file.
const READERS: [&str; 3] = ["posix-reader", "description-reader", "flock-reader"];

/// Locks the file at a path, writes the own number into it unless the lock is one of a reader,
/// and waits.
pub(crate) fn hold_lock(arguments: &[String]) {
    let (kind, path) = (&*arguments[0], &arguments[1]);
    let is_reader = READERS.contains(&kind);
    let mut options = File::options();
    options.read(true);
    if !is_reader {
        options.write(true).create(true).truncate(false);
    }
    let file = options.open(path).unwrap();
    if !is_reader {
        std::fs::write(path, format!("{}\n", std::process::id())).unwrap();
    }
    let _held = take_lock(&file, kind);
    println!("\nlocked");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

/// Locks a file; a lock of a reader leaves its begin to a writer. The result holds the lock, if
/// the file does not.
pub(super) fn take_lock(file: &File, kind: &str) -> Option<Flock<File>> {
    let (kind, access) = match kind.strip_suffix("-reader") {
        Some(kind) => (kind, libc::F_RDLCK),
        None => (kind, libc::F_WRLCK),
    };
    let lock = libc::flock {
        l_type: access.try_into().unwrap(),
        l_whence: libc::SEEK_SET.try_into().unwrap(),
        l_start: if access == libc::F_RDLCK { 100 } else { 0 },
        l_len: 1,
        l_pid: 0,
    };
    match kind {
        "posix" => fcntl(file, FcntlArg::F_SETLK(&lock)).map(drop).unwrap(),
        "description" => fcntl(file, FcntlArg::F_OFD_SETLK(&lock)).map(drop).unwrap(),
        "flock" => {
            let file = file.try_clone().unwrap();
            return Some(Flock::lock(file, FlockArg::LockExclusive).unwrap());
        }
        other => panic!("{other}"),
    }
    None
}

/// Starts a process that has locked the file, with its number in it.
pub(super) fn locker(mut command: Command) -> KillOnDrop {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = KillOnDrop(command.spawn().unwrap());
    let stdout = BufReader::new(child.0.stdout.take().unwrap());
    let mut lines = stdout.lines().map(Result::unwrap);
    assert!(lines.any(|line| line == "locked"));
    child
}

/// Starts a process that has locked its own PID file.
pub(crate) fn lock(world: &World, kind: &str) -> (KillOnDrop, PathBuf) {
    let path = world.path("daemon.pid");
    let child = locker(role(Role::HoldLock, [kind, path.to_str().unwrap()]));
    (child, path)
}

#[test]
fn a_lock_of_each_kind_proves_the_process() {
    let world = World::new();
    for kind in KINDS {
        let (mut child, path) = lock(&world, kind);
        // The lock outweighs the times of the file.
        for time in [
            None,
            Some(before_start_ms(child.0.id())),
            Some(before_boot_ms()),
        ] {
            if let Some(time) = time {
                date(&path, time);
            }
            let found = probe(&world, &path, &[]);
            let reason = if time == Some(before_boot_ms()) || time.is_some() {
                "warnings"
            } else {
                "kernel_only"
            };
            let document = found.assert_verdict(0, "verified", Some(reason));
            assert_eq!(check(&document, "peer")["outcome"], "pass", "{kind}");
        }
        let stopped = run(&world, "kill", &path, &["--remove-record"]);
        assert_eq!(stopped.code, Some(0), "{stopped:?}");
        child.0.wait().unwrap();
        assert!(!path.exists());
    }
}

#[test]
fn a_lock_is_no_proof_of_another_program_than_required() {
    let world = World::new();
    let (_child, path) = lock(&world, "flock");
    let found = probe(&world, &path, &["--exe", "/bin/sleep"]);
    found.assert_verdict(5, "mismatch", Some("path_mismatch"));
}

/// Who may only read a file can lock it, too.
#[test]
fn a_lock_of_a_reader_proves_nothing() {
    let world = World::new();
    let path = write(&world, "1\n");
    for kind in READERS {
        let child = locker(role(Role::HoldLock, [kind, path.to_str().unwrap()]));
        std::fs::write(&path, format!("{}\n", child.0.id())).unwrap();
        let found = probe(&world, &path, &[]);
        found.assert_verdict(4, "indeterminate", Some("pid_file_only"));
    }
}

#[test]
fn a_lock_of_a_reader_speaks_against_no_process() {
    let world = World::new();
    let (child, path) = daemon(&world);
    let readers = READERS.map(|kind| locker(role(Role::HoldLock, [kind, path.to_str().unwrap()])));
    let required = ["--exe", "/bin/sleep"];
    let found = probe(&world, &path, &required);
    found.assert_verdict(0, "verified", Some("pid_file"));
    let found = run(
        &world,
        "kill",
        &path,
        &[&required[..], &["--dry-run"]].concat(),
    );
    assert_eq!(found.code, Some(0), "{found:?}");
    drop(readers);
    drop(child);
}

#[test]
fn a_gone_daemon_whose_file_another_has_locked_was_superseded() {
    let world = World::new();
    for kind in KINDS {
        let (child, path) = lock(&world, kind);
        std::fs::write(&path, format!("{}\n", proc::MAX_PID)).unwrap();
        let found = probe(&world, &path, &[]);
        let document = found.assert_verdict(5, "mismatch", Some("superseded"));
        let holder = format!("PID {} (", child.0.id());
        let actual = check(&document, "peer")["actual"].as_str().unwrap();
        assert!(actual.starts_with(&holder), "{actual}");
        let kept = run(&world, "shutdown", &path, &["--remove-record"]);
        assert_eq!(kept.code, Some(5), "{kept:?}");
        assert!(path.exists());
    }
}

/// The daemon that has locked its file is another one than the process with the number.
#[test]
fn the_lock_of_an_unrelated_process_speaks_against_a_number() {
    let world = World::new();
    let mut child = sleeper();
    let required = ["--exe", "/bin/sleep"];
    for kind in KINDS {
        // A reader that was there first hides no writer.
        let path = write(&world, "1\n");
        let reader = ["posix-reader", path.to_str().unwrap()];
        let _reader = (kind != "flock").then(|| locker(role(Role::HoldLock, reader)));
        let (holder, path) = lock(&world, kind);
        std::fs::write(&path, format!("{}\n", child.0.id())).unwrap();
        let found = probe(&world, &path, &required);
        if kind == "flock" {
            // To look for it takes the kernel 10 ms, and only a signal or a record is worth that.
            found.assert_verdict(0, "verified", Some("pid_file"));
        } else {
            assert_locked_by(&found, holder.0.id());
        }
        for command in ["shutdown", "kill"] {
            assert_locked_by(&run(&world, command, &path, &required), holder.0.id());
        }
        let path = path.to_str().unwrap();
        for required in [&[][..], &required] {
            let recorded = ["record", "--json", "--record", "r", "--pid-file", path];
            let recorded = world.rpctl(recorded.iter().chain(required));
            assert_eq!(recorded.code, Some(4), "{kind}: {recorded:?}");
            assert_eq!(recorded.json()["error"]["kind"], "locked_by_other");
            assert!(!world.path("r").exists());
        }
        drop(holder);
        std::fs::remove_file(path).unwrap();
    }
    assert!(child.0.try_wait().unwrap().is_none());
}

/// The kernel names the process that has taken a lock by flock(2), which may have ended since, and
/// its number may be that of another process.
#[test]
fn a_lock_that_a_dead_daemon_left_to_its_child_is_found() {
    if !is_installed("flock") {
        return;
    }
    let world = World::new();
    let mut child = sleeper();
    let path = write(&world, "1\n");
    let mut heir = world.command("sh");
    // The program flock takes the lock on a descriptor of the shell, and ends.
    heir.args([
        "-c",
        "exec 9<>\"$1\"; flock 9; echo; echo locked; read line",
    ])
    .args(["sh", path.to_str().unwrap()]);
    let heir = locker(heir);
    for number in [proc::MAX_PID, child.0.id()] {
        std::fs::write(&path, format!("{number}\n")).unwrap();
        let required = ["--exe", "/bin/sleep"];
        for command in ["shutdown", "kill"] {
            let refused = run(&world, command, &path, &required);
            let named = format!("PID {} (", heir.0.id());
            assert!(refused.json().to_string().contains(&named), "{refused:?}");
            assert!([4, 5].contains(&refused.code.unwrap()), "{refused:?}");
        }
    }
    let kept = run(&world, "shutdown", &path, &["--remove-record"]);
    assert!(path.exists(), "{kept:?}");
    assert!(child.0.try_wait().unwrap().is_none());
}

/// It runs on in a session of its own, and the next daemon would lock another file.
#[test]
fn a_file_that_an_heir_has_locked_is_kept() {
    if !is_installed("flock") || !is_installed("setsid") {
        return;
    }
    let world = World::new();
    let path = write(&world, "1\n");
    let mut daemon = world.command("sh");
    let script = r#"
        exec 9>>"$1"; flock 9; echo $$ > "$1"
        (setsid sh -c 'echo $$ > heir; exec sleep 1000' > /dev/null &)
        until test -s heir; do :; done
        echo; echo locked; exec sleep 1000"#;
    daemon.args(["-c", script, "sh", path.to_str().unwrap()]);
    let _daemon = locker(daemon);
    let heir = std::fs::read_to_string(world.path("heir")).unwrap();
    let heir: u32 = heir.trim().parse().unwrap();
    let run = run(&world, "kill", &path, &["--remove-record"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(path.exists(), "{run:?}");
    let named = format!("PID {heir} (");
    assert!(run.stderr.contains(&named), "{run:?}");
    proc::Pinned::open(heir).unwrap().kill();
}

/// Any user who may read the file can lock it.
#[test]
fn a_lock_of_a_reader_keeps_no_file_of_a_dead_daemon() {
    let world = World::new();
    for kind in READERS {
        let path = write(&world, &format!("{}\n", proc::MAX_PID));
        let _reader = locker(role(Role::HoldLock, [kind, path.to_str().unwrap()]));
        probe(&world, &path, &[]).assert_verdict(3, "not_running", Some("process_exited"));
        let removed = run(&world, "shutdown", &path, &["--remove-record"]);
        assert_eq!(removed.code, Some(0), "{kind}: {removed:?}");
        assert!(!path.exists(), "{kind}");
    }
}

/// Asserts that a report names the process that holds the lock.
#[track_caller]
fn assert_locked_by(run: &Run, holder: u32) {
    let document = run.assert_verdict(4, "indeterminate", Some("locked_by_other"));
    let peer = check(&document, "peer");
    assert_eq!(peer["outcome"], "fail");
    let named = format!("PID {holder} (");
    assert!(
        peer["actual"].as_str().unwrap().starts_with(&named),
        "{peer}"
    );
    assert!(
        document["summary"].as_str().unwrap().contains(&named),
        "{document:#}"
    );
}

fn inside(world: &World, options: &[&str], path: &Path) -> Run {
    let mut command = world.command("unshare");
    command.args(["--pid", "--fork", "--kill-child", "--mount-proc"]);
    command
        .arg(env!("CARGO_BIN_EXE_rpctl"))
        .args(["probe", "--json"]);
    Run::of(command.args(options).arg(path))
}

#[test]
fn a_lock_out_of_sight_is_a_daemon_that_lives_elsewhere() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let (_child, path) = lock(&world, "posix");
    let found = inside(&world, &[], &path);
    let document = found.assert_verdict(4, "indeterminate", Some("foreign_namespace"));
    let detail = check(&document, "host")["detail"].as_str().unwrap();
    assert!(detail.contains("holds a lock on the file"), "{detail}");
}

#[test]
fn a_lock_of_a_contained_process_is_that_of_another_number() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let path = world.path("daemon.pid");
    let mut unshare = world.command("unshare");
    unshare.args(["--pid", "--fork", "--kill-child", "--mount-proc"]);
    let role = role(Role::HoldLock, ["flock", path.to_str().unwrap()]);
    append(&mut unshare, &role);
    let _child = locker(unshare);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "1\n");
    // This process is not the first one of its namespace.
    let found = probe(&world, &path, &["--user", "nobody"]);
    found.assert_verdict(4, "indeterminate", Some("foreign_namespace"));
}
