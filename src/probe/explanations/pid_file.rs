//! The sentences about the number in a PID file.

use super::facts::Facts;
use crate::report::{Check, CheckId, Outcome, Reason};

/// Explains a reason; `None` if it is explained as for any other record.
pub(super) fn explain(reason: Reason, facts: &Facts<'_>) -> Option<String> {
    about_daemon(reason, facts)
        .or_else(|| about_another(reason, facts))
        .or_else(|| about_doubt(reason, facts))
}

/// Explains a reason of a process that is the daemon.
fn about_daemon(reason: Reason, facts: &Facts<'_>) -> Option<String> {
    let process = named(facts);
    Some(match reason {
        Reason::PidFile => format!(
            "{process} is what is required, and is older than the file; it was looked at, not \
             asked"
        ),
        Reason::KernelOnly => {
            format!("{process} holds a lock on the file; it was looked at, not asked")
        }
        Reason::Outdated => format!(
            "{process} runs the required executable, which was {}",
            facts.detail_or_none(CheckId::ExePath)
        ),
        Reason::Warnings => format!(
            "{process} is what is required, and is older than the file; look at: {}",
            facts.doubts()
        ),
        Reason::Strict => format!(
            "{process} is what is required, but warnings are not accepted: {}",
            facts.doubts()
        ),
        _ => return None,
    })
}

/// Explains a reason of a number that is not that of the daemon.
fn about_another(reason: Reason, facts: &Facts<'_>) -> Option<String> {
    let pid = &facts.pid;
    let process = named(facts);
    Some(match reason {
        Reason::Superseded => format!(
            "PID {pid} is gone, and {} holds a lock on the file: the daemon was started again",
            facts.actual(CheckId::Peer)
        ),
        Reason::Rebooted => format!(
            "PID {pid} of the file means nothing any more: {}",
            facts.detail_or_none(CheckId::BootId)
        ),
        Reason::ProcessExited => format!("no process has PID {pid}"),
        Reason::PidReused => format!(
            "PID {pid} now belongs to another process{}, which started after the file was written",
            description(facts)
        ),
        Reason::UserMismatch => format!(
            "{process} runs as {}, not as {}",
            facts.actual(CheckId::User),
            facts.expected(CheckId::User)
        ),
        Reason::PathMismatch => {
            let exe = facts.check(CheckId::ExePath)?;
            let detail = facts.detail_or_none(CheckId::ExePath);
            match (&exe.expected, &exe.actual) {
                (Some(required), Some(_)) => format!("{process} does not run {required}: {detail}"),
                (None, Some(_)) => format!("{process} is {detail}"),
                (_, None) => format!("{pid} is {}", facts.detail_or_none(CheckId::Pid)),
            }
        }
        _ => return None,
    })
}

/// Explains why it is not known whose the number is.
fn about_doubt(reason: Reason, facts: &Facts<'_>) -> Option<String> {
    let pid = &facts.pid;
    let process = named(facts);
    Some(match reason {
        Reason::LockedByOther => format!(
            "{process} may be another process than the daemon: {} holds a lock on the file",
            facts.actual(CheckId::Peer)
        ),
        Reason::PidFileOnly if facts.is_required(CheckId::ExePath) => format!(
            "{process} is older than the file and runs what is required, but as {}, not as {}, \
             who owns the file: other users can run the same program",
            facts.actual(CheckId::User),
            facts.expected(CheckId::User)
        ),
        Reason::PidFileOnly => format!(
            "{process} is older than the file{}, but nothing more tells whether it is the daemon",
            listening(facts)
        ),
        Reason::ForeignNamespace => format!(
            "PID {pid} may be that of another PID namespace: {}",
            facts.detail_or_none(CheckId::Host)
        ),
        Reason::ProcessUnreadable => match facts.check(CheckId::ExePath) {
            Some(Check {
                outcome: Outcome::Unknown,
                expected: Some(required),
                ..
            }) => format!(
                "whether {process} runs {required} cannot be told: {}",
                facts.detail_or_none(CheckId::ExePath)
            ),
            _ => return None,
        },
        Reason::YoungerProcess if let Some(holder) = family(facts) => format!(
            "{process} started after the file was written, and yet {holder}, of its family, holds \
             a lock on the file: a clock was set, or the number was reused within the family"
        ),
        Reason::YoungerProcess => format!(
            "{process} may be another process than the daemon: {}",
            facts.detail_or_none(CheckId::StartTime)
        ),
        Reason::TimeUnusable => format!(
            "{process} may be another process than the daemon: {}",
            facts.detail_or_none(CheckId::BootId)
        ),
        _ => return None,
    })
}

/// Names the process with its description: the check of the PID has it.
fn named(facts: &Facts<'_>) -> String {
    format!("PID {}{}", facts.pid, description(facts))
}

/// Names the process above or below it that holds a lock on the file.
fn family<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let peer = facts.check(CheckId::Peer)?;
    let is_of_family = peer.outcome == Outcome::Skip;
    peer.actual.as_deref().filter(|_| is_of_family)
}

fn description<'a>(facts: &Facts<'a>) -> &'a str {
    let actual = facts.actual(CheckId::Pid);
    actual.strip_prefix("alive").unwrap_or_default()
}

/// Names the sockets on which the process listens.
fn listening(facts: &Facts<'_>) -> String {
    let endpoint = facts.check(CheckId::Endpoint);
    let addresses = endpoint.filter(|check| check.outcome == Outcome::Skip);
    match addresses.and_then(|check| check.actual.as_deref()) {
        Some(addresses) => format!(" and listens on {addresses}"),
        None => String::new(),
    }
}
