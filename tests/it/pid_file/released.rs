//! A lock on a PID file that the daemon has released since it got the signal.

use std::path::{Path, PathBuf};

use rpctl::Probe;
use rpctl::control::{Grant, SendError, SendOutcome, Signal, Trust};

use crate::support::{Script, World, is_installed};

/// Locks its PID file, and releases it once its input ends.
const DAEMON: &str = "
exec 9>>daemon.pid
flock 9
echo $$ > daemon.pid
trap '' TERM
echo up
read _
exec 9>&-
echo released
kill -STOP $$";

/// Sends SIGTERM to a daemon on the strength of its lock, which it releases then.
fn terminated(world: &World, exe: Option<&Path>) -> Option<(Script, Grant)> {
    if !is_installed("flock") {
        return None;
    }
    let mut daemon = Script::start(world, DAEMON);
    let record = rpctl::record::load(&world.path("daemon.pid")).unwrap();
    let probe = Probe::from_record(&record);
    let report = exe.into_iter().fold(probe, Probe::exe).run();
    let grant = report.into_grant(Signal::Term, Trust::Required).unwrap();
    assert_eq!(grant.send().unwrap(), SendOutcome::Delivered);
    daemon.go();
    assert_eq!(daemon.line(), "released");
    Some((daemon, grant))
}

/// Nothing else tells what it runs.
#[test]
fn without_its_lock_a_number_alone_is_not_killed() {
    let world = World::new();
    let Some((mut daemon, mut grant)) = terminated(&world, None) else {
        return;
    };
    let error = grant.escalate().unwrap_err();
    assert!(matches!(error, SendError::Changed { .. }), "{error}");
    assert_eq!(grant.signal(), Signal::Term);
    assert!(daemon.is_running());
}

#[test]
fn without_its_lock_the_required_program_is_killed() {
    let world = World::new();
    let shell = PathBuf::from("/bin/sh");
    let Some((mut daemon, mut grant)) = terminated(&world, Some(&shell)) else {
        return;
    };
    assert_eq!(grant.escalate().unwrap(), SendOutcome::Delivered);
    assert_eq!(daemon.signal(), Some(9));
}
