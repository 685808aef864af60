//! `rpctl record`.

mod destination;
mod examination;
mod failures;

use anyhow::Result;
use rpctl::process::{DigestError, ProcessRecord, VerifyError};
use rpctl::record::MAX_ELEMENTS;

use self::destination::Destination;
use self::failures::{capture_failure, digest_failure, listener_failure, verify_failure};
use crate::args::{RecordArgs, RequiredArgs, SourceArgs};
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Output;
use crate::render::RecordedDaemon;

/// Attempts to describe a process that executes one program after the other. A shell that
/// has just been started does that once.
const ATTEMPTS: usize = 10;

pub(super) fn run(args: &RecordArgs, output: &Output) -> Result<ExitCode> {
    let required = &args.required;
    let mut record = complete(capture(&args.source, required)?, required, output)?;
    if let Some(service) = &args.service {
        let version = service.version.as_deref();
        record = record.with_service(&service.name, version)?;
    }
    match Destination::new(args, &record)? {
        Destination::Stdout => {
            let text = serde_json::to_string_pretty(&record)? + "\n";
            output.print_record("process record", text.as_bytes())
        }
        Destination::File { path, name } => {
            destination::write(&record, &path, args.replace, output)?;
            Ok(output.print(&RecordedDaemon::new(&record, &path, &name)))
        }
    }
}

/// Pins the process that the arguments name, and looks at it.
fn capture(source: &SourceArgs, required: &RequiredArgs) -> Result<ProcessRecord> {
    Ok(match (&source.pid_file, &source.socket, source.pid) {
        (Some(path), ..) => examination::from_pid_file(path, required)?,
        (_, Some(address), _) => ProcessRecord::from_listener(address).map_err(listener_failure)?,
        // clap requires one of them.
        (.., pid) => ProcessRecord::from_pid(pid.unwrap_or_default()).map_err(capture_failure)?,
    })
}

/// Compares the process with what the caller requires, and adds its listeners and digests to
/// the record, all of it while the process runs one program.
fn complete(
    mut record: ProcessRecord,
    required: &RequiredArgs,
    output: &Output,
) -> Result<ProcessRecord> {
    let pid = record.process.pid;
    for _ in 0..ATTEMPTS {
        let process = record.verify().map_err(verify_failure)?;
        // Another program than the required one need not be hashed.
        let mut notes = examination::compare(&record, &process, required)?;
        let listed = match record.clone().with_listeners() {
            // What else the process hides, the digests tell.
            Err(VerifyError::NotPermitted { .. }) => {
                notes.push(format!(
                    "the listeners of PID {pid} are not recorded: you may not enter its network \
                     namespace"
                ));
                record
            }
            listed => listed.map_err(verify_failure)?,
        };
        if listed.listeners.len() >= MAX_ELEMENTS {
            notes.push(format!(
                "the first {MAX_ELEMENTS} listeners of PID {pid} are recorded: a record holds no more"
            ));
        }
        match listed.with_digests() {
            Ok(complete) => {
                for note in &notes {
                    output.warn(note);
                }
                return Ok(complete);
            }
            Err(DigestError::Changed) => {}
            Err(error) => return Err(digest_failure(error).into()),
        }
        record = ProcessRecord::from_process(&process).map_err(capture_failure)?;
    }
    let message = format!("PID {pid} executes one program after the other");
    Err(Failure::new(ExitCode::CannotTell, "reexecutes", message)
        .hint("record it once it runs its own program")
        .into())
}
