//! The exit codes: the only place where a verdict becomes a number.

use rpctl::Verdict;

/// How the process ends. The numbers and their meanings are stable; help and
/// manual are made from them, and the README is held against them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ExitCode {
    Proven = 0,
    Internal = 1,
    Usage = 2,
    NotRunning = 3,
    CannotTell = 4,
    Mismatch = 5,
    Unresponsive = 6,
    StillAlive = 7,
    InvalidManifest = 8,
    Refused = 9,
}

impl ExitCode {
    const ALL: [Self; 10] = [
        Self::Proven,
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

    fn meaning(self) -> &'static str {
        match self {
            Self::Proven => "proven: verified, or the daemon is gone as asked",
            Self::Internal => "internal error; never a state",
            Self::Usage => "usage",
            Self::NotRunning => "not running",
            Self::CannotTell => "cannot tell",
            Self::Mismatch => "identity mismatch; nothing was signalled",
            Self::Unresponsive => "right process, endpoint does not answer",
            Self::StillAlive => "still alive at the deadline",
            Self::InvalidManifest => "manifest missing, malformed or corrupt",
            Self::Refused => "refused by policy; nothing was signalled",
        }
    }

    /// All codes with their meanings.
    pub(crate) fn meanings() -> [(u8, &'static str); 10] {
        Self::ALL.map(|code| (code.number(), code.meaning()))
    }

    /// The same, a line each.
    pub(crate) fn table() -> String {
        Self::meanings()
            .map(|(number, meaning)| format!("  {number}  {meaning}"))
            .join("\n")
    }

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
