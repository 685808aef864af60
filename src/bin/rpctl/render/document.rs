//! The interface of every result: its exit code, a table for people, and a JSON document;
//! and that of the formats that consist of verdicts alone.

use std::collections::BTreeMap;

use serde::Serialize;

use super::action::ActionReport;
use super::origin::Origin;
use super::prune_report::PruneReport;
use super::recorded::RecordedDaemon;
use super::results::{ErrorReport, Findings, Inspection, SpawnedDaemon};
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
    fn json(&self, origin: &Origin) -> impl Serialize;
}

/// A format for verdicts and errors, and for no other result. One file holds one format.
pub(crate) trait Renderer {
    /// Returns the text for any number of diagnoses.
    fn findings(&self, findings: &Findings<'_>, origin: &Origin) -> String;

    /// Returns the text for an error that leaves nothing to report on.
    fn error(&self, error: &ErrorReport, origin: &Origin) -> String;
}

/// Implements [`Document`] for each result: its exit code, its table and its document.
macro_rules! documents {
    ($($result:ty: $code:expr, $table:path, |$it:ident, $origin:ident| $json:expr;)+) => {
        $(impl Document for $result {
            fn code(&self) -> ExitCode {
                let code: fn(&Self) -> ExitCode = $code;
                code(self)
            }

            fn table(&self, page: &Page) -> String {
                $table(self, page)
            }

            fn json(&self, origin: &Origin) -> impl Serialize {
                let ($it, $origin) = (self, origin);
                $json
            }
        })+
    };
}

documents! {
    Findings<'_>: Findings::code, table::findings, |it, origin| json::findings(it, origin);
    ActionReport<'_>: |it| it.action.code, table::action, |it, origin| json::action(it, origin);
    PruneReport: PruneReport::code, table::prune, |it, origin| json::prune(it, origin);
    Inspection<'_>: |it| it.code, table::inspection,
        |it, origin| json::document(origin, "inspect-manifest", it.code.number(), it);
    SpawnedDaemon: |_| ExitCode::Proven, table::daemon,
        |it, origin| {
            let daemon = BTreeMap::from([("daemon", it)]);
            json::document(origin, "spawn-self", it.code().number(), daemon)
        };
    RecordedDaemon: |_| ExitCode::Proven, table::recorded, |it, origin| json::recorded(it, origin);
    // The table shows the error as one result among others, as with --watch.
    ErrorReport: |it| it.code, table::error, |it, origin| json::error(it, origin);
}
