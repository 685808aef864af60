//! The exit codes: the only place where a verdict becomes a number.

mod exit_style;

use rpctl::__private::PackedReport;
use rpctl::{Reason, Report, Verdict};
use serde::{Deserialize, Serialize};

pub(crate) use exit_style::{ExitStyle, NagiosStatus};

/// Defines [`ExitCode`], with the number in the style of rpctl and the meaning of each code.
macro_rules! exit_codes {
    ($($(#[$doc:meta])* $code:ident = $number:literal, $meaning:literal;)+) => {
        /// The outcome of a command. The numbers and their meanings are stable: the help
        /// and the manual are generated from them, and a test compares them with the
        /// README.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
        pub(crate) enum ExitCode {
            $($(#[$doc])* $code,)+
        }

        impl ExitCode {
            const ALL: &[Self] = &[$(Self::$code,)+];

            fn description(self) -> (u8, &'static str) {
                match self {
                    $(Self::$code => ($number, $meaning),)+
                }
            }
        }
    };
}

exit_codes! {
    Proven = 0, "verified; or, for shutdown and kill, the daemon is gone";
    /// Verified, with warnings. The number differs from that of `Proven` in the style of
    /// Nagios alone.
    ProvenWithWarnings = 0, "verified, with warnings";
    Internal = 1, "internal error (says nothing about the daemon)";
    Usage = 2, "usage";
    NotRunning = 3, "not running";
    CannotTell = 4, "cannot tell";
    Mismatch = 5, "identity mismatch; nothing was signalled";
    Unresponsive = 6, "right process, endpoint does not answer";
    StillAlive = 7, "still alive, or still served, at the deadline";
    InvalidRecord = 8, "record missing, malformed or corrupt";
    Refused = 9, "refused by policy; nothing was signalled";
}

impl ExitCode {
    /// The codes of verdicts, worst first.
    const WORST_FIRST: [Self; 7] = [
        Self::Mismatch,
        Self::InvalidRecord,
        Self::Unresponsive,
        Self::CannotTell,
        Self::NotRunning,
        Self::ProvenWithWarnings,
        Self::Proven,
    ];

    /// Returns the meaning for one command.
    fn meaning_for(self, command: &str) -> &'static str {
        match (self, command) {
            (Self::Proven, "probe") => "verified",
            (Self::Proven, "shutdown" | "kill") => "the daemon is gone",
            (Self::Proven, "signal") => "the signal was sent",
            (Self::Proven, "inspect-manifest") => "the record is valid",
            (Self::Proven, "record") => "recorded",
            (Self::Proven, "spawn-self") => {
                "the daemon answers; with --once, it was verified and stopped"
            }
            (Self::StillAlive, "spawn-self") => {
                "with --once: the daemon was still alive at the deadline"
            }
            (Self::Refused, "spawn-self") => {
                "refused by policy: a record, a socket or a directory is kept"
            }
            (Self::NotRunning, "spawn-self") => "with --once: not running",
            (Self::CannotTell, "spawn-self") => "with --once: cannot tell",
            (Self::Mismatch, "spawn-self") => "with --once: identity mismatch",
            (Self::Unresponsive, "spawn-self") => "with --once: the endpoint does not answer",
            (Self::NotRunning, "record") => "no such process or listener; the PID file is stale",
            (Self::CannotTell, "record") => {
                "cannot tell whether it is the daemon; or not permitted to look"
            }
            (Self::Mismatch, "record") => {
                "not what is required, or not the daemon; nothing was written"
            }
            (Self::InvalidRecord, "record") => "the PID file is missing or malformed",
            (Self::Refused, "record") => "refused by policy; nothing was written",
            (Self::Proven, "list" | "prune" | "completions") => "done",
            (Self::Mismatch, "probe") => "identity mismatch",
            (Self::CannotTell, "inspect-manifest" | "list" | "prune") => {
                "cannot tell: a file system does not answer"
            }
            (Self::Refused, "prune") => "a stale record was not removed",
            (code, _) => code.description().1,
        }
    }

    /// Returns whether `command` can exit with this code; `rpctl` stands for all commands.
    fn applies_to(self, command: &str) -> bool {
        let commands: &[&str] = match self {
            // Not distinguished from `Proven` by number; the table of styles lists it.
            Self::ProvenWithWarnings => return false,
            Self::Proven | Self::Internal | Self::Usage => return true,
            Self::NotRunning | Self::Mismatch => &[
                "probe",
                "record",
                "shutdown",
                "kill",
                "signal",
                "spawn-self",
            ],
            Self::CannotTell => &[
                "probe",
                "record",
                "inspect-manifest",
                "shutdown",
                "kill",
                "signal",
                "list",
                "prune",
                "spawn-self",
            ],
            Self::Unresponsive => &["probe", "spawn-self"],
            Self::StillAlive => &["shutdown", "kill", "spawn-self"],
            Self::InvalidRecord => &[
                "probe",
                "inspect-manifest",
                "record",
                "shutdown",
                "kill",
                "signal",
                "prune",
            ],
            Self::Refused => &[
                "record",
                "shutdown",
                "kill",
                "signal",
                "prune",
                "spawn-self",
            ],
        };
        command == "rpctl" || commands.contains(&command)
    }

    /// Returns the numbers that `command` can exit with, and their meanings.
    pub(crate) fn meanings(command: &str) -> impl Iterator<Item = (u8, &'static str)> {
        Self::ALL
            .iter()
            .filter(move |code| code.applies_to(command))
            .map(move |code| (code.number(), code.meaning_for(command)))
    }

    /// Returns the lines of the help with the [`meanings`](Self::meanings).
    pub(crate) fn table(command: &str) -> String {
        let lines: Vec<String> = Self::meanings(command)
            .map(|(number, meaning)| format!("  {number}  {meaning}"))
            .collect();
        lines.join("\n")
    }

    /// Returns the number in the style of rpctl.
    pub(crate) fn number(self) -> u8 {
        self.description().0
    }

    /// Returns whether the daemon is verified, or the command succeeded.
    pub(crate) fn is_proven(self) -> bool {
        matches!(self, Self::Proven | Self::ProvenWithWarnings)
    }
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Verified => Self::Proven,
            Verdict::NotRunning => Self::NotRunning,
            Verdict::Indeterminate => Self::CannotTell,
            Verdict::Mismatch => Self::Mismatch,
            Verdict::Unresponsive => Self::Unresponsive,
            Verdict::InvalidRecord | Verdict::NoRecord => Self::InvalidRecord,
        }
    }
}

impl From<(Verdict, Option<Reason>)> for ExitCode {
    fn from((verdict, reason): (Verdict, Option<Reason>)) -> Self {
        match verdict {
            // To be looked at and not asked is nothing to be warned of.
            Verdict::Verified if !matches!(reason, None | Some(Reason::KernelOnly)) => {
                Self::ProvenWithWarnings
            }
            verdict => verdict.into(),
        }
    }
}

impl From<&Report> for ExitCode {
    fn from(report: &Report) -> Self {
        (report.verdict, report.reason).into()
    }
}

impl From<&PackedReport> for ExitCode {
    fn from(report: &PackedReport) -> Self {
        (report.verdict(), report.reason()).into()
    }
}
