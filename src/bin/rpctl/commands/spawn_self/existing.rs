//! Files at the paths of new records. Only a stale record is replaced: that of a daemon
//! which is proven to be gone. A record of a daemon that may be alive, a record of another
//! service, a manifest of caches and a file that is no record all stay.

use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use rpctl::record::{self, CacheManifest, Content, LoadError, Record};
use rpctl::{CheckId, Outcome, Probe, Reason, Report, Verdict};

use super::plan::Plan;
use crate::commands::places;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::hints;
use crate::shell;
use crate::words::Words;

/// The hint if a file is not replaced.
const ELSEWHERE: &str = "choose another place for the record";

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
                Err(LoadError::Io { ref source, .. }) => return Err(unreadable(path, source)),
                Err(error) => return Err(not_a_record(path, &error.to_string())),
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
    let reports = Probe::run_each(probes, &Arc::default(), |report| {
        (report.is_proven_gone(), report.into_report())
    });
    let subject = subject(record);
    if let Some((_, living)) = reports.iter().find(|(_, report)| is_daemon_alive(report)) {
        return Err(already_running(living, &subject, path));
    }
    refuse_unless_own(record, &subject, path, plan)?;
    let may_live =
        |(is_gone, report): &&(bool, Report)| !is_gone && report.verdict != Verdict::NotRunning;
    match reports.iter().find(may_live) {
        None => Ok(()),
        Some((_, report)) => Err(may_be_running(report, path)),
    }
}

/// Refuses a record that this service may not replace even if it is stale: any JSON
/// object can be read as some record.
fn refuse_unless_own(record: &Record, subject: &str, path: &Path, plan: &Plan) -> Result<()> {
    let (service, _) = record.service();
    match &record.content {
        Content::Manifest(manifest) if service == plan.service => refuse_caches(manifest, path),
        Content::Manifest(_) if !service.is_empty() => Err(refusal(
            "record_of_another_service",
            format!("{} is the record of {subject}", path.display()),
            ELSEWHERE,
        )),
        Content::Daemon(_) | Content::Named(_) if record.daemon().is_some() => Ok(()),
        _ => Err(not_a_record(path, "it names no service and no daemon")),
    }
}

/// Refuses a manifest that describes more than its daemon: the owner of the caches needs
/// it after the daemon has gone, too.
fn refuse_caches(manifest: &CacheManifest, path: &Path) -> Result<()> {
    let reason = if manifest.current_daemon.is_none() {
        "it names no daemon"
    } else if !manifest.roots.is_empty() {
        "it names directories beside the daemon"
    } else {
        return Ok(());
    };
    let message = format!("{} is a manifest of caches: {reason}", path.display());
    Err(refusal("manifest_of_caches", message, ELSEWHERE))
}

/// Returns whether the daemon of a report is alive, as far as the evidence goes.
fn is_daemon_alive(report: &Report) -> bool {
    match report.verdict {
        Verdict::Verified | Verdict::Unresponsive => true,
        Verdict::Mismatch => is_process_alive(report),
        Verdict::NotRunning
        | Verdict::Indeterminate
        | Verdict::InvalidRecord
        | Verdict::NoRecord => false,
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

fn already_running(report: &Report, subject: &str, path: &Path) -> anyhow::Error {
    let pid = report.target.pid.unwrap_or_default();
    let record = path.display();
    let message = format!("{subject} already runs as PID {pid}, recorded in {record}");
    let record = shell::file(path);
    let hint =
        format!("stop it first (rpctl shutdown {record}), or choose another --service or --record");
    refusal("already_running", message, &hint)
}

fn may_be_running(report: &Report, path: &Path) -> anyhow::Error {
    let summary = &report.summary;
    let message = format!(
        "{} may belong to a living daemon: {summary}",
        path.display()
    );
    let mut hint = format!("{ELSEWHERE}, with --record or --sidecar");
    if let Some(take_over) = hints::take_over(report) {
        hint = format!("{take_over}; or {hint}");
    }
    let is_undecidable =
        report.verdict == Verdict::InvalidRecord || report.reason == Some(Reason::BootContradicted);
    if is_undecidable {
        let record = shell::file(path);
        hint = format!(
            "{hint}; if no daemon uses it, remove it: {}",
            Words::HERE.remove(&record)
        );
    }
    refusal("may_be_running", message, &hint)
}

/// Describes a file that cannot be read: it may well be the record of a living daemon.
fn unreadable(path: &Path, error: &io::Error) -> anyhow::Error {
    let message = format!("cannot read {}: {error}", path.display());
    places::unusable("--record or --sidecar", message, error)
}

fn not_a_record(path: &Path, reason: &str) -> anyhow::Error {
    let message = format!("{} exists and is no record: {reason}", path.display());
    let hint = format!("{ELSEWHERE}, or remove the file");
    refusal("not_a_record", message, &hint)
}

fn refusal(kind: &'static str, message: String, hint: &str) -> anyhow::Error {
    Failure::new(ExitCode::Refused, kind, message)
        .hint(hint)
        .into()
}
