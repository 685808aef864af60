//! What can be wrong with a record that could be read: the checksum and the
//! rules of the schema.

use super::fields;
use super::finding::{Finding, FindingCode, fail, shortened, warn};
use super::record::{Content, Format};
use super::schema::{CacheManifest, DaemonProcessMessage, MEDIA_TYPE, SCHEMA_VERSION};
use super::service::{is_service_name, is_service_version};
use super::wire::{self, IdentityError};
use crate::platform;

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
    let actual = fields::self_sha256(raw);
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
