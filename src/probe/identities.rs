//! From a record to the identities it leads to.

use std::fmt::Write as _;
use std::path::Path;

use super::builder::Probe;
use super::checks;
use super::checks::state::ManifestState;
use crate::manifest::{self, Discovery, LoadError, Record, integrity};

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
            return vec![itself.noting(search_report(&discovery))];
        }
        discovery
            .found
            .iter()
            .map(|(path, identity)| itself.clone().with_identity(path, identity))
            .collect()
    }

    /// Take the identity from a file beside the manifest.
    fn with_identity(mut self, path: &Path, identity: &Result<Record, LoadError>) -> Self {
        self.target.identity_file = Some(path.display().to_string());
        match identity {
            Err(error) => {
                self.findings
                    .push(integrity::unreadable_identity(path, error));
                self
            }
            Ok(identity) => {
                let found = Self::of_record(identity);
                self.expected = found.expected;
                self.findings.extend(found.findings);
                self.target.pid = found.target.pid;
                self.target.endpoint = found.target.endpoint;
                self.noting(format!("the identity is in {}", path.display()))
            }
        }
    }

    fn noting(mut self, note: String) -> Self {
        self.note = Some(note);
        self
    }
}

/// Where an identity was looked for in vain.
fn search_report(discovery: &Discovery) -> String {
    let searched: Vec<String> = discovery
        .searched
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let mut report = if searched.is_empty() {
        "it names no daemon, and no directory to look for one".to_owned()
    } else {
        format!(
            "it names no daemon, and there is none in {}",
            searched.join(", ")
        )
    };
    for ignored in &discovery.ignored {
        // Writing to a String cannot fail.
        let _ = write!(report, "; {ignored}");
    }
    report
}
