//! The exit codes: the only place where a verdict becomes a number.

use std::process;

use clap::ValueEnum;
use rpctl::{Report, Verdict};

/// How a command ended. The numbers and their meanings are stable; help and
/// manual are made from them, and the README is held against them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitCode {
    Proven,
    /// Proven as well; some styles tell it apart.
    ProvenWithWarnings,
    Internal,
    Usage,
    NotRunning,
    CannotTell,
    Mismatch,
    Unresponsive,
    StillAlive,
    InvalidManifest,
    Refused,
}

impl ExitCode {
    const ALL: [Self; 11] = [
        Self::Proven,
        Self::ProvenWithWarnings,
        Self::Internal,
        Self::Usage,
        Self::NotRunning,
        Self::CannotTell,
        Self::Mismatch,
        Self::Unresponsive,
        Self::StillAlive,
        Self::InvalidManifest,
        Self::Refused,
    ];

    /// What a probe can come to, worst first.
    const WORST_FIRST: [Self; 7] = [
        Self::Mismatch,
        Self::InvalidManifest,
        Self::Unresponsive,
        Self::CannotTell,
        Self::NotRunning,
        Self::ProvenWithWarnings,
        Self::Proven,
    ];

    fn meaning(self) -> &'static str {
        match self {
            Self::Proven => "proven: verified, or the daemon is gone as asked",
            Self::ProvenWithWarnings => "verified, with warnings",
            Self::Internal => "internal error; never a state",
            Self::Usage => "usage",
            Self::NotRunning => "not running",
            Self::CannotTell => "cannot tell",
            Self::Mismatch => "identity mismatch; nothing was signalled",
            Self::Unresponsive => "right process, endpoint does not answer",
            Self::StillAlive => "still alive at the deadline",
            Self::InvalidManifest => "manifest missing, unreadable, malformed or corrupt",
            Self::Refused => "refused by policy; nothing was signalled",
        }
    }

    /// Whether a command can end so; everything is told of the program itself.
    fn is_of(self, command: &str) -> bool {
        let commands: &[&str] = match self {
            // Of a probe, it is told by the styles.
            Self::ProvenWithWarnings => return false,
            Self::Proven | Self::Internal | Self::Usage => return true,
            Self::NotRunning | Self::CannotTell | Self::Mismatch => &["probe", "shutdown", "kill"],
            Self::Unresponsive => &["probe"],
            Self::StillAlive => &["shutdown", "kill"],
            Self::InvalidManifest => &["probe", "inspect-manifest", "shutdown", "kill"],
            Self::Refused => &["shutdown", "kill", "prune"],
        };
        matches!(command, "rpctl" | "spawn-self") || commands.contains(&command)
    }

    /// The numbers that a command can end with, and what they mean there.
    pub(crate) fn meanings(command: &str) -> impl Iterator<Item = (u8, &'static str)> {
        Self::ALL
            .into_iter()
            .filter(move |code| code.is_of(command))
            .map(move |code| (code.number(), code.meaning_in(command)))
    }

    fn meaning_in(self, command: &str) -> &'static str {
        match (self, command) {
            (Self::Proven, "probe") => "proven: verified",
            (Self::Proven, "shutdown" | "kill") => "proven: the daemon is gone as asked",
            (Self::Proven, "inspect-manifest") => "the record is valid",
            (Self::Proven, "list" | "prune" | "completions") => "done",
            (Self::Refused, "prune") => "a stale record had to be left behind",
            (code, _) => code.meaning(),
        }
    }

    /// The same, a line each.
    pub(crate) fn table(command: &str) -> String {
        let lines: Vec<String> = Self::meanings(command)
            .map(|(number, meaning)| format!("  {number}  {meaning}"))
            .collect();
        lines.join("\n")
    }

    /// The number in rpctl's own style.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Proven | Self::ProvenWithWarnings => 0,
            Self::Internal => 1,
            Self::Usage => 2,
            Self::NotRunning => 3,
            Self::CannotTell => 4,
            Self::Mismatch => 5,
            Self::Unresponsive => 6,
            Self::StillAlive => 7,
            Self::InvalidManifest => 8,
            Self::Refused => 9,
        }
    }

    /// Whether this is what was hoped for.
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
            Verdict::InvalidManifest => Self::InvalidManifest,
        }
    }
}

impl From<&Report> for ExitCode {
    fn from(report: &Report) -> Self {
        match report.verdict {
            Verdict::Verified if report.reason.is_some() => Self::ProvenWithWarnings,
            verdict => verdict.into(),
        }
    }
}

/// Whose convention the process follows when it returns a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExitStyle {
    /// A number for each state
    #[default]
    Rpctl,
    /// A monitoring plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN
    Nagios,
    /// The status of an init script: 0 running, 3 not running, 4 unknown
    Lsb,
    /// A container's health check: 0 healthy, 1 unhealthy
    Docker,
}

