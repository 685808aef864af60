//! A record for people: times as dates, sizes in units, one field a line.

use jiff::Timestamp;
use owo_colors::OwoColorize;
use rpctl::record::{Finding, FindingCode};
use serde_json::Value;

use super::report::wrapped;
use super::style::{Styles, glyph};
use super::units;
use crate::render::json::report::InspectDocument;
use crate::render::sanitize;

/// A label of the record's own that is longer moves its value alone.
const WIDEST_LABEL: usize = 48;

pub(crate) fn render(
    document: &InspectDocument<'_>,
    width: Option<usize>,
    styles: &Styles,
) -> String {
    let is_good = document.exit_code == 0;
    let (mark, style) = if is_good {
        ("✓", styles.good)
    } else {
        ("✗", styles.bad)
    };
    let title = format!("{mark} {}", sanitize::line(&document.summary));
    let title = wrapped(&title, width, "  ");
    let now = Timestamp::now();
    // Plain data in memory: serialising it cannot fail.
    let manifest = serde_json::to_value(&document.manifest).unwrap_or_default();
    let mut text = vec![title.style(style).to_string(), String::new()];
    for finding in document.findings {
        let line = format!(
            "{} {}: {}",
            glyph(finding.outcome),
            finding.outcome.name(),
            sanitize::line(&detail(finding, &manifest, now))
        );
        let line = wrapped(&line, width, "  ");
        text.push(line.style(styles.outcome(finding.outcome)).to_string());
    }
    if !document.findings.is_empty() {
        text.push(String::new());
    }
    let mut lines = Vec::new();
    flatten(&manifest, 0, now, &mut lines);
    let labels = lines
        .iter()
        .map(|line| line.indent * 2 + line.label.chars().count());
    let widest = labels.filter(|width| *width <= WIDEST_LABEL).max();
    let column = widest.unwrap_or_default() + 2;
    for line in &lines {
        let label = format!(
            "{}{}",
            "  ".repeat(line.indent),
            sanitize::line(&line.label)
        );
        let value = sanitize::line(&line.value);
        let value = match width {
            // A digest in full where it fits; --wide shows the rest.
            Some(width) if column + value.chars().count() > width && is_hex(&value) => {
                format!("{}…", &value[..value.len().min(12)])
            }
            _ => value,
        };
        let gap = column.saturating_sub(label.chars().count()).max(2);
        let line = format!("{label}{:gap$}{value}", "");
        text.push(line.trim_end().to_owned());
    }
    for hint in &document.hints {
        let hint = format!("next: {}", sanitize::line(hint));
        text.push(format!("\n{}", wrapped(&hint, width, "      ")));
    }
    text.join("\n") + "\n"
}

/// What was found, with the moment it is about as a date.
fn detail(finding: &Finding, manifest: &Value, now: Timestamp) -> String {
    let ended = manifest["valid_until_unix_ms"].as_u64();
    match ended.and_then(|ms| units::moment_and_age(ms, now)) {
        Some(moment) if finding.finding == FindingCode::Expired => {
            format!("the record was valid until {moment}")
        }
        _ => finding.detail.clone(),
    }
}

fn is_hex(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// One line of the listing.
struct Line {
    indent: usize,
    label: String,
    value: String,
}

fn flatten(value: &Value, indent: usize, now: Timestamp, lines: &mut Vec<Line>) {
    let Value::Object(fields) = value else { return };
    for (key, value) in fields {
        let mut line = |label: String, value: String| {
            lines.push(Line {
                indent,
                label,
                value,
            });
        };
        match value {
            Value::Object(_) => {
                line(key.clone(), String::new());
                flatten(value, indent + 1, now, lines);
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                for (at, item) in items.iter().enumerate() {
                    lines.push(Line {
                        indent,
                        label: format!("{key} {}", at + 1),
                        value: String::new(),
                    });
                    flatten(item, indent + 1, now, lines);
                }
            }
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(plain).collect();
                line(key.clone(), items.join(" "));
            }
            Value::Number(number) => line(key.clone(), measured(key, number.as_u64(), value, now)),
            _ => line(key.clone(), plain(value)),
        }
    }
}

/// A number with the unit that its field's name ends in.
fn measured(key: &str, number: Option<u64>, value: &Value, now: Timestamp) -> String {
    let with_unit = match number {
        Some(0) if key == "valid_until_unix_ms" => Some("no limit".to_owned()),
        Some(0) if key.ends_with("_unix_ms") => Some("not set".to_owned()),
        Some(ms) if key.ends_with("_unix_ms") => units::moment_and_age(ms, now),
        Some(size) if key.ends_with("_bytes") => Some(units::bytes(size)),
        Some(length) if key.ends_with("_secs") => Some(units::seconds(length)),
        Some(mode) if key == "mode" => Some(format!("{mode:04o}")),
        _ => None,
    };
    with_unit.unwrap_or_else(|| plain(value))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
