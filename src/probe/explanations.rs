//! The verdict and its reason in one sentence.

mod facts;
mod pid_file;

use self::facts::{Facts, NO_DETAIL};
use super::checks::state::{ExeState, NonceState, States};
use crate::platform::System;
use crate::report::{Check, CheckId, Outcome, Reason, Target, Verdict};

/// What an endpoint is on this system.
const SOCKET: &str = System::THIS.socket();

/// Returns the summary of a report.
pub(crate) fn summarize(
    (verdict, reason): (Verdict, Option<Reason>),
    states: &States,
    target: &Target,
    checks: &[Check],
) -> String {
    let mut facts = Facts::new(target, checks, states.nonce != NonceState::Unasked);
    facts.is_unwanted = states.exe == ExeState::Unwanted;
    let Some(reason) = reason else {
        let Facts { daemon, pid, .. } = facts;
        return format!("verified: {daemon} (PID {pid}) is the recorded process and answers");
    };
    format!("{}: {}", title(verdict), explain(reason, &facts))
}

fn title(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Verified => "verified",
        Verdict::NotRunning => "not running",
        Verdict::Indeterminate => "cannot tell",
        Verdict::Mismatch => "identity mismatch",
        Verdict::Unresponsive => "unresponsive",
        Verdict::InvalidRecord => "invalid record",
        Verdict::NoRecord => "no record",
    }
}

fn explain(reason: Reason, facts: &Facts<'_>) -> String {
    let number = facts.is_number().then(|| pid_file::explain(reason, facts));
    number
        .flatten()
        .or_else(|| about_record(reason, facts))
        .or_else(|| about_mismatch(reason, facts))
        .or_else(|| about_end(reason, facts))
        .or_else(|| about_process(reason, facts))
        .or_else(|| about_endpoint(reason, facts))
        .unwrap_or_default()
}

/// Explains a reason that concerns the record or where it was written.
fn about_record(reason: Reason, facts: &Facts<'_>) -> Option<String> {
    let Facts { pid, .. } = facts;
    let found = facts.detail(CheckId::Record);
    let text = |fallback: &str| found.unwrap_or(fallback).to_owned();
    let elsewhere = facts.detail_or_none(CheckId::Host);
    Some(match reason {
        Reason::NoRecord => text(NO_DETAIL),
        Reason::RecordUnreadable => format!("{}; nothing was concluded from that", text(NO_DETAIL)),
        Reason::RecordInvalid => {
            format!("{}; nothing was probed", facts.in_file(&text(NO_DETAIL)))
        }
        Reason::NoDaemonRecorded => text("the manifest names no daemon"),
        Reason::IdentityHidden => text("the identity may be where it could not be looked for"),
        Reason::ForeignHost => {
            format!("{elsewhere}; nothing here speaks for or against the daemon")
        }
        Reason::ForeignNamespace => {
            format!("PID {pid} of the record means nothing here: {elsewhere}")
        }
        Reason::NoCommonDigest if !facts.is_asked => format!(
            "PID {pid} may run another program by now: the record has no digest of its executable"
        ),
        Reason::NoCommonDigest => {
            "there is no digest of the executable to compare, in the record or in the answer"
                .to_owned()
        }
        _ => return None,
    })
}

