//! Looking into a report.

use serde_json::Value;

/// The checks with any of these outcomes, in report order.
pub(crate) fn checks_with(document: &Value, outcomes: &[&str]) -> Vec<String> {
    let checks = document["checks"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    checks
        .iter()
        .filter(|check| outcomes.contains(&check["outcome"].as_str().unwrap()))
        .map(|check| text(&check["check"]))
        .collect()
}

pub(crate) fn failed(document: &Value) -> Vec<String> {
    checks_with(document, &["fail", "unknown"])
}

pub(crate) fn check<'a>(document: &'a Value, id: &str) -> &'a Value {
    let checks = document["checks"].as_array().unwrap();
    checks.iter().find(|check| check["check"] == id).unwrap()
}
