//! The text of a check.

use std::time::Duration;

use crate::record::shortened;
use crate::report::{Check, CheckId, Outcome};

/// The text of a check, before it becomes part of the report.
#[derive(Debug, Default)]
pub(crate) struct CheckText {
    expected: Option<String>,
    actual: Option<String>,
    detail: Option<String>,
}

impl CheckText {
    pub(crate) fn nothing() -> Self {
        Self::default()
    }

    pub(super) fn detail(detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..Self::default()
        }
    }

    pub(super) fn found(actual: impl Into<String>) -> Self {
        Self {
            actual: Some(actual.into()),
            ..Self::default()
        }
    }

    pub(super) fn compared(expected: impl Into<String>, actual: impl Into<String>) -> Self {
        Self {
            expected: Some(shortened(expected.into())),
            actual: Some(shortened(actual.into())),
            detail: None,
        }
    }

    pub(super) fn with_found(mut self, actual: impl Into<String>) -> Self {
        self.actual = Some(actual.into());
        self
    }

    pub(super) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub(super) fn with_any_detail(mut self, detail: Option<String>) -> Self {
        self.detail = detail;
        self
    }

    pub(crate) fn into_check(self, check: CheckId, outcome: Outcome, elapsed: Duration) -> Check {
        Check {
            check,
            outcome,
            expected: self.expected,
            actual: self.actual,
            detail: self.detail,
            elapsed,
        }
    }
}
