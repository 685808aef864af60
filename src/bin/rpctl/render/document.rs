//! The interface of every result: its exit code, a table for people, and a JSON document;
//! and that of the formats that consist of verdicts alone.

use std::collections::BTreeMap;

use serde::Serialize;

use super::action::ActionReport;
use super::daemon::SpawnedDaemon;
use super::error_report::ErrorReport;
use super::findings::Findings;
use super::inspection::Inspection;
use super::prune_report::PruneReport;
use super::style::Page;
use super::{json, table};
use crate::exit_code::ExitCode;

/// The result of a command.
pub(crate) trait Document {
    /// Returns the exit code of a command with this result.
    fn code(&self) -> ExitCode;

    /// Returns the text for people.
    fn table(&self, page: &Page) -> String;

    /// Returns the document for programs.
    fn json(&self) -> impl Serialize;
}

/// A format for verdicts and errors, and for no other result. One file holds one format.
pub(crate) trait Renderer {
    /// Returns the text for any number of diagnoses.
    fn findings(&self, findings: &Findings<'_>) -> String;

    /// Returns the text for an error that leaves nothing to report on.
    fn error(&self, error: &ErrorReport) -> String;
}

impl Document for Findings<'_> {
    fn code(&self) -> ExitCode {
        self.code()
    }

    fn table(&self, page: &Page) -> String {
        table::findings(self, page)
    }

    fn json(&self) -> impl Serialize {
        json::findings(self)
    }
}

impl Document for ActionReport<'_> {
    fn code(&self) -> ExitCode {
        self.action.code
    }

    fn table(&self, page: &Page) -> String {
        table::action(self, page)
    }

    fn json(&self) -> impl Serialize {
        json::action(self)
    }
}

impl Document for PruneReport {
    fn code(&self) -> ExitCode {
        self.code()
    }

    fn table(&self, page: &Page) -> String {
        table::prune(self, page)
    }

    fn json(&self) -> impl Serialize {
        json::prune(self)
    }
}

impl Document for Inspection<'_> {
    fn code(&self) -> ExitCode {
        self.code
    }

    fn table(&self, page: &Page) -> String {
        table::inspection(self, page)
    }

    fn json(&self) -> impl Serialize {
        json::document("inspect-manifest", self.code.number(), self)
    }
}

impl Document for SpawnedDaemon {
    fn code(&self) -> ExitCode {
        ExitCode::Proven
    }

    fn table(&self, page: &Page) -> String {
        table::daemon(self, page)
    }

    fn json(&self) -> impl Serialize {
        let result = BTreeMap::from([("daemon", self)]);
        json::document("spawn-self", self.code().number(), result)
    }
}

impl Document for ErrorReport {
    fn code(&self) -> ExitCode {
        self.code
    }

    /// Returns the error as one result among others, as `--watch` shows it.
    fn table(&self, page: &Page) -> String {
        table::error(self, page)
    }

    fn json(&self) -> impl Serialize {
        json::error(self)
    }
}
