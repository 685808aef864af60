//! A process that was recorded, in words.

use owo_colors::OwoColorize;

use super::text::{hints, sections, wrapped};
use crate::render::recorded::RecordedDaemon;
use crate::render::style::Page;
use crate::render::{sanitize, units};

/// Returns the recorded process, its attributes and the path of the record.
pub(in crate::render) fn recorded(recorded: &RecordedDaemon, page: &Page) -> String {
    let service = match (&recorded.service_name, &recorded.service_version) {
        (Some(name), Some(version)) => format!("{name} {version} is "),
        (Some(name), None) => format!("{name} is "),
        (None, _) => String::new(),
    };
    let title = format!("✓ recorded: {service}PID {}", recorded.pid);
    let started = recorded.started_at_unix_ms;
    let started = started.and_then(|started| units::moment_and_age(started, page));
    let program = recorded.exe.as_ref().and_then(|exe| exe.path.clone());
    let listeners = (!recorded.listeners.is_empty()).then(|| recorded.listeners.join(", "));
    let line = |(label, value): (&str, Option<String>)| {
        let value = page.short_paths(&sanitize::line(&value?));
        let line = format!("{label:<8}  {value}");
        Some(wrapped(&line, page.width, "          "))
    };
    let rows = [
        ("user", recorded.user.clone()),
        ("started", started),
        ("program", program),
        ("listens", listeners),
        ("record", Some(recorded.record.clone())),
    ];
    sections(&[
        vec![title.style(page.styles.good).to_string()],
        rows.into_iter().filter_map(line).collect(),
        hints(&recorded.hints, page.width),
    ])
}
