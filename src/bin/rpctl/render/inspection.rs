//! The result of validating a record.

use rpctl::Target;
use rpctl::record::{CacheManifest, Content, DaemonProcessMessage, Finding};
use serde::Serialize;

use crate::exit_code::ExitCode;

/// A record with the faults that were found in it.
#[derive(Debug)]
pub(crate) struct Inspection<'a> {
    pub(crate) code: ExitCode,
    pub(crate) summary: String,
    /// What to do next.
    pub(crate) hints: Vec<String>,
    pub(crate) target: Target,
    pub(crate) size_bytes: u64,
    pub(crate) findings: &'a [Finding],
    pub(crate) fields: Fields<'a>,
}

/// The fields of a record.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Fields<'a> {
    Manifest(&'a CacheManifest),
    Daemon(&'a DaemonProcessMessage),
}

impl<'a> From<&'a Content> for Fields<'a> {
    fn from(content: &'a Content) -> Self {
        match content {
            Content::Manifest(manifest) => Self::Manifest(manifest),
            Content::Daemon(daemon) => Self::Daemon(daemon),
        }
    }
}
