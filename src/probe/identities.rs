//! The identities that a record refers to.

use std::path::{Path, PathBuf};

use super::builder::Probe;
use super::checks;
use super::checks::state::RecordState;
use crate::record::{self, Discovery, Finding, LoadError, Loader, Record};

impl Probe {
    /// Creates one probe for each identity that a record refers to.
    ///
    /// This is the identity in the record itself, or else, for a manifest without a daemon,
    /// those in the files of its roots; see [`record::discover`]. If there is none, the
    /// result is one probe that reports so.
    #[must_use]
    pub fn all_from_record(record: &Record) -> Vec<Self> {
        let probe = Self::from_record(record);
        let is_unusable =
            checks::examine_findings(&record.findings, None).0 == RecordState::Invalid;
        if is_unusable || record.content.names_a_process() {
            return vec![probe];
        }
        let discovery = record::discover(record);
        if discovery.found.is_empty() {
            let mut probe = probe.noting(describe_search(&discovery));
            if discovery.is_incomplete() {
                probe.without_identity = RecordState::Unsearched;
            }
            return vec![probe];
        }
        let loader = Loader::default();
        discovery
            .found
            .iter()
            .map(|path| {
                probe
                    .clone()
                    .with_identity(path, &loader.load(path))
                    .noting(describe_ignored(&discovery))
            })
            .collect()
    }

    /// Takes the identity from a file beside the manifest.
    fn with_identity(mut self, path: &Path, identity: &Result<Record, LoadError>) -> Self {
        let name = path.display();
        self.target.identity_file = Some(name.to_string());
        match identity {
            Err(error) => self.without(path, error),
            Ok(identity) => {
                let found = Self::from_record(identity);
                self.expected = found.expected;
                self.file = found.file;
                self.owner = found.owner;
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

    /// Reports an identity file that was found and could not be read. One that is gone again
    /// may be about to be replaced.
    fn without(mut self, path: &Path, error: &LoadError) -> Self {
        match checks::state_of(error) {
            RecordState::Invalid => {
                self.findings
                    .push(Finding::unreadable_identity(path, error));
                self
            }
            state => {
                self.without_identity = match state {
                    RecordState::Missing => RecordState::Unread,
                    state => state,
                };
                self.noting(format!("the identity in {}: {error}", path.display()))
            }
        }
    }

    /// Adds a remark on the source of the identity.
    fn noting(mut self, note: String) -> Self {
        self.note = match self.note {
            _ if note.is_empty() => self.note,
            Some(earlier) => Some(format!("{earlier}; {note}")),
            None => Some(note),
        };
        self
    }
}

/// The maximum number of directories, and of ignored files, that a remark names.
const MAX_NAMED: usize = 3;

/// Describes a search that found no identity.
fn describe_search(discovery: &Discovery) -> String {
    let ignored = describe_ignored(discovery);
    match (discovery.searched.as_slice(), ignored.as_str()) {
        ([], "") => "the manifest names no daemon, and no directory to look for one".to_owned(),
        ([], _) => format!("the manifest names no daemon; {ignored}"),
        (searched, "") => format!(
            "the manifest names no daemon, and there is no identity in {}",
            a_few_of(searched)
        ),
        (searched, _) => format!(
            "the manifest names no daemon, and there is no identity in {}; {ignored}",
            a_few_of(searched)
        ),
    }
}

fn a_few_of(directories: &[PathBuf]) -> String {
    let named: Vec<String> = directories
        .iter()
        .take(MAX_NAMED)
        .map(|path| path.display().to_string())
        .collect();
    let named = named.join(", ");
    match directories.len().saturating_sub(MAX_NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// Describes the files that a search left out, with the reasons.
fn describe_ignored(discovery: &Discovery) -> String {
    let ignored = &discovery.ignored;
    let cut_short = discovery.cut_short.iter().map(ToString::to_string);
    let few = ignored.iter().take(MAX_NAMED).map(ToString::to_string);
    let mut named: Vec<String> = cut_short.chain(few).map(record::shortened).collect();
    if ignored.len() > MAX_NAMED {
        named.push(format!("{} more were ignored", ignored.len() - MAX_NAMED));
    }
    named.join("; ")
}
