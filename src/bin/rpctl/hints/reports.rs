//! The hints below a report.

use rpctl::record::LoadError;
use rpctl::{CheckId, Outcome, Reason, Report, Verdict};

use super::asked::Asked;
use super::endpoint::about_endpoint;
use super::listener::Listener;
use super::load_error::for_load_error;
use super::mismatch::about_mismatch;
use super::names::Names;
use super::pid_file::about_pid_file;
use super::process::about_process;
use super::record::about_record;
use super::standstill::go_on;

/// Returns up to two hints for a report, of a command that `asked` for it; `error` tells why its record
/// could not be read.
pub(crate) fn for_report(
    report: &Report,
    error: Option<&LoadError>,
    asked: Asked<'_>,
) -> Vec<String> {
    let hints = || {
        let (reason, names) = (report.reason?, Names::new(report, asked));
        let standstill = report.standstill.as_ref();
        let go_on = standstill.and_then(|standstill| go_on(standstill, report, asked));
        Some(match go_on {
            Some(go_on) if is_due_to_standstill(report) => vec![go_on, names.process()],
            _ => for_reason(reason, &names),
        })
    };
    let hints = || hints().unwrap_or_default();
    match error {
        None | Some(LoadError::NotFound(_)) => hints(),
        Some(error) if error.is_hang() => hints(),
        // Inspecting the record would only repeat the error.
        Some(error) => vec![for_load_error(error)],
    }
}

/// Returns what may be done with the record of a container that may have ended; `None` for
/// any other report.
pub(crate) fn take_over(report: &Report) -> Option<String> {
    let is_elsewhere = report.reason == Some(Reason::ForeignNamespace);
    is_elsewhere.then(|| Listener::new(report).take_over(&Names::identity(report)))
}

/// Returns whether the verdict is due to a process that stands still.
fn is_due_to_standstill(report: &Report) -> bool {
    let pid = report.check(CheckId::Pid);
    let is_warned = pid.is_some_and(|pid| pid.outcome == Outcome::Warn);
    let is_of_warnings = matches!(report.reason, Some(Reason::Warnings | Reason::Strict));
    report.verdict == Verdict::Unresponsive || is_warned && is_of_warnings
}

fn for_reason(reason: Reason, names: &Names) -> Vec<String> {
    let number = names.is_number.then(|| about_pid_file(reason, names));
    number
        .flatten()
        .or_else(|| about_record(reason, names))
        .or_else(|| about_mismatch(reason, names))
        .or_else(|| about_process(reason, names))
        .or_else(|| about_endpoint(reason, names))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::asked::more_than;
    use super::*;
    use crate::words::Words;

    fn names(is_broker: bool) -> Names<'static> {
        Names {
            pid: "7".to_owned(),
            record: "a.pb".to_owned(),
            again: "a.pb".to_owned(),
            requirements: String::new(),
            identity: "b.json".to_owned(),
            endpoint: "/run/a.sock".to_owned(),
            listener: Listener::Absent,
            is_number: false,
            is_exe_missing: false,
            require: Some("rpctl probe --exe /usr/sbin/a a.pid".to_owned()),
            words: Words::HERE,
            asked: Asked {
                timeout: Duration::from_millis(500),
                hash_timeout: Duration::from_mins(1),
                wait: None,
                records: &[],
                service: None,
            },
            is_broker,
            is_peer_suspicious: false,
            is_path_taken: false,
            is_thread: false,
            is_boot_hidden: false,
            has_successor: false,
            successor: "PID".to_owned(),
            service: None,
            is_process_record: false,
            with_rights: Some("run it as root: sudo rpctl probe a.pb".to_owned()),
        }
    }

    #[test]
    fn every_reason_has_hints_with_commands_that_exist() {
        for (&reason, is_broker) in Reason::ALL.iter().zip([true, false].iter().cycle()) {
            let hints = for_reason(reason, &names(*is_broker));
            let least = usize::from(reason != Reason::KernelOnly);
            assert!((least..=2).contains(&hints.len()), "{reason:?}: {hints:?}");
            for hint in &hints {
                for (at, name) in hint.match_indices("rpctl ") {
                    let command = hint[at + name.len()..].split(' ').next();
                    let known = [
                        "probe",
                        "inspect-manifest",
                        "shutdown",
                        "signal",
                        "record",
                        "list",
                        "on",
                        "where",
                    ];
                    assert!(command.is_some_and(|it| known.contains(&it)), "{hint}");
                }
            }
        }
    }

    /// What helps on Linux alone cannot be followed on Windows.
    #[test]
    fn hints_on_windows_have_its_words() {
        for &reason in Reason::ALL {
            let mut names = names(false);
            names.words = Words::WINDOWS;
            names.endpoint = "daemon-1".to_owned();
            names.with_rights = Some(Words::WINDOWS.with_rights("rpctl probe a.pb"));
            // There are no namespaces.
            if reason == Reason::ForeignNamespace {
                continue;
            }
            for hint in for_reason(reason, &names) {
                // An option of this program.
                let hint = hint.replace("--socket", "");
                for foreign in [
                    "ps -o", "ss -x", "ls -", "rm ", "sudo", "root", "/proc", "ulimit", "chmod",
                    "SIG", "socket", "stat -",
                ] {
                    assert!(!hint.contains(foreign), "{reason:?}: {hint}");
                }
            }
        }
    }

    #[test]
    fn no_hint_offers_a_time_that_was_tried() {
        let minutes = Duration::from_mins;
        let mut tried = names(false);
        tried.asked = Asked {
            timeout: minutes(1),
            hash_timeout: minutes(10),
            wait: Some(minutes(1)),
            ..tried.asked
        };
        for &reason in Reason::ALL {
            for hint in for_reason(reason, &tried) {
                assert!(!hint.contains("--wait"), "{hint}");
                assert!(!hint.contains("--timeout 5s"), "{hint}");
                assert!(!hint.contains("--hash-timeout 10m"), "{hint}");
            }
        }
        assert_eq!(more_than(minutes(1), Duration::ZERO), "4m");
        assert_eq!(more_than(Duration::from_millis(400), Duration::ZERO), "2s");
    }

    /// A process that is not asked does not get more time for an answer, and writes no record.
    #[test]
    fn no_hint_expects_an_answer_of_a_recorded_process() {
        let mut recorded = names(false);
        recorded.is_process_record = true;
        let of_answers = [
            Reason::EndpointBusy,
            Reason::EndpointSilent,
            Reason::EndpointClosed,
            Reason::EndpointRefused,
            Reason::NotProbeProtocol,
            Reason::WrongAnswer,
            Reason::IdentityMismatch,
            Reason::BootIdMismatch,
            Reason::YoungerProcess,
            Reason::TimeUnusable,
            Reason::NoDaemonRecorded,
        ];
        let reasons = Reason::ALL.iter();
        for &reason in reasons.filter(|reason| !of_answers.contains(reason)) {
            for hint in for_reason(reason, &recorded) {
                assert!(!hint.contains(" --timeout "), "{reason:?}: {hint}");
                assert!(!hint.contains("it writes a new"), "{reason:?}: {hint}");
            }
        }
    }

    #[test]
    fn each_reason_has_hints_in_one_group() {
        for &reason in Reason::ALL {
            let names = names(false);
            let groups = [
                about_record(reason, &names),
                about_mismatch(reason, &names),
                about_process(reason, &names),
                about_endpoint(reason, &names),
            ];
            assert_eq!(groups.iter().flatten().count(), 1, "{reason:?}");
        }
    }
}
