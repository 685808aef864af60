//! The countdown while a command waits, on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::output::Output;

/// A line on standard error that counts down. Nothing is shown if that is no terminal.
pub(super) struct Countdown(Option<ProgressBar>);

impl Countdown {
    /// Time to wait before a countdown is shown.
    pub(super) const DELAY: Duration = Duration::from_millis(300);

    /// Says what is waited for, such as "PID 7 to exit".
    pub(super) fn start(output: &Output, awaited: &str, left: Duration) -> Self {
        if output.is_quiet() {
            return Self(None);
        }
        let style = ProgressStyle::with_template("{spinner} {msg} {left}").map(|style| {
            style.with_key(
                "left",
                move |state: &ProgressState, text: &mut dyn std::fmt::Write| {
                    let left = left.saturating_sub(state.elapsed());
                    // An error cannot be reported here, and a missing line does no harm.
                    let _ = write!(text, "({:.1} s left)", left.as_secs_f64());
                },
            )
        });
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = style {
            bar.set_style(style);
        }
        // Without a terminal, no thread is needed to draw it.
        if bar.is_hidden() {
            return Self(None);
        }
        bar.set_message(format!("waiting for {awaited}"));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(Some(bar))
    }

    /// Says what is waited for now.
    pub(super) fn say(&self, awaited: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(format!("waiting for {awaited}"));
        }
    }

    /// Removes the line.
    pub(super) fn end(self) {
        if let Some(bar) = self.0 {
            bar.finish_and_clear();
        }
    }
}
