//! The states of a monitoring plugin.

use super::ExitCode;

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

    pub(super) fn number(self) -> u8 {
        self as u8
    }

    /// Returns the position in the order of severity, worst first.
    pub(super) fn rank(self) -> u8 {
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
            | ExitCode::InvalidRecord
            | ExitCode::Refused => Self::Unknown,
        }
    }
}
