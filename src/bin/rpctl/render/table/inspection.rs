//! The fields of a record, one per line: times as dates, sizes with units.

use owo_colors::OwoColorize;
use rpctl::record::{Finding, FindingCode};
use serde_json::Value;

use super::text::{hints, wrapped};
use crate::render::results::Inspection;
use crate::render::style::{Page, glyph};
use crate::render::{sanitize, units};

/// The widest label that all values make room for.
const WIDEST_LABEL: usize = 48;

/// Digits shown of a digest that does not fit.
const DIGEST_DIGITS: usize = 12;

pub(in crate::render) fn inspection(inspection: &Inspection<'_>, page: &Page) -> String {
    let (mark, style) = if inspection.code.is_proven() {
        ("✓", page.styles.good)
    } else {
        ("✗", page.styles.bad)
    };
    let title = format!("{mark} {}", sanitize::line(&inspection.summary));
    let title = wrapped(&title, page.width, "  ");
    // Plain data in memory: serialising it cannot fail.
    let fields = serde_json::to_value(inspection.record).unwrap_or_default();
    let mut text = vec![title.style(style).to_string(), String::new()];
    let faults = inspection.findings.iter();
    text.extend(faults.map(|finding| fault(finding, &fields, page)));
    if !inspection.findings.is_empty() {
        text.push(String::new());
    }
    text.extend(listing(&fields, page));
    let hints = hints(&inspection.hints, page.width);
    text.extend(hints.iter().map(|hint| format!("\n{hint}")));
    text.join("\n") + "\n"
}

fn fault(finding: &Finding, fields: &Value, page: &Page) -> String {
    let line = format!(
        "{} {}: {}",
        glyph(finding.outcome),
        finding.outcome.name(),
        sanitize::line(&detail(finding, fields, page))
    );
    let line = wrapped(&line, page.width, "  ");
    line.style(page.styles.outcome(finding.outcome)).to_string()
}

/// Returns the lines of all fields, with the values in one column.
fn listing(fields: &Value, page: &Page) -> Vec<String> {
    let mut lines = Vec::new();
    flatten(fields, 0, page, &mut lines);
    let labels = lines
        .iter()
        .map(|line| line.indent * 2 + line.label.chars().count());
    let widest = labels.filter(|width| *width <= WIDEST_LABEL).max();
    let column = widest.unwrap_or_default() + 2;
    lines
        .iter()
        .map(|line| aligned(line, column, page.width))
        .collect()
}

fn aligned(line: &Line, column: usize, width: Option<usize>) -> String {
    let indent = "  ".repeat(line.indent);
    let label = format!("{indent}{}", sanitize::line(&line.label));
    let value = sanitize::line(&line.value);
    let value = match width {
        Some(width) if column + value.chars().count() > width && is_hex(&value) => {
            format!("{}…", &value[..value.len().min(DIGEST_DIGITS)])
        }
        _ => value,
    };
    let gap = column.saturating_sub(label.chars().count()).max(2);
    let line = format!("{label}{:gap$}{value}", "");
    line.trim_end().to_owned()
}

/// Returns the detail of a fault, with its time as a date.
fn detail(finding: &Finding, fields: &Value, page: &Page) -> String {
    let ended = fields["valid_until_unix_ms"].as_u64();
    match ended.and_then(|ms| units::moment_and_age(ms, page)) {
        Some(moment) if finding.finding == FindingCode::Expired => {
            format!("the record was valid until {moment}")
        }
        _ => finding.detail.clone(),
    }
}

fn is_hex(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A line of the listing.
struct Line {
    indent: usize,
    label: String,
    value: String,
}

/// Appends a line for each field of an object, and of the objects in it.
fn flatten(value: &Value, indent: usize, page: &Page, lines: &mut Vec<Line>) {
    let Value::Object(fields) = value else { return };
    for (key, value) in fields {
        let mut add = |label: String, value: &Value| {
            lines.push(Line {
                indent,
                label,
                value: measured(key, value, page),
            });
            flatten(value, indent + 1, page, lines);
        };
        match value {
            Value::Array(items) if items.iter().any(Value::is_object) => {
                for (at, item) in items.iter().enumerate() {
                    add(format!("{key} {}", at + 1), item);
                }
            }
            _ => add(key.clone(), value),
        }
    }
}

/// Returns a value, a number with the unit that the name of its field ends in.
fn measured(key: &str, value: &Value, page: &Page) -> String {
    let with_unit = match value.as_u64() {
        Some(0) if key == "valid_until_unix_ms" => Some("no limit".to_owned()),
        Some(0) if key.ends_with("_unix_ms") => Some("not set".to_owned()),
        Some(ms) if key.ends_with("_unix_ms") => units::moment_and_age(ms, page),
        Some(size) if key.ends_with("_bytes") => Some(units::bytes(size)),
        Some(length) if key.ends_with("_secs") => Some(units::age(length)),
        Some(mode) if key == "mode" => Some(format!("{mode:04o}")),
        _ => None,
    };
    with_unit.unwrap_or_else(|| plain(value))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" "),
        // The fields of an object have lines of their own.
        Value::Object(_) | Value::Null => String::new(),
        other => other.to_string(),
    }
}