/// Explains a mismatch.
fn about_mismatch(reason: Reason, facts: &Facts<'_>) -> Option<String> {
    let Facts { pid, path, .. } = facts;
    let (server, answer) = (facts.actual(CheckId::Peer), facts.actual(CheckId::Nonce));
    Some(match reason {
        Reason::EndpointDiffers if !facts.names_a_socket() => {
            format!("the record names no {SOCKET}, and so not the one asked for")
        }
        Reason::EndpointDiffers if !facts.is_asked => {
            format!("the recorded process listened on {path}, not on the {SOCKET} asked for")
        }
        Reason::EndpointDiffers => {
            format!("the record names the endpoint {path}, not the one asked for")
        }
        Reason::Squatted | Reason::Superseded if !facts.is_asked => {
            facts.detail_or_none(CheckId::Peer).to_owned()
        }
        // The record may be of another boot, or the process of another namespace.
        Reason::Squatted if facts.is_served_by_its_number() => {
            format!("{path} is served by {server}, a later process than the recorded one")
        }
        Reason::Squatted => format!("{path} is served by {server}, not by the recorded PID {pid}"),
        Reason::Superseded if facts.actual(CheckId::Pid) == "a thread" => {
            format!("{path} is served by {server}; the recorded number {pid} is that of a thread")
        }
        Reason::Superseded => {
            format!("{path} is served by another instance, {server}, in place of PID {pid}")
        }
        Reason::IdentityMismatch => {
            format!("the process that answers is not the recorded daemon: {answer}")
        }
        Reason::BootIdMismatch if facts.passes(CheckId::Nonce) => {
            "the daemon answers with the record of an earlier boot".to_owned()
        }
        Reason::BootIdMismatch => {
            format!("the record is from an earlier boot, but PID {pid} listens at {path} again")
        }
        Reason::DigestMismatch | Reason::PathMismatch if facts.has_other_program() => format!(
            "PID {pid} has executed another program since it was recorded: {}",
            facts.actual(CheckId::ExePath)
        ),
        Reason::DigestMismatch if facts.passes(CheckId::Peer) => format!(
            "PID {pid} holds the recorded {SOCKET}, but runs another build or another program than \
             recorded"
        ),
        Reason::DigestMismatch => {
            format!("PID {pid} runs another build or another program than recorded")
        }
        Reason::UserMismatch => format!(
            "PID {pid} runs as {}, not as {}",
            facts.actual(CheckId::User),
            facts.expected(CheckId::User)
        ),
        Reason::PathMismatch => format!(
            "PID {pid} does not run {}: {}",
            facts.expected(CheckId::ExePath),
            facts.detail_or_none(CheckId::ExePath)
        ),
        _ => return None,
    })
}

/// Explains a reason that concerns the end of a daemon.
fn about_end(reason: Reason, facts: &Facts<'_>) -> Option<String> {
    let Facts { daemon, pid, .. } = facts;
    Some(match reason {
        Reason::Rebooted => format!("{daemon} ran before this machine was last started"),
        Reason::NamespaceGone => format!(
            "{daemon} has ended with its container: no process lives in its PID namespace any more"
        ),
        Reason::ProcessExited if !facts.is_asked => {
            format!("{daemon} (PID {pid}) has ended{}", facts.successor())
        }
        Reason::ProcessExited => format!("PID {pid} is gone and nothing answers in its place"),
        Reason::Zombie => format!("PID {pid} has {}", facts.detail_or_none(CheckId::Pid)),
        Reason::PidReused => {
            let successor = facts.successor();
            format!("{daemon} is gone; PID {pid} now belongs to another process{successor}")
        }
        _ => return None,
    })
}

