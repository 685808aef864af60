//! The time that is left, on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use rpctl::control::StopSignal;

use crate::output::Output;

/// A line on standard error that counts down; nothing where that is no terminal.
pub(super) struct Countdown(Option<ProgressBar>);

impl Countdown {
    /// How long to wait before showing one.
    pub(super) const DELAY: Duration = Duration::from_millis(300);

    pub(super) fn start(output: &Output, pid: u32, sent: StopSignal, left: Duration) -> Self {
        if output.is_quiet() {
            return Self(None);
        }
        let style = ProgressStyle::with_template("{spinner} {msg} {left}").map(|style| {
            style.with_key(
                "left",
                move |state: &ProgressState, text: &mut dyn std::fmt::Write| {
                    let left = left.saturating_sub(state.elapsed());
                    // A line that cannot be written is not seen anyway.
                    let _ = write!(text, "({:.1} s left)", left.as_secs_f64());
                },
            )
        });
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = style {
            bar.set_style(style);
        }
        let signal = sent.signal_name();
        bar.set_message(format!("waiting for PID {pid} to exit after {signal}"));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(Some(bar))
    }

    /// Leave the line as it was.
    pub(super) fn end(self) {
        if let Some(bar) = self.0 {
            bar.finish_and_clear();
        }
    }
}
