//! The page that tables are laid out for, with colours and glyphs. A word always
//! accompanies them.

use jiff::Timestamp;
use owo_colors::Style;
use rpctl::{Outcome, Verdict};

/// The width, the styles and the time of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// The width in columns; `None` shows every value in full.
    pub(crate) width: Option<usize>,
    pub(crate) styles: Styles,
    /// The moment that ages are relative to.
    pub(crate) now: Timestamp,
}

/// The styles of all output; without colour, all of them are plain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Styles {
    pub(crate) good: Style,
    pub(crate) warning: Style,
    pub(crate) bad: Style,
    pub(crate) unsure: Style,
    pub(crate) faint: Style,
    pub(crate) heading: Style,
}

impl Styles {
    pub(crate) fn new(colored: bool) -> Self {
        let style = |style: Style| if colored { style } else { Style::new() };
        Self {
            good: style(Style::new().green()),
            warning: style(Style::new().yellow()),
            bad: style(Style::new().red().bold()),
            unsure: style(Style::new().magenta()),
            faint: style(Style::new().dimmed()),
            heading: style(Style::new().bold()),
        }
    }

    pub(crate) fn outcome(&self, outcome: Outcome) -> Style {
        match outcome {
            Outcome::Pass => self.good,
            Outcome::Warn => self.warning,
            Outcome::Fail => self.bad,
            Outcome::Unknown => self.unsure,
            Outcome::Skip => self.faint,
        }
    }

    pub(crate) fn verdict(&self, verdict: Verdict) -> Style {
        self.outcome(outcome(verdict))
    }
}

pub(crate) fn glyph(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "✓",
        Outcome::Warn => "!",
        Outcome::Fail => "✗",
        Outcome::Unknown => "?",
        Outcome::Skip => "-",
    }
}

pub(crate) fn verdict_glyph(verdict: Verdict) -> &'static str {
    glyph(outcome(verdict))
}

/// Returns the outcome that has the colour and glyph of a verdict.
fn outcome(verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::Verified => Outcome::Pass,
        Verdict::NotRunning | Verdict::Unresponsive => Outcome::Warn,
        Verdict::Indeterminate => Outcome::Unknown,
        Verdict::Mismatch | Verdict::InvalidRecord => Outcome::Fail,
    }
}
