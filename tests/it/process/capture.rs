//! What is recorded about a process, and which processes are refused.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::thread;

use nix::unistd::{Uid, gettid, setresuid};
use rpctl::process::{CaptureError, ImageState, ProcessRecord};

use super::{sleeper, verdict};
use crate::support::proc::Pinned;
use crate::support::{KillOnDrop, NOBODY, PATIENCE, Role, Run, World, is_root, role, wait_until};

/// Copies sleep(1), in another process: see `copy_program`.
pub(super) fn copy_sleep(to: &Path) {
    let sleep = std::fs::canonicalize("/bin/sleep").unwrap();
    let copied = Command::new("cp").arg(sleep).arg(to).status();
    assert!(copied.unwrap().success(), "{}", to.display());
}

/// Starts a copy of sleep(1), once it is executed.
fn sleeper_at(program: &Path) -> KillOnDrop {
    copy_sleep(program);
    let mut command = Command::new("sh");
    command.args(["-c", "exec \"$0\" 1000"]).arg(program);
    let child = KillOnDrop(command.spawn().unwrap());
    let exe = format!("/proc/{}/exe", child.0.id());
    wait_until(|| std::fs::read_link(&exe).is_ok_and(|path| path == program));
    child
}

#[test]
fn a_child_is_recorded_as_the_kernel_describes_it() {
    let world = World::new();
    let program = world.path("a sleeper");
    let child = sleeper_at(&program);
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let process = &record.process;
    assert_eq!(process.pid, child.0.id());
    let stat = crate::support::proc::stat(child.0.id());
    let start = process.start.unwrap();
    assert_eq!(start.ticks.to_string(), stat[19]);
    assert_eq!(process.command_name, "a sleeper");
    let exe = process.exe.as_ref().unwrap();
    assert_eq!(exe.path.as_deref(), Some(&*program));
    let (file, about) = (exe.file.unwrap(), std::fs::metadata(&program).unwrap());
    assert_eq!((file.device, file.inode), (about.dev(), about.ino()));
    assert_eq!(file.size, about.size());
    let ns = |seconds: i64, ns: i64| seconds * 1_000_000_000 + ns;
    assert_eq!(file.modified_unix_ns, ns(about.mtime(), about.mtime_nsec()));
    assert_eq!(file.changed_unix_ns, ns(about.ctime(), about.ctime_nsec()));
    let user = nix::unistd::geteuid().as_raw();
    assert_eq!(process.users.unwrap().file_system, user);
}

#[test]
fn a_deleted_executable_is_recorded_by_its_path() {
    let world = World::new();
    let program = world.path("sleeper (deleted)");
    let child = sleeper_at(&program);
    let before = ProcessRecord::from_child(&child.0).unwrap();
    std::fs::remove_file(&program).unwrap();
    let after = ProcessRecord::from_child(&child.0).unwrap();
    for record in [before, after] {
        assert_eq!(record.process.exe.unwrap().path.as_deref(), Some(&*program));
    }
}

#[test]
fn the_calling_process_and_pid_1_are_recorded() {
    let record = ProcessRecord::current().unwrap();
    assert_eq!(record.process.pid, std::process::id());
    assert_eq!(verdict(&record), "verified");
    let first = ProcessRecord::from_pid(1).unwrap();
    assert_eq!(verdict(&first), "verified");
}

#[test]
fn a_child_that_has_exited_is_refused() {
    let mut child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    child.0.kill().unwrap();
    Pinned::open(child.0.id()).unwrap().wait();
    for refused in [
        ProcessRecord::from_child(&child.0),
        ProcessRecord::from_pid(child.0.id()),
    ] {
        let error = refused.unwrap_err();
        assert!(matches!(error, CaptureError::Zombie { .. }), "{error}");
    }
    assert_eq!(verdict(&record), "Exited");
    child.0.wait().unwrap();
    let error = ProcessRecord::from_child(&child.0).unwrap_err();
    assert!(
        matches!(error, CaptureError::NoSuchProcess { .. }),
        "{error}"
    );
    assert_eq!(verdict(&record), "NoSuchProcess");
}

#[test]
fn a_thread_is_refused_and_its_process_named() {
    let (send, receive) = mpsc::channel();
    let (stop, stopped) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        send.send(gettid().as_raw()).unwrap();
        let _ = stopped.recv_timeout(PATIENCE);
    });
    let tid = u32::try_from(receive.recv().unwrap()).unwrap();
    let error = ProcessRecord::from_pid(tid).unwrap_err();
    let CaptureError::Thread { of, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(of, Some(std::process::id()));
    let mut record = ProcessRecord::current().unwrap();
    record.process.pid = tid;
    assert_eq!(verdict(&record), "Reused");
    drop(stop);
    thread.join().unwrap();
}

#[test]
fn a_kernel_thread_is_refused() {
    // On Linux the kernel's own threads descend from PID 2.
    if std::fs::read_to_string("/proc/2/comm").is_ok_and(|name| name == "kthreadd\n") {
        let error = ProcessRecord::from_pid(2).unwrap_err();
        assert!(
            matches!(error, CaptureError::KernelThread { pid: 2 }),
            "{error}"
        );
    }
}

#[test]
fn a_number_of_no_process_is_refused() {
    for pid in [0, 1 << 22 | 1, u32::MAX] {
        let error = ProcessRecord::from_pid(pid).unwrap_err();
        assert!(
            matches!(error, CaptureError::NoSuchProcess { .. }),
            "{error}"
        );
    }
}

#[test]
fn names_and_versions_of_services_have_a_grammar() {
    let record = ProcessRecord::current().unwrap();
    let named = record.clone().with_service("redis-7", Some("7.2.5-rc.1"));
    let named = named.unwrap();
    assert_eq!(named.service_name.as_deref(), Some("redis-7"));
    assert_eq!(named.service_version.as_deref(), Some("7.2.5-rc.1"));
    for (name, version) in [("", None), ("Redis", None), ("redis", Some("7"))] {
        let error = record.clone().with_service(name, version).unwrap_err();
        assert!(matches!(error, CaptureError::Service(_)), "{error}");
    }
}

/// A user may not look at the executable of a child that runs as another user.
#[test]
fn a_setuid_child_is_recorded_without_its_executable() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.path("sleep");
    copy_sleep(&program);
    std::fs::set_permissions(&program, Permissions::from_mode(0o4755)).unwrap();
    std::fs::set_permissions(world.path(""), Permissions::from_mode(0o755)).unwrap();
    let run = Run::of(&mut role(Role::RecordSetuidChild, [&program]));
    assert!(run.text().contains("\nstopped\n"), "{run:?}");
}

/// Drops the privileges of this process, and starts a child that has them again.
pub(crate) fn record_setuid_child(program: &Path) {
    let nobody = Uid::from_raw(NOBODY);
    setresuid(nobody, nobody, nobody).unwrap();
    let mut child = KillOnDrop(Command::new(program).arg("1000").spawn().unwrap());
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let users = record.process.users.unwrap();
    assert_eq!((users.real, users.effective, users.saved), (NOBODY, 0, 0));
    assert_eq!(record.process.exe, None);
    let process = record.verify().unwrap();
    assert_eq!(process.image().unwrap(), ImageState::Unknown);
    process.shutdown(PATIENCE).unwrap();
    child.0.wait().unwrap();
    println!("\nstopped");
}
