//! The page that tables are laid out for, with colours and glyphs. A word always
//! accompanies them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use owo_colors::Style;
use rpctl::{Outcome, Verdict};

/// The width, the styles and the time of a table.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// The width in columns; `None` shows every value in full.
    pub(crate) width: Option<usize>,
    pub(crate) styles: Styles,
    /// The moment that ages are relative to.
    pub(crate) now: Timestamp,
    /// The time zone of the reader.
    pub(crate) zone: TimeZone,
    /// The home directory of the reader, for which `~` stands.
    pub(crate) home: Option<String>,
    /// Whether each of several reports is shown in full.
    pub(crate) is_verbose: bool,
}

impl Page {
    /// Returns a text with `~` for the home directory at the start of each path. Not for
    /// commands: a quoted `~` is no directory.
    pub(crate) fn short_paths(&self, text: &str) -> String {
        let Some(home) = self.home.as_ref().filter(|_| self.width.is_some()) else {
            return text.to_owned();
        };
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(home.as_str()) {
            let (before, found) = rest.split_at(at);
            let after = &found[home.len()..];
            let begins = !before.ends_with(|c: char| c.is_alphanumeric() || "/._-~".contains(c));
            let ends = !after.starts_with(|c: char| c.is_alphanumeric() || "._-~".contains(c));
            shown += before;
            shown += if begins && ends { "~" } else { home };
            rest = after;
        }
        shown + rest
    }

    /// Returns a page without colours, in UTC.
    #[cfg(test)]
    pub(crate) fn plain(width: usize) -> Self {
        Self {
            width: Some(width),
            styles: Styles::new(false),
            now: Timestamp::UNIX_EPOCH,
            zone: TimeZone::UTC,
            home: Some("/home/a".to_owned()),
            is_verbose: false,
        }
    }
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
        Verdict::Mismatch | Verdict::InvalidRecord | Verdict::NoRecord => Outcome::Fail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_stands_for_the_home_directory_and_nothing_else() {
        let short = |text| Page::plain(80).short_paths(text);
        assert_eq!(short("in /home/a/x.pb and /home/a"), "in ~/x.pb and ~");
        assert_eq!(
            short("/home/ab/x /mnt/home/a/x"),
            "/home/ab/x /mnt/home/a/x"
        );
    }
}
