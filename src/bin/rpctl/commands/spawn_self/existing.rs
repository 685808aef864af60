//! Files at the paths of new records. Only a stale record is replaced: that of a daemon
//! which is proven to be gone. A record of a daemon that may be alive, a record of another
//! service, a manifest of caches and a file that is no record all stay.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use rpctl::record::{self, CacheManifest, Content, LoadError, Record};
use rpctl::{CheckId, Outcome, Probe, ProbeReport, Report, Verdict};

use super::plan::Plan;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::shell;

/// The records at the paths of new ones. All of them may be replaced.
#[derive(Default)]
pub(super) struct Existing(Vec<Record>);

impl Existing {
    /// Reads the record at each path, and refuses to replace one that is not stale.
    ///
    /// Records that are among `before` are not examined again.
    pub(super) fn examine(plan: &Plan, before: &Self) -> Result<Self> {
        let mut found = Vec::new();
        for path in plan.record_paths() {
            let record = match record::load(path) {
                Ok(record) => record,
                Err(LoadError::NotFound(_) | LoadError::Empty) => continue,
                Err(error) => return not_a_record(path, &error.to_string()),
            };
            if !before.0.contains(&record) {
                refuse_unless_stale(&record, path, plan)?;
            }
            found.push(record);
        }
        Ok(Self(found))
    }
}

fn refuse_unless_stale(record: &Record, path: &Path, plan: &Plan) -> Result<()> {
    let label = path.to_string_lossy();
    let probes = Probe::all_from_record(record).into_iter();
    let probes = probes.map(|probe| probe.label(&label)).collect();
    let reports = Probe::run_each(probes, &Arc::default(), ProbeReport::into_report);
    let subject = subject(record);
    if let Some(living) = reports.iter().find(|report| is_daemon_alive(report)) {
        return already_running(living, &subject, path);
    }
    refuse_unless_own(record, &subject, path, plan)?;
    let Some(report) = reports.iter().find(|report| !is_gone(report)) else {
        return Ok(());
    };
    let elsewhere = "choose another place for the record, with --record or --sidecar";
    let hint = match report.verdict {
        Verdict::InvalidRecord => {
            let record = shell::file(path);
            format!("{elsewhere}; if no daemon uses it, remove it: rm {record}")
        }
        _ => elsewhere.to_owned(),
    };
    let message = format!(
        "{} may belong to a living daemon: {}",
        path.display(),
        report.summary
    );
    refuse("may_be_running", message, hint)
}

/// Returns whether the daemon of a report is proven to be gone. Another process may have
/// its PID.
fn is_gone(report: &Report) -> bool {
    let fails = |check| {
        report
            .check(check)
            .is_some_and(|it| it.outcome == Outcome::Fail)
    };
    match report.verdict {
        Verdict::NotRunning => true,
        Verdict::Mismatch => fails(CheckId::Pid) || fails(CheckId::BootId),
        _ => false,
    }
}

/// Refuses a record that this service may not replace even if it is stale: any JSON
/// object can be read as some record.
fn refuse_unless_own(record: &Record, subject: &str, path: &Path, plan: &Plan) -> Result<()> {
    let (service, _) = record.service();
    match &record.content {
        Content::Manifest(manifest) if service == plan.service => refuse_caches(manifest, path),
        Content::Manifest(_) if !service.is_empty() => refuse(
            "record_of_another_service",
            format!("{} is the record of {subject}", path.display()),
            "choose another place for the record".to_owned(),
        ),
        Content::Daemon(_) if record.daemon().is_some() => Ok(()),
        _ => not_a_record(path, "it names no service and no daemon"),
    }
}

/// Refuses a manifest that describes more than its daemon: the owner of the caches needs
/// it after the daemon has gone, too.
fn refuse_caches(manifest: &CacheManifest, path: &Path) -> Result<()> {
    let why = if manifest.current_daemon.is_none() {
        "it names no daemon"
    } else if !manifest.roots.is_empty() {
        "it names directories beside the daemon"
    } else {
        return Ok(());
    };
    refuse(
        "manifest_of_caches",
        format!("{} is a manifest of caches: {why}", path.display()),
        "choose another place for the record".to_owned(),
    )
}

/// Returns whether the daemon of a report is alive, as far as the evidence goes.
fn is_daemon_alive(report: &Report) -> bool {
    match report.verdict {
        Verdict::Verified | Verdict::Unresponsive => true,
        Verdict::Mismatch => is_process_alive(report),
        Verdict::NotRunning | Verdict::Indeterminate | Verdict::InvalidRecord => false,
    }
}

/// Returns whether the recorded process is alive. Another process may serve its socket.
fn is_process_alive(report: &Report) -> bool {
    [
        CheckId::BootId,
        CheckId::Pid,
        CheckId::StartTime,
        CheckId::Digest,
    ]
    .into_iter()
    .all(|id| {
        report
            .check(id)
            .is_some_and(|check| check.outcome == Outcome::Pass)
    })
}

fn subject(record: &Record) -> String {
    match record.service() {
        ("", _) => "a daemon".to_owned(),
        (name, version) => format!("{name} {version}"),
    }
}

fn already_running(report: &Report, subject: &str, path: &Path) -> Result<()> {
    let pid = report.target.pid.unwrap_or_default();
    refuse(
        "already_running",
        format!(
            "{subject} already runs as PID {pid}, recorded in {}",
            path.display()
        ),
        format!(
            "stop it first (rpctl shutdown {}), or choose another --service or --record",
            shell::file(path)
        ),
    )
}

fn not_a_record<T>(path: &Path, why: &str) -> Result<T> {
    refuse(
        "not_a_record",
        format!("{} exists and is no record: {why}", path.display()),
        "choose another place for the record, or remove the file".to_owned(),
    )
}

fn refuse<T>(kind: &'static str, message: String, hint: String) -> Result<T> {
    Err(Failure::new(ExitCode::Refused, kind, message)
        .hint(hint)
        .into())
}
