//! An error that leaves nothing to report on.

use std::borrow::Cow;

use super::sanitize;
use crate::exit_code::ExitCode;

/// An error that ended a command, or one round of it, without a result.
#[derive(Clone, Debug)]
pub(crate) struct ErrorReport {
    /// `None` if the command line could not be parsed.
    pub(crate) command: Option<String>,
    pub(crate) code: ExitCode,
    /// The number that the process exits with.
    pub(crate) exit_code: u8,
    /// A stable code in `snake_case`.
    pub(crate) kind: Cow<'static, str>,
    pub(crate) message: String,
    /// What to do next.
    pub(crate) hint: String,
    /// What the user may have meant.
    pub(crate) candidates: Vec<String>,
}

impl ErrorReport {
    /// Returns the lines for standard error.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![format!("rpctl: {}", sanitize::line(&self.message))];
        let candidates = self.candidates.iter();
        lines.extend(candidates.map(|candidate| format!("  {}", sanitize::line(candidate))));
        lines.push(format!("  next: {}", sanitize::line(&self.hint)));
        lines.join("\n")
    }
}
