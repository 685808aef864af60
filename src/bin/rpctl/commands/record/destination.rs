//! The file that a record is written to, and the file that is there already.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rpctl::__private;
use rpctl::process::{ProcessRecord, RecordFileError, Trust, VerifyError};

use crate::args::{RecordArgs, user_locations};
use crate::commands::places::{unusable, unusable_directory};
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Output;
use crate::shell;
use crate::words::Words;

/// The place for a record.
pub(super) enum Destination {
    Stdout,
    /// A file, and the argument by which other commands find it.
    File {
        path: PathBuf,
        name: String,
    },
}

impl Destination {
    pub(super) fn new(args: &RecordArgs, record: &ProcessRecord) -> Result<Self> {
        let (path, service) = match &args.record {
            Some(path) if path == Path::new("-") => return Ok(Self::Stdout),
            Some(path) => (path.clone(), None),
            None => {
                let directory = user_locations().process_records().into_iter().next();
                let path = directory.ok_or_else(no_place)?.join(record.file_name());
                (path, args.service.as_ref())
            }
        };
        let path = std::path::absolute(path).context("cannot resolve --record")?;
        let name = match service {
            Some(service) => service.to_string(),
            None => shell::file(&path),
        };
        Ok(Self::File { path, name })
    }
}

/// Writes a record, under a lock that keeps other writers from the directory between the
/// examination and the write.
pub(super) fn write(
    record: &ProcessRecord,
    path: &Path,
    replace: bool,
    output: &Output,
) -> Result<()> {
    let directory = path.parent().unwrap_or(path);
    let locked = __private::create_private_dir(directory)
        .and_then(|()| __private::lock_dir(directory))
        .map_err(|error| unusable_directory("--record", directory, &error));
    let _lock = locked?;
    refuse_replacement(path, record, replace)?;
    record.save(path).map_err(|error| match &error {
        RecordFileError::Io { source, .. } => unusable("--record", error.to_string(), source),
        _ => error.into(),
    })?;
    if let Err(RecordFileError::Untrusted { reason, .. }) =
        ProcessRecord::load(path, Trust::Required)
    {
        output.warn(&format!(
            "others could replace this record, so no process is signalled by it: {reason}"
        ));
    }
    Ok(())
}

/// Refuses to replace a file that is no process record, and, unless that is asked for, the
/// record of a process that may be alive.
fn refuse_replacement(path: &Path, new: &ProcessRecord, replace: bool) -> Result<()> {
    let old = match ProcessRecord::load(path, Trust::Waived) {
        Ok(old) => old,
        Err(RecordFileError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Ok(());
        }
        Err(RecordFileError::Io { ref source, .. }) => {
            let message = format!("cannot read {}: {source}", path.display());
            return Err(unusable("--record", message, source));
        }
        Err(RecordFileError::Format { source, .. }) if is_empty(&source) => return Ok(()),
        Err(error) => return Err(not_a_record(&error).into()),
    };
    if replace {
        return Ok(());
    }
    let shown = path.display();
    let (kind, message) = match old.verify() {
        Err(VerifyError::Gone(_)) => return Ok(()),
        Ok(_) if old.process.start == new.process.start && old.process.pid == new.process.pid => (
            "already_recorded",
            format!("this process is recorded already, in {shown}"),
        ),
        Ok(process) => (
            "already_recorded",
            format!(
                "the process recorded in {shown} runs: PID {}",
                process.pid()
            ),
        ),
        Err(error) => (
            "may_be_running",
            format!("the process recorded in {shown} may run: {error}"),
        ),
    };
    let failure = Failure::new(ExitCode::Refused, kind, message);
    Err(failure
        .hint("choose another --service or --record, or replace that record: --replace")
        .into())
}

/// Returns whether a file is empty, as mktemp(1) makes it.
fn is_empty(error: &serde_json::Error) -> bool {
    error.is_eof() && error.line() <= 1 && error.column() == 0
}

fn not_a_record(error: &RecordFileError) -> Failure {
    let hint = match error {
        RecordFileError::NotRegular { .. } => {
            "choose another place with --record, or print the record: --record -"
        }
        _ => "it is never replaced: choose another place with --record, or remove the file",
    };
    Failure::new(ExitCode::Refused, "not_a_record", error.to_string()).hint(hint)
}

fn no_place() -> Failure {
    let message = "there is no directory for process records: HOME is not set";
    Failure::new(ExitCode::Usage, "no_registry", message).hint(format!(
        "{}, or name a file: --record PATH",
        Words::HERE.home()
    ))
}
