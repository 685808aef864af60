//! Exit statuses by the conventions of monitors, init scripts and containers.

use std::process;

use clap::ValueEnum;

use super::ExitCode;

/// The convention for the number that the process exits with.
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
    /// Returns the number that the process exits with.
    pub(crate) fn number(self, code: ExitCode) -> u8 {
        match self {
            Self::Rpctl => code.number(),
            Self::Nagios => NagiosStatus::from(code) as u8,
            Self::Lsb => match code {
                ExitCode::NotRunning => 3,
                _ if code.is_proven() => 0,
                _ => 4,
            },
            Self::Docker => u8::from(!code.is_proven()),
        }
    }

    /// Returns the worst of the codes of several records.
    pub(crate) fn worst(self, codes: impl IntoIterator<Item = ExitCode>) -> ExitCode {
        let mut worst_first = ExitCode::WORST_FIRST;
        if self == Self::Nagios {
            // A daemon that is down outweighs one whose state is unknown.
            worst_first.sort_by_key(|code| NagiosStatus::from(*code).rank());
        }
        let rank = |code: &ExitCode| worst_first.iter().position(|it| it == code);
        let ranked = codes.into_iter().filter(|code| rank(code).is_some());
        let worst = ranked.min_by_key(rank);
        worst.unwrap_or(ExitCode::Proven)
    }

    /// Returns the exit code if the output could not be written: success becomes `Internal`,
    /// any other code is kept.
    pub(crate) fn without_output(self, code: ExitCode) -> ExitCode {
        match self.number(code) {
            0 => ExitCode::Internal,
            _ => code,
        }
    }

    /// Returns the exit status of the process.
    pub(crate) fn status(self, code: ExitCode) -> process::ExitCode {
        self.number(code).into()
    }

    /// Returns the lines of the help with the codes of a probe, and their number in each style.
    pub(crate) fn table() -> String {
        const HEADER: &str = "  rpctl  nagios       lsb  docker\n";
        let rows: Vec<String> = ExitCode::ALL
            .iter()
            .filter(|code| !matches!(code, ExitCode::StillAlive | ExitCode::Refused))
            .map(|&code| {
                let status = NagiosStatus::from(code);
                let nagios = format!("{} {}", status as u8, status.word());
                let [own, lsb, docker] =
                    [Self::Rpctl, Self::Lsb, Self::Docker].map(|style| style.number(code));
                let meaning = code.meaning_for("probe");
                format!("  {own}      {nagios:<11}  {lsb}    {docker}       {meaning}")
            })
            .collect();
        HEADER.to_owned() + &rows.join("\n")
    }
}

/// The state that a monitoring plugin reports, with its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NagiosStatus {
    Ok = 0,
    Warning = 1,
    Critical = 2,
    Unknown = 3,
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

    /// Returns the position in the order of severity, worst first.
    fn rank(self) -> Option<usize> {
        let worst_first = [Self::Critical, Self::Unknown, Self::Warning, Self::Ok];
        worst_first.iter().position(|status| *status == self)
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
            | ExitCode::InvalidRecord
            | ExitCode::Refused => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_several_depends_on_the_style() {
        let codes = [ExitCode::CannotTell, ExitCode::NotRunning, ExitCode::Proven];
        assert_eq!(ExitStyle::Rpctl.worst(codes), ExitCode::CannotTell);
        assert_eq!(ExitStyle::Nagios.worst(codes), ExitCode::NotRunning);
        assert_eq!(ExitStyle::Lsb.number(ExitStyle::Lsb.worst(codes)), 4);
        assert_eq!(ExitStyle::Docker.number(ExitStyle::Docker.worst(codes)), 1);
        assert_eq!(ExitStyle::Nagios.worst([]), ExitCode::Proven);
    }

    #[test]
    fn only_success_changes_if_the_output_is_lost() {
        for style in ExitStyle::value_variants() {
            for &code in ExitCode::ALL {
                let (before, after) = (style.number(code), style.without_output(code));
                assert_ne!(style.number(after), 0, "{style:?} {code:?}");
                assert!(before == 0 || after == code, "{style:?} {code:?}");
            }
        }
    }

    #[test]
    fn only_proven_codes_are_zero_in_any_style() {
        for &code in ExitCode::ALL {
            for style in ExitStyle::value_variants() {
                let is_zero = style.number(code) == 0;
                let warns = *style == ExitStyle::Nagios && code == ExitCode::ProvenWithWarnings;
                assert_eq!(is_zero, code.is_proven() && !warns, "{style:?} {code:?}");
            }
        }
    }
}
