//! `--once`: the self-test. Spawn, probe, stop, and leave nothing behind.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use rpctl::__private::StopSignals;
use rpctl::{BackendHandleError, ProbeReport, Verdict};

use super::launch::{self, Bond, Started};
use super::place;
use super::plan::Plan;
use crate::args::SpawnArgs;
use crate::commands::diagnose::diagnosis;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Output;
use crate::render::Diagnosis;

/// Time for the daemon to stop, once asked.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// What the test found; there is nothing left to tidy up.
pub(super) struct Tested {
    found: Diagnosis,
    /// How the daemon ended, where it was sound.
    stopped: Result<()>,
}

impl Tested {
    pub(super) fn show(self, output: &Output) -> Result<ExitCode> {
        self.stopped?;
        Ok(output.print_diagnoses("spawn-self", &[self.found]))
    }
}

pub(super) fn run(args: &SpawnArgs, interrupts: &StopSignals) -> Result<Tested> {
    let directory = tempfile::Builder::new()
        .prefix("rpctl-")
        .tempdir()
        .map_err(|error| {
            let message = format!("cannot create a private directory for the test: {error}");
            place::unusable("TMPDIR", message, &error)
        })?;
    let file = |name: &str| Some(directory.path().join(name));
    let plan = Plan::of(&SpawnArgs {
        foreground: false,
        once: true,
        record: file("record.pb"),
        sidecar: None,
        endpoint: file("socket"),
        service: args.service.clone(),
        digest: args.digest,
        idle_timeout: args.idle_timeout,
        detach: false,
        parent: None,
    })?;

    let started = launch::start(&plan, Bond::EndsWithCaller, interrupts).map_err(name_tmpdir)?;
    let report = started.probe(&plan)?;
    let data = report.report().clone();
    let stopped = if report.verdict() == Verdict::Verified {
        stop(report, started, &plan)
    } else {
        drop(started);
        Ok(())
    };
    directory
        .close()
        .context("cannot remove the private directory of the test")?;
    Ok(Tested {
        found: diagnosis(data, None),
        stopped,
    })
}

/// Stop the daemon through the handle that the probe gave.
fn stop(report: ProbeReport, started: Started, plan: &Plan) -> Result<()> {
    let asked = report
        .into_handle()
        .and_then(|handle| handle.shutdown_blocking(STOP_TIMEOUT));
    let (code, message) = match asked {
        Ok(()) => {
            let fault = match started.reap()? {
                Some(status) => (!status.success()).then(|| format!("it ended with {status}")),
                // One that ends in order removes its files.
                None => leftover(plan).map(|path| format!("it left {} behind", path.display())),
            };
            let Some(fault) = fault else {
                return Ok(());
            };
            (ExitCode::Internal, fault)
        }
        Err(error @ BackendHandleError::ShutdownTimeout { .. }) => {
            (ExitCode::StillAlive, error.to_string())
        }
        Err(error) => (ExitCode::Internal, error.to_string()),
    };
    let message = format!("the daemon could not be stopped in order: {message}");
    Err(Failure::new(code, "not_stopped", message).into())
}

/// A file of the daemon that is still there.
fn leftover(plan: &Plan) -> Option<&Path> {
    let socket = Path::new(&plan.endpoint.path);
    plan.record_paths()
        .chain([socket])
        .find(|path| path.exists())
}

/// The test chooses its own places; only the temporary directory is the caller's.
fn name_tmpdir(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<Failure>() {
        Ok(failure) if failure.code == ExitCode::Usage => failure
            .hint("set TMPDIR to a directory with a short path that you can write to")
            .into(),
        Ok(failure) => failure.into(),
        Err(error) => error,
    }
}
