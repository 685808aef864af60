//! The process that is recorded for a PID file.

use std::fs::{File, FileTimes, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use rpctl::process::{CaptureError, PidFileError, ProcessRecord, StalePidFile, Trust};

use super::sleeper;
use crate::support::{KillOnDrop, NOBODY, World, before_boot_ms, before_start_ms, is_root};

fn write(world: &World, text: &str) -> PathBuf {
    let path = world.path("daemon.pid");
    std::fs::write(&path, text).unwrap();
    path
}

fn date(path: &Path, unix_ms: u64) {
    let time = SystemTime::UNIX_EPOCH + Duration::from_millis(unix_ms);
    let file = File::options().write(true).open(path).unwrap();
    file.set_times(FileTimes::new().set_modified(time)).unwrap();
}

fn error(path: &Path) -> PidFileError {
    ProcessRecord::from_pid_file(path, Trust::Required).unwrap_err()
}

#[test]
fn the_process_in_the_first_line_is_recorded() {
    let world = World::new();
    let child = sleeper();
    let pid = child.0.id();
    for text in [format!("{pid}\n"), format!(" {pid}\n/data\n5432\n")] {
        let path = write(&world, &text);
        let record = ProcessRecord::from_pid_file(&path, Trust::Required).unwrap();
        assert_eq!(record.process.pid, pid);
    }
}

#[test]
fn a_file_of_an_earlier_boot_or_process_is_stale() {
    let world = World::new();
    let child = sleeper();
    let pid = child.0.id();
    let path = write(&world, &format!("{pid}\n"));
    date(&path, before_boot_ms());
    let rebooted = error(&path);
    date(&path, before_start_ms(pid));
    let reused = error(&path);
    assert!(
        matches!(
            rebooted,
            PidFileError::Stale {
                why: StalePidFile::Rebooted,
                ..
            }
        ),
        "{rebooted}"
    );
    assert!(
        matches!(
            reused,
            PidFileError::Stale {
                why: StalePidFile::Reused { .. },
                ..
            }
        ),
        "{reused}"
    );
}

#[test]
fn what_is_no_pid_file_or_names_no_process_is_refused() {
    let world = World::new();
    for text in ["", "redis\n", "0\n", "-1\n"] {
        let malformed = error(&write(&world, text));
        assert!(
            matches!(malformed, PidFileError::Malformed(_)),
            "{malformed}"
        );
    }
    let gone = error(&write(&world, "4194303\n"));
    assert!(
        matches!(
            gone,
            PidFileError::Capture(CaptureError::NoSuchProcess { .. })
        ),
        "{gone}"
    );
    let missing = error(&world.path("missing.pid"));
    assert!(matches!(missing, PidFileError::File(_)), "{missing}");
}

#[test]
fn a_file_that_others_could_write_is_refused() {
    let world = World::new();
    let child = sleeper();
    let path = write(&world, &format!("{}\n", child.0.id()));
    std::fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
    let untrusted = error(&path);
    assert!(untrusted.to_string().contains("trusted"), "{untrusted}");
    ProcessRecord::from_pid_file(&path, Trust::Waived).unwrap();
}

/// The user of a daemon gains nothing by a file that names it.
#[test]
fn a_file_of_the_user_of_the_process_is_trusted() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let mut command = Command::new("sleep");
    let child = KillOnDrop(command.arg("1000").uid(NOBODY).spawn().unwrap());
    let path = write(&world, &format!("{}\n", child.0.id()));
    chown(&path, Some(NOBODY), None).unwrap();
    ProcessRecord::from_pid_file(&path, Trust::Required).unwrap();
    // It could name a process of another user just as well.
    let other = sleeper();
    let path = write(&world, &format!("{}\n", other.0.id()));
    let untrusted = error(&path);
    assert!(untrusted.to_string().contains("trusted"), "{untrusted}");
}
