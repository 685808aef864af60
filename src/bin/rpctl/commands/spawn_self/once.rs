//! `--once`: the self-test. Spawn, probe, stop, and leave nothing behind.

use std::time::Duration;

use anyhow::{Context, Result};
use rpctl::{BackendHandleError, Verdict};

use super::launch;
use super::plan::Plan;
use crate::args::SpawnArgs;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::render::Output;

/// Time for the daemon to stop, once asked.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn run(args: &SpawnArgs, output: &Output) -> Result<ExitCode> {
    let directory = tempfile::Builder::new()
        .prefix("rpctl-")
        .tempdir()
        .context("cannot create a private directory for the test")?;
    let file = |name: &str| Some(directory.path().join(name));
    let plan = Plan::of(&SpawnArgs {
        foreground: false,
        once: true,
        manifest: file("record.pb"),
        sidecar: None,
        endpoint: file("socket"),
        service: args.service.clone(),
        digest: args.digest,
        idle_timeout: args.idle_timeout,
        detach: false,
    })?;

    let mut started = launch::start(&plan)?;
    let report = started.probe(&plan)?;
    let code = output.print_report("spawn-self", &report, None);
    if report.verdict != Verdict::Verified {
        started.abandon();
        return Ok(code);
    }
    match report
        .into_handle()
        .and_then(|handle| handle.shutdown_blocking(STOP_TIMEOUT))
    {
        Ok(()) => {
            started.reap()?;
            directory
                .close()
                .context("cannot remove the private directory of the test")?;
            Ok(code)
        }
        Err(error) => {
            started.abandon();
            let code = match error {
                BackendHandleError::ShutdownTimeout { .. } => ExitCode::StillAlive,
                _ => ExitCode::Internal,
            };
            let message = format!("the daemon could not be stopped in order: {error}");
            Err(Failure::new(code, "not_stopped", message).into())
        }
    }
}