/// Explains a reason that concerns a process that may be another one, or cannot be examined.
fn about_process(reason: Reason, facts: &Facts<'_>) -> Option<String> {
    let Facts {
        daemon, pid, path, ..
    } = facts;
    let unknown = facts.labels(Outcome::Unknown);
    Some(match reason {
        Reason::YoungerProcess => {
            format!(
                "PID {pid} started after the record was made, and {}",
                facts.no_proof()
            )
        }
        Reason::TimeUnusable => format!(
            "PID {pid} may be another process: {}, and {}",
            facts.no_proof(),
            facts.detail_or_none(CheckId::StartTime)
        ),
        Reason::BootContradicted => format!(
            "whether PID {pid} is the recorded process cannot be told by the boot ID: {}",
            facts.detail_or_none(CheckId::BootId)
        ),
        Reason::PermissionDenied => format!(
            "{daemon} (PID {pid}) cannot be examined ({unknown}): {}",
            facts.detail_of_denial()
        ),
        Reason::PeerUnresolved => format!(
            "whether PID {pid} serves {path} cannot be determined: {}",
            facts.detail_or_none(CheckId::Peer)
        ),
        Reason::BootUnknown => {
            let doubt = facts.detail_or_none(CheckId::BootId);
            if facts.is_asked {
                format!("PID {pid} does not answer, and {doubt}")
            } else {
                format!("PID {pid} may be another process than the recorded one: {doubt}")
            }
        }
        Reason::InstanceUnknown => format!(
            "nothing exact tells whether PID {pid} is the recorded process: {}",
            facts.detail_of_instance()
        ),
        Reason::ProcessUnreadable => {
            format!("PID {pid} could not be examined completely: {unknown}")
        }
        Reason::PidFile | Reason::PidFileOnly | Reason::LockedByOther => {
            return pid_file::explain(reason, facts);
        }
        Reason::Emulated => format!(
            "PID {pid} is an emulator that runs the recorded executable: {}",
            facts.actual(CheckId::ExePath)
        ),
        Reason::FileSystemHangs => format!(
            "{}: {}",
            if unknown.is_empty() {
                "a file"
            } else {
                &unknown
            },
            facts.detail_of_unknown()
        ),
        Reason::HashingTimedOut => {
            format!("the executable of PID {pid} was not hashed to its end in time")
        }
        _ => return None,
    })
}

/// Explains a reason that concerns the recorded process and its endpoint.
fn about_endpoint(reason: Reason, facts: &Facts<'_>) -> Option<String> {
    let Facts {
        daemon, pid, path, ..
    } = facts;
    let endpoint = facts.detail_or_none(CheckId::Endpoint);
    let answer = facts.detail_or_none(CheckId::Nonce);
    let doubts = facts.doubts();
    let alive = match facts.detail(CheckId::Pid) {
        Some(standstill) => format!("PID {pid} is {standstill}, and"),
        None => format!("PID {pid} runs, but"),
    };
    Some(match reason {
        Reason::EndpointMissing if !facts.is_asked => format!("{alive} {endpoint}"),
        Reason::EndpointMissing => format!("{alive} its {SOCKET} {path} does not exist"),
        Reason::EndpointRefused => format!("{alive} no process listens on {path}"),
        Reason::EndpointInvalid => format!("{alive} {path} is unusable: {endpoint}"),
        Reason::EndpointBusy => format!("{alive} accepts no connections: {endpoint}"),
        Reason::EndpointSilent | Reason::EndpointClosed => {
            format!("{alive} does not answer: {answer}")
        }
        Reason::NotProbeProtocol => {
            format!("{alive} {path} speaks something else: {answer}")
        }
        Reason::WrongAnswer => format!("{alive} answers wrongly: {answer}"),
        Reason::KernelOnly => {
            format!("{daemon} (PID {pid}) is the recorded process; it was looked at, not asked")
        }
        Reason::Reexecuted => format!(
            "{daemon} (PID {pid}) is the recorded process, and has executed another build of its \
             program since"
        ),
        Reason::Outdated => format!(
            "{daemon} (PID {pid}) {}; its executable was {}",
            facts.stands(),
            facts.detail_or_none(CheckId::ExePath)
        ),
        Reason::Warnings => format!(
            "{daemon} (PID {pid}) {}; look at: {doubts}",
            facts.answers()
        ),
        Reason::Strict => format!(
            "it {}, but warnings are not accepted: {doubts}",
            facts.stands()
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_one_sentence() {
        let target = Target::default();
        let facts = Facts::new(&target, &[], true);
        for &reason in Reason::ALL {
            let groups = [
                about_record,
                about_mismatch,
                about_end,
                about_process,
                about_endpoint,
            ];
            let sentences = groups.iter().filter_map(|group| group(reason, &facts));
            let [sentence] = sentences.collect::<Vec<_>>().try_into().unwrap();
            assert!(
                !sentence.is_empty() && !sentence.ends_with('.'),
                "{sentence}"
            );
        }
    }
}
