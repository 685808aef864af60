//! The result of a command that stops a daemon.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rpctl::__private::signal_name;
use rpctl::control::{Denial, ExitStatus, LeftProcess, SendError, Signal};
use rpctl::{Report, Standstill, Verdict};
use serde::Serialize;

use super::results::Diagnosis;
use super::units;
use crate::exit_code::ExitCode;
use crate::words::Words;

/// An action with the report that it is based on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ActionReport<'a> {
    pub(crate) command: &'a str,
    pub(crate) diagnosis: &'a Diagnosis,
    pub(crate) action: &'a Action,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActionOutcome {
    Terminated,
    Killed,
    AlreadyGone,
    Refused,
    TimedOut,
    DryRun,
    StillServed,
    Sent,
}

/// How a daemon ended: `{"code":0}` or `{"signal":"SIGTERM"}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActionStatus {
    Code(i32),
    /// The name of the signal, or its number if it has no name.
    Signal(String),
}

impl From<ExitStatus> for ActionStatus {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Code(code) => Self::Code(code),
            ExitStatus::Signal(number) => {
                Self::Signal(signal_name(number).map_or_else(|| number.to_string(), str::to_owned))
            }
        }
    }
}

/// What a command did to a daemon.
#[derive(Debug, Serialize)]
pub(crate) struct Action {
    pub(crate) outcome: ActionOutcome,
    /// The last signal that was sent; in a dry run, the one that would be.
    pub(crate) signal: Option<&'static str>,
    pub(crate) waited_us: Option<u64>,
    pub(crate) exit_status: Option<ActionStatus>,
    /// The files that were removed afterwards.
    pub(crate) removed: Vec<String>,
    /// The PIDs of the descendants that were signalled, or that would be.
    pub(crate) descendants: Vec<u32>,
    /// The processes that live on, or serve on, after the daemon.
    pub(crate) left: Vec<LeftProcess>,
    /// Why it is not known whether other processes are left.
    pub(crate) left_unknown: Option<String>,
    /// Why the daemon did not end, or does not act on the signal.
    pub(crate) standstill: Option<Standstill>,
    #[serde(skip)]
    pub(crate) code: ExitCode,
    #[serde(skip)]
    pub(crate) summary: String,
    /// What to do next.
    #[serde(skip)]
    pub(crate) hints: Vec<String>,
}

impl Action {
    fn new(outcome: ActionOutcome, code: ExitCode, summary: String) -> Self {
        Self {
            outcome,
            signal: None,
            waited_us: None,
            exit_status: None,
            removed: Vec::new(),
            descendants: Vec::new(),
            left: Vec::new(),
            left_unknown: None,
            standstill: None,
            code,
            summary,
            hints: Vec::new(),
        }
    }

    pub(crate) fn stopped(
        stop: Signal,
        waited: Duration,
        status: Option<ExitStatus>,
        report: &Report,
    ) -> Self {
        let (outcome, word) = match stop {
            Signal::Kill => (ActionOutcome::Killed, "killed"),
            _ => (ActionOutcome::Terminated, "terminated"),
        };
        let summary = format!(
            "{word}: {} ended after {}; {}",
            daemon(report),
            units::elapsed(waited),
            status.map_or_else(|| "how it ended is not known".to_owned(), ended)
        );
        Self {
            signal: Some(stop.name()),
            waited_us: Some(units::micros(waited)),
            exit_status: status.map(ActionStatus::from),
            ..Self::new(outcome, ExitCode::Proven, summary)
        }
    }

    pub(crate) fn already_gone(require_running: bool, report: &Report) -> Self {
        let daemon = daemon(report);
        let (code, summary) = if require_running {
            let asked = "--require-running was given";
            let summary = format!("already gone: {daemon}, and {asked}; nothing was signalled");
            (ExitCode::NotRunning, summary)
        } else {
            let summary = format!("already gone: {daemon}; nothing was signalled");
            (ExitCode::Proven, summary)
        };
        Self::new(ActionOutcome::AlreadyGone, code, summary)
    }

    /// Describes the daemon of a record that does not exist, for a caller that accepts it.
    pub(crate) fn no_record(absence: &str) -> Self {
        let summary = format!("already gone: {absence}; nothing was signalled");
        Self::new(ActionOutcome::AlreadyGone, ExitCode::Proven, summary)
    }

