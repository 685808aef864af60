//! Colours and glyphs. A word always accompanies them.

use owo_colors::Style;
use rpctl::{Outcome, Verdict};

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
        match verdict {
            Verdict::Verified => self.good,
            Verdict::NotRunning | Verdict::Unresponsive => self.warning,
            Verdict::Indeterminate => self.unsure,
            Verdict::Mismatch | Verdict::InvalidRecord => self.bad,
        }
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
    match verdict {
        Verdict::Verified => "✓",
        Verdict::NotRunning | Verdict::Unresponsive => "!",
        Verdict::Indeterminate => "?",
        Verdict::Mismatch | Verdict::InvalidRecord => "✗",
    }
}
