//! The checksum of a record and the rules of its schema.

use data_encoding::HEXLOWER;

use super::fields;
use super::finding::{Finding, FindingCode, shortened};
use super::identity_rules::{self, MalformedIdentity};
use super::record::{Content, Format};
use super::schema::{CacheManifest, DaemonProcessMessage, MEDIA_TYPE, SCHEMA_VERSION};
use crate::platform::{self, Clocks};
use crate::process::ProcessRecord;
use crate::service::{is_service_name, is_service_version};

/// Tolerance in milliseconds for the begin of the boot: clocks are adjusted while they run.
const CLOCK_ERROR_MS: u64 = 2000;

/// Returns the faults of a record: its checksum, if the format has one, and its
/// rules.
pub(super) fn findings(format: Format, content: &Content, raw: &[u8]) -> Vec<Finding> {
    match content {
        Content::Daemon(daemon) => daemon_findings(daemon).collect(),
        Content::Named(named) => {
            let name = Some(&*named.service_name).filter(|name| !name.is_empty());
            let version = Some(&*named.service_version).filter(|version| !version.is_empty());
            let names = name.and_then(service_name).into_iter();
            let names = names.chain(version.and_then(service_version));
            names.chain(daemon_findings(&named.daemon)).collect()
        }
        Content::Process(process) => process_findings(process),
        Content::PidFile(_) => Vec::new(),
        Content::Manifest(manifest) => {
            let checksum = (format == Format::ManifestProtobuf)
                .then(|| checksum(manifest, raw))
                .flatten();
            checksum
                .into_iter()
                .chain(manifest_findings(manifest))
                .collect()
        }
    }
}

/// Returns a finding for each rule that a manifest breaks, without the checksum of
/// its file.
#[must_use]
pub(crate) fn manifest_findings(manifest: &CacheManifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    let version = manifest.manifest_schema_version;
    if version > SCHEMA_VERSION {
        let detail = format!(
            "schema version {version} is newer than {SCHEMA_VERSION}, the newest supported"
        );
        findings.push(Finding::fail(FindingCode::SchemaTooNew, detail));
    }
    findings.extend(service_name(&manifest.service_name));
    findings.extend(service_version(&manifest.service_version));
    findings.extend(manifest.current_daemon.iter().flat_map(identity_findings));
    findings.extend(media_type(&manifest.media_type));
    findings.extend(expiry(manifest.valid_until_unix_ms));
    findings.extend(future("created_at_unix_ms", manifest.created_at_unix_ms));
    findings.extend(future("last_active_unix_ms", manifest.last_active_unix_ms));
    findings.extend(manifest.current_daemon.iter().filter_map(time_of));
    findings
}

/// Returns a finding for each rule that a bare identity breaks.
fn daemon_findings(daemon: &DaemonProcessMessage) -> impl Iterator<Item = Finding> {
    identity_findings(daemon).into_iter().chain(time_of(daemon))
}

/// Returns a finding for each rule that a process record breaks. Its format keeps to
/// others: the range of the PID, and the length of digests.
fn process_findings(record: &ProcessRecord) -> Vec<Finding> {
    let name = record.service_name.as_deref().and_then(service_name);
    let version = record.service_version.as_deref().and_then(service_version);
    let path = record
        .process
        .exe
        .as_ref()
        .and_then(|exe| exe.path.as_deref());
    let relative = path.filter(|path| !identity_rules::is_absolute(&path.to_string_lossy()));
    let relative = relative.map(|path| {
        let error = MalformedIdentity::RelativePath(path.to_string_lossy().into_owned());
        Finding::fail(FindingCode::ExePathRelative, error.to_string())
    });
    let time = time_of_process(record);
    [name, version, relative, time]
        .into_iter()
        .flatten()
        .collect()
}

fn service_name(name: &str) -> Option<Finding> {
    (!is_service_name(name)).then(|| {
        let detail = format!("service_name {name:?} is not 1 to 64 of a-z, 0-9 and -");
        Finding::fail(FindingCode::ServiceName, detail)
    })
}

