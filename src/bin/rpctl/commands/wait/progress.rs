//! What `--wait` waits for, on a terminal while it does, and how long, for the report.

use std::path::Path;
use std::time::{Duration, Instant};

use rpctl::__private::PackedReport;
use rpctl::{Reason, Target};

use crate::commands::countdown::Countdown;
use crate::output::Output;
use crate::render::sanitize;

/// The most characters that are shown of what is waited for, so that a line holds it.
const MOST_CHARS: usize = 50;

/// The progress of a wait.
pub(super) struct Progress<'a> {
    output: &'a Output,
    /// When the first pause began.
    since: Option<Instant>,
    awaited: String,
    countdown: Option<Countdown>,
}

impl<'a> Progress<'a> {
    pub(super) fn new(output: &'a Output) -> Self {
        Self {
            output,
            since: None,
            awaited: String::new(),
            countdown: None,
        }
    }

    /// Notes that no record is there, as `message` says.
    pub(super) fn await_record(&mut self, message: &str) {
        self.awaited = shown(&format!("a record: {message}"));
    }

    /// Notes the daemons that are not up: `cache to be verified (endpoint_refused), and 2 more`.
    pub(super) fn await_daemons<'r>(&mut self, mut down: impl Iterator<Item = &'r PackedReport>) {
        let Some(first) = down.next() else { return };
        let verdict = || first.verdict().name();
        let finding = first.reason().map_or_else(verdict, Reason::name);
        let more = match down.count() {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let name = shown(&name(&first.target()));
        self.awaited = format!("{name} to be verified ({finding}){more}");
    }

    /// Begins a pause: `left` is the time that remains. What is awaited is shown, unless it
    /// comes soon.
    pub(super) fn rest(&mut self, left: Duration) {
        let since = *self.since.get_or_insert_with(Instant::now);
        match &self.countdown {
            Some(countdown) => countdown.say(&self.awaited),
            None if since.elapsed() < Countdown::DELAY => {}
            None => self.countdown = Some(Countdown::start(self.output, &self.awaited, left)),
        }
    }

    /// Returns how long it was waited, if it was.
    pub(super) fn waited(&self) -> Option<Duration> {
        self.since.map(|since| since.elapsed())
    }

    /// Removes what is shown, and returns how long it was waited, if it was.
    pub(super) fn end(mut self) -> Option<Duration> {
        if let Some(countdown) = self.countdown.take() {
            countdown.end();
        }
        self.waited()
    }
}

fn shown(text: &str) -> String {
    let text = sanitize::line(text);
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Returns the name of a service, or that of the file.
fn name(target: &Target) -> String {
    let path = Path::new(target.record.as_deref().unwrap_or("-"));
    let file = path.file_name().unwrap_or(path.as_os_str());
    let service = target.service_name.clone();
    service.unwrap_or_else(|| file.to_string_lossy().into_owned())
}
