//! Faults and suspicions about a record that could be read.

use std::path::Path;

use serde::Serialize;

use super::error::LoadError;
use crate::named::named;
use crate::platform::UserId;
use crate::report::Outcome;

/// A fault or suspicion about a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Subject of the finding.
    pub finding: FindingCode,
    /// [`Outcome::Fail`] if it makes the record unusable, else [`Outcome::Warn`].
    pub outcome: Outcome,
    /// Description, in one line.
    pub detail: String,
    /// The user that the finding suspects, if it is a single one.
    #[serde(skip)]
    pub(crate) suspect: Option<UserId>,
}

named! {
    /// The subject of a [`Finding`].
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
        /// A digest has a length other than 32 bytes, or an unknown algorithm.
        Digest = "digest",
        /// `ipc_endpoint` is absent or empty.
        EndpointMissing = "endpoint_missing",
        /// `media_type` is not the expected one.
        MediaType = "media_type",
        /// `valid_until_unix_ms` has passed.
        Expired = "expired",
        /// A time cannot be right: it is zero, lies in the future, or before the boot or the
        /// start that is named beside it.
        ImpossibleTime = "impossible_time",
        /// Other users can write the file.
        WritableByOthers = "writable_by_others",
        /// The owner of the file is neither the caller nor root.
        ForeignOwner = "foreign_owner",
        /// Other users can replace the file: they own a link or can write to a
        /// directory on its path.
        Replaceable = "replaceable",
        /// The record was read from a pipe: who has written it is unknown.
        UnknownWriter = "unknown_writer",
        /// The identity file beside the manifest cannot be read.
        IdentityFile = "identity_file",
    }
}

impl Finding {
    pub(super) fn fail(finding: FindingCode, detail: String) -> Self {
        Self {
            finding,
            outcome: Outcome::Fail,
            detail,
            suspect: None,
        }
    }

    pub(super) fn warn(finding: FindingCode, detail: String) -> Self {
        Self {
            finding,
            outcome: Outcome::Warn,
            detail,
            suspect: None,
        }
    }

    /// Reports an identity file that was discovered and cannot be read.
    pub(crate) fn unreadable_identity(path: &Path, error: &LoadError) -> Self {
        Self::fail(
            FindingCode::IdentityFile,
            format!("the identity in {}: {error}", path.display()),
        )
    }
}

/// Cuts a text from a record to 4096 bytes. The findings of a manifest are repeated
/// in the report of each of its identities, so long texts would multiply.
pub(crate) fn shortened(mut text: String) -> String {
    const MAX_LEN: usize = 4096;
    if text.len() > MAX_LEN {
        text.truncate(text.floor_char_boundary(MAX_LEN));
        text.push('…');
    }
    text
}
