//! A grant sends the signal that it was given for, and SIGKILL only by escalation.

use std::time::Duration;

use rpctl::control::{Denial, SendOutcome, Signal, Trust};
use rpctl::{Probe, Verdict};

use crate::support::{Daemon, Script, TestServer, World, this_process};

/// Far longer than anything here takes.
const LONG: Duration = Duration::from_mins(1);

#[test]
fn a_grant_to_terminate_kills_only_by_escalation() {
    let world = World::new();
    let mut daemon = Script::start(
        &world,
        "trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done",
    );
    let report = Probe::new(&daemon.identity).timeout(LONG).run();
    assert_eq!(report.report().verdict, Verdict::Unresponsive);
    let grant = report.into_grant(Signal::Term, Trust::Required).unwrap();
    assert_eq!(grant.signal(), Signal::Term);
    assert_eq!(grant.send().unwrap(), SendOutcome::Delivered);
    assert!(grant.wait_exit(LONG).unwrap());
    assert_eq!(daemon.status().code(), Some(3));

    let mut daemon = Script::start(
        &world,
        "trap '' TERM; echo ready; while :; do sleep 0.01; done",
    );
    let report = Probe::new(&daemon.identity).timeout(LONG).run();
    let mut grant = report.into_grant(Signal::Term, Trust::Required).unwrap();
    assert_eq!(grant.send().unwrap(), SendOutcome::Delivered);
    assert!(!grant.wait_exit(Duration::from_millis(50)).unwrap());
    assert_eq!(grant.escalate().unwrap(), SendOutcome::Delivered);
    assert_eq!(grant.signal(), Signal::Kill);
    assert!(grant.wait_exit(LONG).unwrap());
    assert_eq!(daemon.signal(), Some(9));
}

#[test]
fn nothing_is_sent_to_a_process_that_has_exited() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let report = Probe::new(&daemon.identity).timeout(LONG).run();
    let mut grant = report.into_grant(Signal::Term, Trust::Required).unwrap();
    daemon.kill_unreaped();
    assert_eq!(grant.send().unwrap(), SendOutcome::AlreadyGone);
    assert_eq!(grant.escalate().unwrap(), SendOutcome::AlreadyGone);
    assert_eq!(grant.signal(), Signal::Term);
}

#[test]
fn a_refusal_gives_the_report_back() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
    let report = Probe::new(&identity).timeout(LONG).run();
    let refused = report.into_grant(Signal::Kill, Trust::Waived).unwrap_err();
    assert!(
        matches!(refused.denial, Denial::Protected { .. }),
        "{refused}"
    );
    assert_eq!(refused.report.report().verdict, Verdict::Verified);
    // The handle on it refuses when it is to send.
    let handle = refused.report.into_handle().unwrap();
    let error = handle.force_kill().unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    assert!(source.to_string().contains("this very process"), "{source}");
}
