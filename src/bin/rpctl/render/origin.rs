//! The origin of a result: when and where it was made, and by which version.

use std::time::Duration;

use jiff::Timestamp;

/// When and where a result was made.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) time: Timestamp,
    pub(crate) hostname: String,
}

impl Origin {
    /// The version of the program.
    pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

    /// Returns the time in the form of RFC 3339, to the millisecond.
    pub(super) fn time(&self) -> String {
        format!("{:.3}", self.time)
    }

    /// Returns the time before `elapsed`, in the same form.
    pub(super) fn time_before(&self, elapsed: Duration) -> String {
        let before = self.time.checked_sub(elapsed).unwrap_or(self.time);
        format!("{before:.3}")
    }
}
