//! What a command did to a daemon, or why it did nothing.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use owo_colors::OwoColorize;
use rpctl::control::{Denial, Protected, Stop};
use rpctl::platform::{ExitStatus, signal_name};
use rpctl::{Reason, Report};
use serde::{Serialize, Serializer};

use super::sanitize;
use super::table::style::Styles;
use super::table::units;
use crate::exit_code::ExitCode;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActionOutcome {
    Terminated,
    Killed,
    AlreadyGone,
    Refused,
    TimedOut,
    DryRun,
}

/// `"action"` in documents, and what is said about it.
#[derive(Debug, Serialize)]
pub(crate) struct Action {
    outcome: ActionOutcome,
    /// The last signal that was sent, or would be.
    signal: Option<&'static str>,
    #[serde(rename = "waited_us", serialize_with = "microseconds")]
    waited: Option<Duration>,
    #[serde(serialize_with = "exit_status")]
    exit_status: Option<ExitStatus>,
    /// Files that were removed afterwards.
    removed: Vec<String>,
    #[serde(skip)]
    pub(crate) code: ExitCode,
    #[serde(skip)]
    pub(crate) summary: String,
    #[serde(skip)]
    pub(crate) hints: Vec<String>,
}

impl Action {
    fn new(outcome: ActionOutcome, code: ExitCode, summary: String) -> Self {
        Self {
            outcome,
            signal: None,
            waited: None,
            exit_status: None,
            removed: Vec::new(),
            code,
            summary,
            hints: Vec::new(),
        }
    }

    pub(crate) fn stopped(
        stop: Stop,
        waited: Duration,
        status: Option<ExitStatus>,
        report: &Report,
    ) -> Self {
        let (outcome, word) = match stop {
            Stop::Terminate => (ActionOutcome::Terminated, "terminated"),
            Stop::Kill => (ActionOutcome::Killed, "killed"),
        };
        let summary = format!(
            "{word}: {} exited after {}; exit status: {}",
            daemon(report),
            units::elapsed(waited),
            status.map_or_else(|| "not known".to_owned(), status_text)
        );
        Self {
            signal: Some(stop.signal_name()),
            waited: Some(waited),
            exit_status: status,
            ..Self::new(outcome, ExitCode::Proven, summary)
        }
    }

    pub(crate) fn already_gone(require_running: bool) -> Self {
        let (code, summary) = if require_running {
            (
                ExitCode::NotRunning,
                "already gone, and --require-running was given; nothing was signalled",
            )
        } else {
            (ExitCode::Proven, "already gone; nothing was signalled")
        };
        Self::new(ActionOutcome::AlreadyGone, code, summary.to_owned())
    }

    pub(crate) fn timed_out(stop: Stop, waited: Duration, report: &Report) -> Self {
        let summary = format!(
            "still alive: {} did not exit within {} of {}",
            daemon(report),
            units::elapsed(waited),
            stop.signal_name()
        );
        let hint = match stop {
            Stop::Terminate => "some daemons ignore SIGTERM: run it again with --force",
            Stop::Kill => "the kernel has not ended it yet: ps -o pid,stat,wchan,args -p PID",
        };
        Self {
            signal: Some(stop.signal_name()),
            waited: Some(waited),
            hints: vec![hint.replace("PID", &pid(report))],
            ..Self::new(ActionOutcome::TimedOut, ExitCode::StillAlive, summary)
        }
    }

    pub(crate) fn dry_run(stop: Stop, report: &Report) -> Self {
        let summary = format!(
            "dry run: {} would be sent to {}",
            stop.signal_name(),
            daemon(report)
        );
        Self {
            signal: Some(stop.signal_name()),
            ..Self::new(ActionOutcome::DryRun, ExitCode::Proven, summary)
        }
    }

    /// The system did not let a signal be sent.
    pub(crate) fn not_sent(stop: Stop, error: &io::Error, report: &Report) -> Self {
        let summary = format!(
            "refused: {} could not be sent to {}: {error}",
            stop.signal_name(),
            daemon(report)
        );
        Self {
            hints: vec!["run it as the daemon's user, or as root".to_owned()],
            ..Self::new(ActionOutcome::Refused, ExitCode::Refused, summary)
        }
    }

