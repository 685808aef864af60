//! The signal to a daemon, and the wait for its exit.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rpctl::__private::StopSignals;
use rpctl::control::{Grant, SendError, SendOutcome, WaitOutcome};

use crate::commands::countdown::Countdown;
use crate::hints;
use crate::output::Output;

/// Time for a daemon to exit that is killed because it did not terminate.
const FORCE_TIMEOUT: Duration = Duration::from_secs(5);

/// The outcome of an attempt to stop a daemon.
pub(super) enum StopOutcome {
    /// The daemon had exited before the signal.
    AlreadyGone,
    /// The daemon exited after this time.
    Exited(Duration),
    /// The daemon was still alive after this time. If it was to be killed then, it was not, for
    /// this reason.
    StillAlive(Duration, Option<SendError>),
    /// An interrupt ended the wait after this time. The daemon was still alive.
    Interrupted(Duration),
    /// The system refused to send the signal.
    NotSent(SendError),
}

/// Sends the signal of a grant, and waits for the daemon to exit, at most `timeout`. With
/// `force`, a daemon that is then still alive is killed.
///
/// An interrupt ends the wait. A warning then names the signal that was sent.
pub(super) fn stop(
    grant: &mut Grant,
    timeout: Duration,
    force: bool,
    interrupts: &StopSignals,
    output: &Output,
) -> Result<StopOutcome> {
    let started = Instant::now();
    match grant.send() {
        Ok(SendOutcome::Delivered) => {}
        Ok(SendOutcome::AlreadyGone) => return Ok(StopOutcome::AlreadyGone),
        Err(error) => return Ok(StopOutcome::NotSent(error)),
    }
    if let Some(warning) = hints::before_wait(grant.signal(), grant.report()) {
        output.warn(&warning);
    }
    let mut waited = wait(grant, timeout, interrupts, output)?;
    let mut not_killed = None;
    if waited == WaitOutcome::TimedOut && force {
        match grant.escalate() {
            Ok(SendOutcome::Delivered) => waited = wait(grant, FORCE_TIMEOUT, interrupts, output)?,
            Ok(SendOutcome::AlreadyGone) => waited = WaitOutcome::Exited,
            Err(error) => not_killed = Some(error),
        }
    }
    let elapsed = started.elapsed();
    Ok(match waited {
        WaitOutcome::Exited => StopOutcome::Exited(elapsed),
        WaitOutcome::TimedOut => StopOutcome::StillAlive(elapsed, not_killed),
        WaitOutcome::Interrupted => {
            warn_interrupted(grant, output);
            StopOutcome::Interrupted(elapsed)
        }
    })
}

/// Waits for the daemon to exit, with a countdown on a terminal.
fn wait(
    grant: &Grant,
    timeout: Duration,
    interrupts: &StopSignals,
    output: &Output,
) -> Result<WaitOutcome> {
    // Most daemons have exited before a countdown could be read.
    let quiet = timeout.min(Countdown::DELAY);
    let rest = timeout.saturating_sub(quiet);
    let mut waited = grant.wait_exit_or(interrupts, quiet);
    if matches!(waited, Ok(WaitOutcome::TimedOut)) && !rest.is_zero() {
        let countdown = Countdown::start(output, grant.pid(), grant.signal(), rest);
        waited = grant.wait_exit_or(interrupts, rest);
        countdown.end();
    }
    waited.context("cannot wait for the process")
}

fn warn_interrupted(grant: &Grant, output: &Output) {
    let (signal, pid) = (grant.signal().name(), grant.pid());
    output.warn(&format!(
        "interrupted: {signal} was already sent to PID {pid}, which may still be ending"
    ));
}
