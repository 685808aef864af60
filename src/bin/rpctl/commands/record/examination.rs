//! The examination of the process that is recorded, by the same probe as that of every record.

use std::path::Path;

use anyhow::Result;
use rpctl::process::{ProcessRecord, ProgramMatch, VerifiedProcess};
use rpctl::{Probe, Reason, Report, Verdict};

use super::failures::{capture_failure, load_failure, not_a_pid_file, report_failure, untrusted};
use crate::args::RequiredArgs;
use crate::commands::load::load;
use crate::failure::Failure;

/// Records the process that has the number in a PID file, unless something speaks against it.
pub(super) fn from_pid_file(path: &Path, required: &RequiredArgs) -> Result<ProcessRecord> {
    let record = load(path).map_err(|error| load_failure(path, error))?;
    if record.content.number().is_none() {
        let format = format!("it is a {}", record.format.description());
        return Err(not_a_pid_file(path, &format).into());
    }
    let probe = Probe::from_record(&record).label(&path.to_string_lossy());
    let report = required.apply(probe).all_locks().run();
    require_acceptance(report.report())?;
    if let Some(reason) = report.distrust() {
        return Err(untrusted(path, &reason).into());
    }
    Ok(report.to_process_record().map_err(capture_failure)?)
}

/// Refuses a process that is not what the caller requires. Returns remarks on it.
pub(super) fn compare(
    record: &ProcessRecord,
    process: &VerifiedProcess,
    required: &RequiredArgs,
) -> Result<Vec<String>> {
    if required.is_empty() {
        return Ok(Vec::new());
    }
    // The process may execute another program than the one that was looked at, and is then
    // looked at again.
    let mut instance = record.clone();
    (instance.process.exe, instance.process.users) = (None, None);
    let report = required.apply(Probe::of_process(&instance)).run();
    require_acceptance(report.report())?;
    let older = required.exe.iter().filter(|exe| {
        let program = process.runs(exe);
        program.is_ok_and(|program| program == ProgramMatch::Outdated)
    });
    let note = |exe: &std::path::PathBuf| {
        let (pid, exe) = (process.pid(), exe.display());
        format!("PID {pid} runs an older {exe}, which was replaced since")
    };
    Ok(older.map(note).collect())
}

/// Refuses a process that is not proven, except one of which only the number is known: to
/// record it is the decision of the caller.
fn require_acceptance(report: &Report) -> Result<(), Failure> {
    let is_accepted =
        report.verdict == Verdict::Verified || report.reason == Some(Reason::PidFileOnly);
    if is_accepted {
        Ok(())
    } else {
        Err(report_failure(report))
    }
}
