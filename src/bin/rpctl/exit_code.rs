//! The exit codes: the only place where a verdict becomes a number.

use rpctl::Verdict;

/// How the process ends. The numbers are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ExitCode {
    /// Proven: verified, or done as asked.
    Proven = 0,
    /// Internal error; never a state.
    Internal = 1,
    /// Usage.
    Usage = 2,
    /// Not running.
    NotRunning = 3,
    /// Cannot tell.
    CannotTell = 4,
    /// Identity mismatch; nothing was signalled.
    Mismatch = 5,
    /// Right process, endpoint does not answer.
    Unresponsive = 6,
    /// Still alive at the deadline.
    StillAlive = 7,
    /// Manifest missing, malformed or corrupt.
    InvalidManifest = 8,
    /// Refused by policy; nothing was signalled.
    Refused = 9,
}

impl ExitCode {
    pub(crate) fn number(self) -> u8 {
        self as u8
    }

    /// The code for several verdicts: that of the worst.
    pub(crate) fn worst(verdicts: impl IntoIterator<Item = Verdict>) -> Self {
        const WORST_FIRST: [Verdict; 5] = [
            Verdict::Mismatch,
            Verdict::InvalidManifest,
            Verdict::Unresponsive,
            Verdict::Indeterminate,
            Verdict::NotRunning,
        ];
        let verdicts: Vec<Verdict> = verdicts.into_iter().collect();
        WORST_FIRST
            .into_iter()
            .find(|verdict| verdicts.contains(verdict))
            .map_or(Self::Proven, Self::from)
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

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}
