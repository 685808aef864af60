//! From a record to the identities it leads to.

use std::path::Path;

use super::builder::Probe;
use super::checks;
use super::checks::state::ManifestState;
use crate::manifest::{self, Discovery, Finding, LoadError, Record, integrity};

impl Probe {
    /// One probe for each identity that a record leads to.
    ///
    /// A record that names a daemon leads to that one. A manifest that names
    /// none leads to the identity files in its roots; see
    /// [`manifest::discover`]. There is always at least one probe: that of a
    /// manifest which leads nowhere reports so.
    #[must_use]
    pub fn each_of_record(record: &Record) -> Vec<Self> {
        let itself = Self::of_record(record);
        let is_unusable =
            checks::examine_findings(&record.findings, None).0 == ManifestState::Invalid;
        if is_unusable || record.content.daemon_message().is_some() {
            return vec![itself];
        }
        let discovery = manifest::discover(record);
        if discovery.found.is_empty() {
            let mut itself = itself.noting(search_report(&discovery));
            itself.is_searched = !discovery.is_incomplete();
            return vec![itself];
        }
        discovery
            .found
            .iter()
            .map(|(path, identity)| {
                itself
                    .clone()
                    .with_identity(path, identity)
                    .noting(list_of_ignored(&discovery))
            })
            .collect()
    }

    /// Take the identity from a file beside the manifest.
    fn with_identity(mut self, path: &Path, identity: &Result<Record, LoadError>) -> Self {
        let name = path.display();
        self.target.identity_file = Some(name.to_string());
        match identity {
            Err(error) => {
                self.findings
                    .push(integrity::unreadable_identity(path, error));
                self
            }
            Ok(identity) => {
                let found = Self::of_record(identity);
                self.expected = found.expected;
                self.file = found.file;
                self.target.pid = found.target.pid;
                self.target.endpoint = found.target.endpoint;
                if found.findings.is_empty() {
                    return self.noting(format!("the identity is in {name}"));
                }
                let of_file = |finding: Finding| Finding {
                    detail: format!("the identity in {name}: {}", finding.detail),
                    ..finding
                };
                self.findings
                    .extend(found.findings.into_iter().map(of_file));
                self
            }
        }
    }

    /// Say something more about where the identity came from.
    fn noting(mut self, note: String) -> Self {
        self.note = match self.note {
            _ if note.is_empty() => self.note,
            Some(earlier) => Some(format!("{earlier}; {note}")),
            None => Some(note),
        };
        self
    }
}

/// How many of the files that were left alone are named.
const MAX_NAMED: usize = 3;

/// Where an identity was looked for in vain.
fn search_report(discovery: &Discovery) -> String {
    let searched: Vec<String> = discovery
        .searched
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let ignored = list_of_ignored(discovery);
    match (searched.as_slice(), ignored.as_str()) {
        ([], "") => "the manifest names no daemon, and no directory to look for one".to_owned(),
        ([], _) => format!("the manifest names no daemon; {ignored}"),
        (_, "") => format!(
            "the manifest names no daemon, and there is no identity in {}",
            searched.join(", ")
        ),
        (_, _) => format!(
            "the manifest names no daemon, and there is no identity in {}; {ignored}",
            searched.join(", ")
        ),
    }
}

/// What was left alone in a search, and why.
fn list_of_ignored(discovery: &Discovery) -> String {
    let ignored = &discovery.ignored;
    let mut named: Vec<String> = ignored
        .iter()
        .take(MAX_NAMED)
        .map(ToString::to_string)
        .collect();
    if ignored.len() > MAX_NAMED {
        named.push(format!("{} more were ignored", ignored.len() - MAX_NAMED));
    }
    named.join("; ")
}