impl ExitStyle {
    /// The number that the process returns.
    pub(crate) fn number(self, code: ExitCode) -> u8 {
        match self {
            Self::Rpctl => code.number(),
            Self::Nagios => NagiosStatus::from(code).number(),
            Self::Lsb => match code {
                ExitCode::NotRunning => 3,
                _ if code.is_proven() => 0,
                _ => 4,
            },
            Self::Docker => u8::from(!code.is_proven()),
        }
    }

    /// The code for several records: that of the worst.
    pub(crate) fn worst(self, codes: impl IntoIterator<Item = ExitCode>) -> ExitCode {
        let mut worst_first = ExitCode::WORST_FIRST;
        if self == Self::Nagios {
            // One daemon that is down outweighs another that cannot be judged.
            worst_first.sort_by_key(|code| NagiosStatus::from(*code).place());
        }
        let codes: Vec<ExitCode> = codes.into_iter().collect();
        let is_there = |code: &ExitCode| codes.contains(code);
        let worst = worst_first.into_iter().find(is_there);
        worst.unwrap_or(ExitCode::Proven)
    }

    /// The code where the output is lost that `code` stands beside: it is no
    /// success, and anything else it still is.
    pub(crate) fn without_output(self, code: ExitCode) -> ExitCode {
        match self.number(code) {
            0 => ExitCode::Internal,
            _ => code,
        }
    }

    /// How the process ends.
    pub(crate) fn status(self, code: ExitCode) -> process::ExitCode {
        self.number(code).into()
    }

    /// What a probe can come to, and its number in each style.
    pub(crate) fn table() -> String {
        const HEADER: &str = "  rpctl  nagios       lsb  docker\n";
        let rows: Vec<String> = ExitCode::ALL
            .into_iter()
            .filter(|code| !matches!(code, ExitCode::StillAlive | ExitCode::Refused))
            .map(|code| {
                let status = NagiosStatus::from(code);
                let nagios = format!("{} {}", status.number(), status.word());
                let [own, lsb, docker] =
                    [Self::Rpctl, Self::Lsb, Self::Docker].map(|style| style.number(code));
                let meaning = match code {
                    ExitCode::Proven => "verified",
                    ExitCode::Mismatch => "identity mismatch",
                    code => code.meaning(),
                };
                format!("  {own}      {nagios:<11}  {lsb}    {docker}       {meaning}")
            })
            .collect();
        HEADER.to_owned() + &rows.join("\n")
    }
}

/// The four states of a monitoring plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NagiosStatus {
    Ok,
    Warning,
    Critical,
    Unknown,
}

impl NagiosStatus {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warning => 1,
            Self::Critical => 2,
            Self::Unknown => 3,
        }
    }

    /// Its place, worst first.
    fn place(self) -> u8 {
        match self {
            Self::Critical => 0,
            Self::Unknown => 1,
            Self::Warning => 2,
            Self::Ok => 3,
        }
    }
}

impl From<ExitCode> for NagiosStatus {
    fn from(code: ExitCode) -> Self {
        match code {
            ExitCode::Proven => Self::Ok,
            ExitCode::ProvenWithWarnings => Self::Warning,
            ExitCode::NotRunning
            | ExitCode::Mismatch
            | ExitCode::Unresponsive
            | ExitCode::StillAlive => Self::Critical,
            ExitCode::Internal
            | ExitCode::Usage
            | ExitCode::CannotTell
            | ExitCode::InvalidManifest
            | ExitCode::Refused => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_several_is_a_matter_of_style() {
        let codes = [ExitCode::CannotTell, ExitCode::NotRunning, ExitCode::Proven];
        assert_eq!(ExitStyle::Rpctl.worst(codes), ExitCode::CannotTell);
        assert_eq!(ExitStyle::Nagios.worst(codes), ExitCode::NotRunning);
        assert_eq!(ExitStyle::Lsb.number(ExitStyle::Lsb.worst(codes)), 4);
        assert_eq!(ExitStyle::Docker.number(ExitStyle::Docker.worst(codes)), 1);
        assert_eq!(ExitStyle::Nagios.worst([]), ExitCode::Proven);
    }

    #[test]
    fn without_output_nothing_is_a_zero_and_everything_else_stays() {
        for style in ExitStyle::value_variants() {
            for code in ExitCode::ALL {
                let (before, after) = (style.number(code), style.without_output(code));
                assert_ne!(style.number(after), 0, "{style:?} {code:?}");
                assert!(before == 0 || after == code, "{style:?} {code:?}");
            }
        }
    }

    #[test]
    fn only_what_is_proven_is_a_zero_in_any_style() {
        for code in ExitCode::ALL {
            for style in ExitStyle::value_variants() {
                let is_zero = style.number(code) == 0;
                let warns = *style == ExitStyle::Nagios && code == ExitCode::ProvenWithWarnings;
                assert_eq!(is_zero, code.is_proven() && !warns, "{style:?} {code:?}");
            }
        }
    }
}
