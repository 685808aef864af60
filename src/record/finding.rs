//! What can be wrong with a record that could be read.

use std::path::Path;

use serde::Serialize;

use super::error::LoadError;
use crate::named::named;
use crate::report::Outcome;

/// One thing wrong or suspicious about a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// What it is about.
    pub finding: FindingCode,
    /// [`Outcome::Fail`] when it makes the record unusable, else
    /// [`Outcome::Warn`].
    pub outcome: Outcome,
    /// What was found, in one line.
    pub detail: String,
}

named! {
    /// What a [`Finding`] is about.
    #[non_exhaustive]
    pub enum FindingCode {
        /// `manifest_schema_version` is newer than this library.
        SchemaTooNew = "schema_too_new",
        /// `self_sha256` is absent from a protobuf manifest.
        ChecksumMissing = "checksum_missing",
        /// `self_sha256` is not the digest of the file.
        ChecksumWrong = "checksum_wrong",
        /// `service_name` breaks its grammar.
        ServiceName = "service_name",
        /// `service_version` breaks its grammar.
        ServiceVersion = "service_version",
        /// `pid` is 0 or beyond the range of process IDs.
        PidRange = "pid_range",
        /// `exe_path` is not absolute.
        ExePathRelative = "exe_path_relative",
        /// A digest has another length than 32 bytes, or an unknown algorithm.
        Digest = "digest",
        /// `ipc_endpoint` is absent or empty.
        EndpointMissing = "endpoint_missing",
        /// `media_type` is not the expected one.
        MediaType = "media_type",
        /// `valid_until_unix_ms` has passed.
        Expired = "expired",
        /// Group or others may write the file.
        WritableByOthers = "writable_by_others",
        /// The file belongs to somebody who is neither the caller nor root.
        ForeignOwner = "foreign_owner",
        /// Others may put another file in its place: they own a link or may write
        /// a directory on the way to it.
        Replaceable = "replaceable",
        /// The file beside the manifest that should hold the identity cannot be
        /// read.
        IdentityFile = "identity_file",
    }
}

/// An identity file that a manifest leads to and that cannot be read.
pub(crate) fn unreadable_identity(path: &Path, error: &LoadError) -> Finding {
    fail(
        FindingCode::IdentityFile,
        format!("the identity in {}: {error}", path.display()),
    )
}

/// A text of a record, no longer than anybody reads. What is said about a manifest
/// is said again about each identity that it leads to.
pub(crate) fn shortened(mut text: String) -> String {
    const MOST: usize = 4096;
    if text.len() > MOST {
        text.truncate(text.floor_char_boundary(MOST));
        text.push('…');
    }
    text
}

pub(super) fn fail(finding: FindingCode, detail: String) -> Finding {
    Finding {
        finding,
        outcome: Outcome::Fail,
        detail,
    }
}

pub(super) fn warn(finding: FindingCode, detail: String) -> Finding {
    Finding {
        finding,
        outcome: Outcome::Warn,
        detail,
    }
}