    /// `as_owner` says how to run the command as whom it may work for.
    pub(crate) fn denied(denial: &Denial, report: &Report, as_owner: Option<String>) -> Self {
        let (code, summary) = match denial {
            Denial::Verdict { .. } => (
                report.verdict.into(),
                format!("refused: nothing was signalled; {}", report.summary),
            ),
            _ => (ExitCode::Refused, format!("refused: {denial}")),
        };
        let hints = match denial {
            Denial::Untrusted { .. } => {
                let accept = "make the record yours alone (chmod go-w, chown), or accept it as \
                              it is: --trust-manifest";
                as_owner.into_iter().chain([accept.to_owned()]).collect()
            }
            Denial::Protected {
                what: Protected::PerhapsAncestor,
                ..
            } => {
                vec!["run it with more rights, or with more open files (ulimit -n)".to_owned()]
            }
            Denial::Protected { .. } => {
                vec![
                    "the record is wrong: start the daemon anew, so that it records itself"
                        .to_owned(),
                ]
            }
            _ => {
                let mut hints = report.hints.clone();
                // The first one is to probe with more rights.
                if let (Some(first), Some(as_owner)) = (hints.first_mut(), as_owner)
                    && needs_rights(report.reason)
                {
                    *first = as_owner;
                }
                hints
            }
        };
        Self {
            hints,
            ..Self::new(ActionOutcome::Refused, code, summary)
        }
    }

    /// Say that a file was removed afterwards.
    pub(crate) fn removing(mut self, file: Option<PathBuf>) -> Self {
        let lossy = |path: PathBuf| path.to_string_lossy().into_owned();
        self.removed.extend(file.map(lossy));
        self
    }

    /// Whether the report says why nothing was done.
    pub(crate) fn needs_the_report(&self) -> bool {
        matches!(self.outcome, ActionOutcome::Refused | ActionOutcome::DryRun)
    }

    /// The sentence and what was removed, as text.
    pub(crate) fn render(&self, styles: &Styles) -> String {
        let (mark, style) = match self.code {
            ExitCode::Proven => ("✓", styles.good),
            ExitCode::StillAlive | ExitCode::NotRunning => ("!", styles.warning),
            _ => ("✗", styles.bad),
        };
        let sentence = format!("{mark} {}", sanitize::line(&self.summary));
        let removed = self
            .removed
            .iter()
            .map(|path| format!("removed {}", sanitize::line(path)));
        let mut lines = vec![sentence.style(style).to_string()];
        lines.extend(removed);
        lines.join("\n") + "\n"
    }
}

/// Whether somebody else might be shown what was not shown to us.
fn needs_rights(reason: Option<Reason>) -> bool {
    matches!(
        reason,
        Some(
            Reason::PermissionDenied
                | Reason::ProcessUnreadable
                | Reason::PeerUnresolved
                | Reason::IdentityHidden
        )
    )
}

fn pid(report: &Report) -> String {
    report
        .target
        .pid
        .map_or_else(|| "?".to_owned(), |pid| pid.to_string())
}

fn daemon(report: &Report) -> String {
    let target = &report.target;
    let name = match (&target.service_name, &target.service_version) {
        (Some(name), Some(version)) => format!("{name} {version}"),
        _ => "the daemon".to_owned(),
    };
    format!("{name} (PID {})", pid(report))
}

fn status_text(status: ExitStatus) -> String {
    match status {
        ExitStatus::Code(code) => code.to_string(),
        ExitStatus::Signal(number) => {
            signal_name(number).map_or_else(|| format!("signal {number}"), str::to_owned)
        }
    }
}

fn microseconds<S: Serializer>(
    waited: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    waited
        .map(|waited| u64::try_from(waited.as_micros()).unwrap_or(u64::MAX))
        .serialize(serializer)
}

/// A number for a code, a name for a signal.
fn exit_status<S: Serializer>(
    status: &Option<ExitStatus>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match status {
        None => serializer.serialize_none(),
        Some(ExitStatus::Code(code)) => serializer.serialize_i32(*code),
        Some(signal) => serializer.serialize_str(&status_text(*signal)),
    }
}
