//! The interface of every result: its exit code, a table for people, and a JSON document;
//! and that of the formats that consist of verdicts alone.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::action::ActionReport;
use super::findings::Findings;
use super::origin::Origin;
use super::prune_report::PruneReport;
use super::recorded::RecordedDaemon;
use super::results::{ErrorReport, Inspection, SpawnedDaemon};
use super::style::Page;
use super::{json, table};
use crate::exit_code::ExitCode;

/// The result of a command.
pub(crate) trait Document {
    /// Returns the exit code of a command with this result.
    fn code(&self) -> ExitCode;

    /// Writes the text for people.
    fn table(&self, page: &Page, out: &mut dyn fmt::Write) -> fmt::Result;

    /// Returns the document for programs.
    fn json(&self, origin: &Origin) -> impl Serialize;
}

/// A format for verdicts and errors, and for no other result. One file holds one format.
pub(crate) trait Renderer {
    /// Writes the text for any number of diagnoses, one after the other, so that the text
    /// about all of them is never in memory.
    fn findings(
        &self,
        findings: &Findings<'_>,
        origin: &Origin,
        out: &mut dyn fmt::Write,
    ) -> fmt::Result;

    /// Returns the text for an error that leaves nothing to report on.
    fn error(&self, error: &ErrorReport, origin: &Origin) -> String;
}

/// Implements [`Document`] for each result: its exit code, its table and its document.
macro_rules! documents {
    ($($result:ty: $code:expr, $table:expr, |$it:ident, $origin:ident| $json:expr;)+) => {
        $(impl Document for $result {
            fn code(&self) -> ExitCode {
                let code: fn(&Self) -> ExitCode = $code;
                code(self)
            }

            fn table(&self, page: &Page, out: &mut dyn fmt::Write) -> fmt::Result {
                let table = $table;
                table(self, page, out)
            }

            fn json(&self, origin: &Origin) -> impl Serialize {
                let ($it, $origin) = (self, origin);
                $json
            }
        })+
    };
}

/// Returns the function that writes a table which is short.
fn whole<T: ?Sized>(
    table: fn(&T, &Page) -> String,
) -> impl Fn(&T, &Page, &mut dyn fmt::Write) -> fmt::Result {
    move |result, page, out| out.write_str(&table(result, page))
}

documents! {
    Findings<'_>: Findings::code, table::findings, |it, origin| json::findings(it, origin);
    ActionReport<'_>: |it| it.action.code, whole(table::action), |it, origin| json::action(it, origin);
    PruneReport: PruneReport::code, whole(table::prune), |it, origin| json::prune(it, origin);
    Inspection<'_>: |it| it.code, whole(table::inspection),
        |it, origin| json::document(origin, "inspect-manifest", it.code.number(), it);
    SpawnedDaemon: |_| ExitCode::Proven, whole(table::daemon),
        |it, origin| {
            let daemon = BTreeMap::from([("daemon", it)]);
            json::document(origin, "spawn-self", it.code().number(), daemon)
        };
    RecordedDaemon: |_| ExitCode::Proven, whole(table::recorded), |it, origin| json::recorded(it, origin);
    // The table shows the error as one result among others, as with --watch.
    ErrorReport: |it| it.code, whole(table::error), |it, origin| json::error(it, origin);
}