    /// Describes a daemon that is still alive after `waited`; `not_killed` tells why it was not
    /// killed, if it was to be.
    pub(crate) fn timed_out(
        stop: Signal,
        waited: Duration,
        report: &Report,
        not_killed: Option<&SendError>,
        hints: Vec<String>,
    ) -> Self {
        let mut summary = format!(
            "still alive: {} did not exit within {} of {}",
            daemon(report),
            units::elapsed(waited),
            Words::HERE.signal(stop)
        );
        if let Some(error) = not_killed {
            summary = format!("{summary}, and was not killed: {error}");
        }
        Self {
            signal: Some(stop.name()),
            waited_us: Some(units::micros(waited)),
            hints,
            ..Self::new(ActionOutcome::TimedOut, ExitCode::StillAlive, summary)
        }
    }

    pub(crate) fn dry_run(stop: Signal, report: &Report) -> Self {
        let summary = format!(
            "dry run: {} would be sent to {}",
            Words::HERE.signal(stop),
            daemon(report)
        );
        Self {
            signal: Some(stop.name()),
            ..Self::new(ActionOutcome::DryRun, ExitCode::Proven, summary)
        }
    }

    /// Adds to a dry run that SIGKILL would follow after this time.
    pub(crate) fn with_escalation(mut self, timeout: Option<Duration>) -> Self {
        if let Some(timeout) = timeout {
            let timeout = units::chosen(timeout);
            self.summary += ", and SIGKILL if it is still alive after ";
            self.summary += &timeout;
        }
        self
    }

    /// Adds to a dry run that this file would be removed afterwards.
    pub(crate) fn with_removal(mut self, file: Option<&Path>) -> Self {
        if let Some(file) = file {
            let file = file.display();
            self.summary = format!("{}; {file} would be removed", self.summary);
        }
        self
    }

    /// Describes a signal that the system refused to send.
    pub(crate) fn not_sent(stop: Signal, error: &SendError, report: &Report, hint: String) -> Self {
        let summary = format!(
            "refused: {} could not be sent to {}: {error}",
            Words::HERE.signal(stop),
            daemon(report)
        );
        Self {
            hints: vec![hint],
            ..Self::new(ActionOutcome::Refused, ExitCode::Refused, summary)
        }
    }

    /// Describes a refusal.
    pub(crate) fn denied(denial: &Denial, report: &Report, hints: Vec<String>) -> Self {
        let (code, summary) = match denial {
            Denial::Verdict { .. } if report.verdict == Verdict::NoRecord => (
                report.verdict.into(),
                format!("{}; nothing was signalled", report.summary),
            ),
            Denial::Verdict { .. } => (
                report.verdict.into(),
                format!("refused: nothing was signalled; {}", report.summary),
            ),
            _ => (ExitCode::Refused, format!("refused: {denial}")),
        };
        Self {
            hints,
            ..Self::new(ActionOutcome::Refused, code, summary)
        }
    }

    /// Describes a signal that was sent, without a wait.
    pub(crate) fn sent(signal: Signal, report: &Report, standstill: Option<Standstill>) -> Self {
        let summary = format!("sent: {} to {}", Words::HERE.signal(signal), daemon(report));
        Self {
            signal: Some(signal.name()),
            standstill,
            ..Self::new(ActionOutcome::Sent, ExitCode::Proven, summary)
        }
    }

    /// Describes a signal for a daemon that is gone.
    pub(crate) fn not_running(report: &Report) -> Self {
        let summary = format!("already gone: {}; nothing was signalled", daemon(report));
        Self::new(ActionOutcome::AlreadyGone, ExitCode::NotRunning, summary)
    }

    /// Describes a refusal because not all descendants can be held.
    pub(crate) fn not_held(error: &io::Error, report: &Report, hint: &str) -> Self {
        let summary = format!(
            "refused: the descendants of {} cannot all be held ({error}): nothing was signalled",
            daemon(report)
        );
        Self {
            hints: vec![hint.to_owned()],
            ..Self::new(ActionOutcome::Refused, ExitCode::Refused, summary)
        }
    }

    /// Adds a file that was removed afterwards.
    pub(crate) fn removing(mut self, files: impl IntoIterator<Item = PathBuf>) -> Self {
        let lossy = |path: PathBuf| path.to_string_lossy().into_owned();
        self.removed.extend(files.into_iter().map(lossy));
        self
    }
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
        (Some(name), None) => name.clone(),
        _ => "the daemon".to_owned(),
    };
    format!("{name} (PID {})", pid(report))
}

/// Returns how a daemon ended, in words.
fn ended(status: ExitStatus) -> String {
    match status {
        ExitStatus::Code(code) => format!("it exited with {code}"),
        ExitStatus::Signal(_) => format!("{} ended it", status_text(status)),
    }
}

/// Returns a number for a code, a name for a signal.
fn status_text(status: ExitStatus) -> String {
    match status {
        ExitStatus::Code(code) => code.to_string(),
        ExitStatus::Signal(number) => {
            signal_name(number).map_or_else(|| format!("signal {number}"), str::to_owned)
        }
    }
}
