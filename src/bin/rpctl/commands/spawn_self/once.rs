//! `--once`: the self-test. Starts a daemon, probes it, stops it and cleans up.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use rpctl::__private::{self, StopSignals};
use rpctl::{BackendHandleError, DEFAULT_HASH_TIMEOUT, ProbeReport, Verdict};

use super::launch::{self, LaunchedDaemon};
use super::paths;
use super::plan::Plan;
use crate::args::SpawnArgs;
use crate::commands::diagnose::diagnosis;
use crate::commands::places;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::hints::Asked;
use crate::render::Diagnosis;

/// Time for the daemon to exit, once asked.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Runs the self-test and cleans up. A verified daemon that does not stop in order is an
/// error.
pub(super) fn run(args: &SpawnArgs, interrupts: &StopSignals) -> Result<Diagnosis> {
    let directory = TestDirectory::create()?;
    let plan = plan(args, &directory.0)?;
    let launched = launch::start(&plan, interrupts).map_err(name_tmpdir)?;
    let report = launched.probe(&plan)?;
    let asked = Asked::new(launch::ANSWER_TIMEOUT, DEFAULT_HASH_TIMEOUT);
    let found = diagnosis(report.report().clone(), None, asked);
    let stopped = if report.verdict() == Verdict::Verified {
        stop(report, launched, &plan)
    } else {
        drop(launched);
        Ok(())
    };
    directory
        .remove()
        .context("cannot remove the private directory of the test")?;
    stopped.map(|()| found)
}

/// The private directory of a self-test. It is removed with this value.
struct TestDirectory(PathBuf);

impl TestDirectory {
    fn create() -> Result<Self> {
        let place = paths::temporary()?;
        let unusable = |error: io::Error| {
            let place = place.display();
            let message = format!("cannot create a directory for the test in {place}: {error}");
            places::unusable("TMPDIR", message, &error)
        };
        let directory = __private::create_temporary_dir(&place).map_err(unusable)?;
        let directory = Self(directory);
        if __private::is_private_dir(&directory.0).map_err(unusable)? {
            return Ok(directory);
        }
        let hint = "set TMPDIR to a directory to which only you can lead the way";
        Err(paths::not_private(&place, hint))
    }

    fn remove(self) -> io::Result<()> {
        __private::remove_temporary_dir(&self.0)
    }
}

impl Drop for TestDirectory {
    fn drop(&mut self) {
        // An error is reported where the directory is removed on purpose.
        let _ = __private::remove_temporary_dir(&self.0);
    }
}

fn plan(args: &SpawnArgs, directory: &Path) -> Result<Plan> {
    Plan::new(&SpawnArgs {
        record: Some(directory.join("record.pb")),
        endpoint: Some(socket(directory)),
        parent: Some(std::process::id()),
        ..args.clone()
    })
}

/// Returns the path of the socket; on Windows, the name of a pipe of this process.
fn socket(directory: &Path) -> PathBuf {
    if __private::ENDPOINTS_ARE_FILES {
        directory.join("socket")
    } else {
        format!("rpctl-once-{}", std::process::id()).into()
    }
}

/// Stops the daemon through the handle of the probe, and checks that it exits in order.
fn stop(report: ProbeReport, launched: LaunchedDaemon, plan: &Plan) -> Result<()> {
    let stopped = report
        .into_handle()
        .and_then(|handle| handle.shutdown_blocking(STOP_TIMEOUT));
    let (code, fault) = match stopped {
        Ok(()) => match fault_of_exit(launched, plan)? {
            None => return Ok(()),
            Some(fault) => (ExitCode::Internal, fault),
        },
        Err(error @ BackendHandleError::ShutdownTimeout { .. }) => {
            (ExitCode::StillAlive, error.to_string())
        }
        Err(error) => (ExitCode::Internal, error.to_string()),
    };
    let message = format!("the daemon could not be stopped in order: {fault}");
    Err(Failure::new(code, "not_stopped", message).into())
}

fn fault_of_exit(launched: LaunchedDaemon, plan: &Plan) -> Result<Option<String>> {
    let failed = launched.reap()?.filter(|status| !status.success());
    Ok(match failed {
        Some(status) => Some(format!("it ended with {status}")),
        None => leftover(plan).map(|path| format!("it left {} behind", path.display())),
    })
}

/// Returns a file of the daemon that still exists.
fn leftover(plan: &Plan) -> Option<&Path> {
    let socket = Path::new(&plan.endpoint.path);
    plan.record_paths()
        .chain([socket])
        .find(|path| __private::link_attributes(path).is_ok())
}

/// Puts the hint right: the caller chooses only the temporary directory of a self-test.
fn name_tmpdir(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<Failure>() {
        Ok(failure) if failure.code == ExitCode::Usage => failure
            .hint("set TMPDIR to a directory with a short path that you can write to")
            .into(),
        Ok(failure) => failure.into(),
        Err(error) => error,
    }
}