fn service_version(version: &str) -> Option<Finding> {
    (!is_service_version(version)).then(|| {
        let detail = format!("service_version {version:?} is not N.N.N with an optional -suffix");
        Finding::fail(FindingCode::ServiceVersion, detail)
    })
}

/// Reports a time of an identity that cannot be right.
fn time_of(daemon: &DaemonProcessMessage) -> Option<Finding> {
    let started = daemon.started_at_unix_ms;
    future("started_at_unix_ms", started).or_else(|| {
        let is_wrong = Clocks::read().is_before_boot(started)
            && platform::boot_id().as_ref() == Some(&daemon.boot_id);
        is_wrong.then(|| {
            Finding::warn(
                FindingCode::ImpossibleTime,
                format!("started_at_unix_ms is {started}, before the boot that the record names"),
            )
        })
    })
}

/// Reports a time of a process record that cannot be right.
fn time_of_process(record: &ProcessRecord) -> Option<Finding> {
    let field = "recorded_at_unix_ms";
    let recorded = record.recorded_at_unix_ms;
    let is_before_start = || {
        let started = record.started_at_unix_ms();
        started.is_some_and(|started| recorded.saturating_add(CLOCK_ERROR_MS) < started)
            // Asked last, because it takes six calls.
            && platform::boot_id().as_ref() == Some(&record.host.boot_id)
    };
    future(field, recorded).or_else(|| {
        let before = match recorded {
            0 => "so the record does not say when it was made",
            _ if is_before_start() => "before the recorded process was started",
            _ => return None,
        };
        let detail = format!("{field} is {recorded}, {before}");
        Some(Finding::warn(FindingCode::ImpossibleTime, detail))
    })
}

fn future(field: &str, unix_ms: u64) -> Option<Finding> {
    Clocks::read().is_future(unix_ms).then(|| {
        Finding::warn(
            FindingCode::ImpossibleTime,
            format!("{field} is {unix_ms} (Unix milliseconds), a time in the future"),
        )
    })
}

fn checksum(manifest: &CacheManifest, raw: &[u8]) -> Option<Finding> {
    let recorded = &manifest.self_sha256;
    if recorded.is_empty() {
        let detail = "self_sha256 is missing".to_owned();
        return Some(Finding::fail(FindingCode::ChecksumMissing, detail));
    }
    let actual = fields::self_sha256(raw);
    (actual.as_slice() != recorded).then(|| {
        let (recorded, actual) = (HEXLOWER.encode(recorded), HEXLOWER.encode(&actual));
        let detail = format!("self_sha256 is {recorded}, the content has {actual}");
        Finding::fail(FindingCode::ChecksumWrong, detail)
    })
}

fn identity_findings(daemon: &DaemonProcessMessage) -> Vec<Finding> {
    let finding = |error: &MalformedIdentity| {
        let code = match error {
            MalformedIdentity::MissingEndpoint => FindingCode::EndpointMissing,
            MalformedIdentity::DigestLength { .. } | MalformedIdentity::UnknownAlgorithm(_) => {
                FindingCode::Digest
            }
            MalformedIdentity::PidRange(_) => FindingCode::PidRange,
            MalformedIdentity::RelativePath(_) => FindingCode::ExePathRelative,
        };
        Finding::fail(code, error.to_string())
    };
    identity_rules::violations(daemon)
        .iter()
        .map(finding)
        .collect()
}

fn media_type(media_type: &str) -> Option<Finding> {
    // Upper and lower case do not count.
    (!media_type.eq_ignore_ascii_case(MEDIA_TYPE)).then(|| {
        Finding::warn(
            FindingCode::MediaType,
            format!(
                "media type is {:?}, expected {MEDIA_TYPE:?}",
                shortened(media_type.to_owned())
            ),
        )
    })
}

fn expiry(valid_until_unix_ms: u64) -> Option<Finding> {
    (valid_until_unix_ms != 0 && valid_until_unix_ms < platform::unix_now_ms()).then(|| {
        Finding::warn(
            FindingCode::Expired,
            format!("the record was valid until {valid_until_unix_ms} (Unix milliseconds)"),
        )
    })
}
