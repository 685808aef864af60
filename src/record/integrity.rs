//! What can be wrong with a record that could be read: the checksum and the
//! rules of the schema.

use std::path::Path;

use serde::Serialize;

use super::load::{Content, Format, LoadError};
use super::schema::{CacheManifest, DaemonProcessMessage};
use super::wire::{self, IdentityError};
use super::{MEDIA_TYPE, SCHEMA_VERSION, protobuf};
use crate::named::named;
use crate::platform::{self, Trust};
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

fn fail(finding: FindingCode, detail: String) -> Finding {
    Finding {
        finding,
        outcome: Outcome::Fail,
        detail,
    }
}

fn warn(finding: FindingCode, detail: String) -> Finding {
    Finding {
        finding,
        outcome: Outcome::Warn,
        detail,
    }
}

/// Everything wrong with a record as it was read.
pub(super) fn findings(format: Format, content: &Content, raw: &[u8]) -> Vec<Finding> {
    match content {
        Content::Daemon(daemon) => identity_findings(daemon),
        Content::Manifest(manifest) => {
            let checksum = (format == Format::ManifestProtobuf)
                .then(|| checksum(manifest, raw))
                .flatten();
            checksum.into_iter().chain(rules(manifest)).collect()
        }
    }
}

/// Every rule that a manifest breaks, apart from the checksum of its file.
#[must_use]
pub fn rules(manifest: &CacheManifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    if manifest.manifest_schema_version > SCHEMA_VERSION {
        findings.push(fail(
            FindingCode::SchemaTooNew,
            format!(
                "schema version {} is newer than {SCHEMA_VERSION}, the newest known",
                manifest.manifest_schema_version
            ),
        ));
    }
    findings.extend(names(manifest));
    findings.extend(manifest.current_daemon.iter().flat_map(identity_findings));
    if manifest.media_type != MEDIA_TYPE {
        findings.push(warn(
            FindingCode::MediaType,
            format!(
                "media type is {:?}, expected {MEDIA_TYPE:?}",
                shortened(manifest.media_type.clone())
            ),
        ));
    }
    findings.extend(expiry(
        manifest.valid_until_unix_ms,
        platform::unix_now_ms(),
    ));
    findings
}

fn identity_findings(daemon: &DaemonProcessMessage) -> Vec<Finding> {
    wire::violations(daemon)
        .iter()
        .map(identity_finding)
        .collect()
}

fn checksum(manifest: &CacheManifest, raw: &[u8]) -> Option<Finding> {
    let recorded = &manifest.self_sha256;
    if recorded.is_empty() {
        return Some(fail(
            FindingCode::ChecksumMissing,
            "self_sha256 is missing".to_owned(),
        ));
    }
    let actual = protobuf::self_sha256(raw);
    (actual.as_slice() != recorded).then(|| {
        fail(
            FindingCode::ChecksumWrong,
            format!(
                "self_sha256 is {}, the content has {}",
                data_encoding::HEXLOWER.encode(recorded),
                data_encoding::HEXLOWER.encode(&actual)
            ),
        )
    })
}

fn names(manifest: &CacheManifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    let name = &manifest.service_name;
    if !is_service_name(name) {
        findings.push(fail(
            FindingCode::ServiceName,
            format!("service_name {name:?} is not 1 to 64 of a-z, 0-9 and -"),
        ));
    }
    let version = &manifest.service_version;
    if !is_service_version(version) {
        findings.push(fail(
            FindingCode::ServiceVersion,
            format!("service_version {version:?} is not N.N.N with an optional -suffix"),
        ));
    }
    findings
}

/// Whether a text is a service name: `[a-z0-9-]{1,64}`.
#[must_use]
pub fn is_service_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// Whether a text is a service version: `N.N.N`, optionally `-[a-z0-9.]+`.
#[must_use]
pub fn is_service_version(version: &str) -> bool {
    let (core, suffix) = match version.split_once('-') {
        Some((core, suffix)) => (core, Some(suffix)),
        None => (version, None),
    };
    let numbers: Vec<&str> = core.split('.').collect();
    numbers.len() == 3
        && numbers
            .iter()
            .all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
        && suffix.is_none_or(|suffix| {
            !suffix.is_empty()
                && suffix
                    .bytes()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.'))
        })
}

fn identity_finding(error: &IdentityError) -> Finding {
    let code = match error {
        IdentityError::MissingEndpoint => FindingCode::EndpointMissing,
        IdentityError::DigestLength { .. } | IdentityError::UnknownAlgorithm(_) => {
            FindingCode::Digest
        }
        IdentityError::PidRange(_) => FindingCode::PidRange,
        IdentityError::RelativePath(_) => FindingCode::ExePathRelative,
    };
    fail(code, error.to_string())
}

fn expiry(valid_until_unix_ms: u64, now_unix_ms: u64) -> Option<Finding> {
    (valid_until_unix_ms != 0 && valid_until_unix_ms < now_unix_ms).then(|| {
        warn(
            FindingCode::Expired,
            format!("the record was valid until {valid_until_unix_ms} (Unix milliseconds)"),
        )
    })
}

/// Somebody else could have put the file in its place; how.
pub(super) fn replaceable(why: &str) -> Finding {
    warn(
        FindingCode::Replaceable,
        format!("others may replace the file: {why}"),
    )
}

/// Who else could have written the file.
pub(super) fn untrusted(trust: Trust, effective_uid: u32) -> Vec<Finding> {
    let mut findings = Vec::new();
    if trust.mode & 0o022 != 0 {
        findings.push(warn(
            FindingCode::WritableByOthers,
            format!("others may write the file (mode {:04o})", trust.mode),
        ));
    }
    if trust.owner != effective_uid && trust.owner != 0 {
        findings.push(warn(
            FindingCode::ForeignOwner,
            format!("the file belongs to user ID {}", trust.owner),
        ));
    }
    findings
}
