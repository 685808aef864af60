//! `rpctl shutdown` and `rpctl kill`.

mod cleanup;
mod wait;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use rpctl::__private::StopSignals;
use rpctl::control::{Denial, Grant, Left, Refused, Signal};
use rpctl::{ImageDigests, ProbeReport, Report};

use self::cleanup::{Cleanup, refuse_to_remove_stdin};
use self::wait::{StopOutcome, Wait};
use super::grant::Request;
use crate::args::{KillArgs, ShutdownArgs, StopArgs};
use crate::exit_code::ExitCode;
use crate::hints;
use crate::output::Output;
use crate::render::{Action, ActionReport, Diagnosis};

/// Stops one daemon by the signal that the options name.
pub(super) fn shutdown(args: &ShutdownArgs, output: &Output) -> Result<ExitCode> {
    run("shutdown", args.signal, &args.stop, args.force, output)
}

/// Stops one daemon by SIGKILL.
pub(super) fn kill(args: &KillArgs, output: &Output) -> Result<ExitCode> {
    run("kill", Signal::Kill, &args.stop, false, output)
}

fn run(
    command: &str,
    signal: Signal,
    args: &StopArgs,
    force: bool,
    output: &Output,
) -> Result<ExitCode> {
    let request = Request {
        command,
        signal,
        args: &args.grant,
        missing_ok: args.missing_ok,
    };
    let stop = Stop {
        request,
        force,
        args,
        output,
    };
    let (diagnosis, action) = match request.select()? {
        Ok((path, digests)) => {
            refuse_to_remove_stdin(args, &path)?;
            stop.stop(&path, &digests)?
        }
        Err(refused) => refused,
    };
    Ok(output.print(&ActionReport {
        command,
        diagnosis: &diagnosis,
        action: &action,
    }))
}

/// The request to stop one daemon.
struct Stop<'a> {
    request: Request<'a>,
    /// Whether a daemon that does not terminate is killed.
    force: bool,
    args: &'a StopArgs,
    output: &'a Output,
}

impl Stop<'_> {
    fn stop(&self, path: &Path, digests: &Arc<ImageDigests>) -> Result<(Diagnosis, Action)> {
        let request = &self.request;
        let probed = match request.probe(path, digests)? {
            Ok(probed) => probed,
            Err(refused) => return Ok(refused),
        };
        let (report, (path, owner)) = probed.into_parts();
        let cleanup = Cleanup::new(&report, &path, self.args.remove_record, self.output);
        let mut grant = match report.into_grant(request.signal, request.trust()) {
            Ok(grant) => grant,
            Err(refused) if refused.denial == Denial::AlreadyGone => {
                return Ok(self.absent(*refused, &cleanup));
            }
            Err(refused) => return Ok(request.refuse(*refused, owner)),
        };
        let action = self.act(&mut grant, &cleanup)?;
        Ok((request.diagnosis(grant.into_report()), action))
    }

    /// Describes a daemon that is already gone, and removes its record unless its socket is
    /// served on.
    fn absent(&self, refused: Refused, cleanup: &Cleanup<'_>) -> (Diagnosis, Action) {
        let report: ProbeReport = refused.report;
        let left = report.left();
        let dry_run = self.request.args.dry_run;
        let removed = cleanup.after_absence(&report, &left, self.request.trust(), dry_run);
        let hints = hints::for_left(&left, report.report(), self.args.tree, self.request.asked());
        let action = self.already_gone(report.report()).leaving(&left, hints);
        let action = if dry_run {
            action.with_removal(removed.as_deref())
        } else {
            action.removing(removed)
        };
        (self.request.diagnosis(report.into_report()), action)
    }

    fn already_gone(&self, report: &Report) -> Action {
        Action::already_gone(self.args.require_running, report)
    }

    /// Stops the daemon of a grant, unless its descendants are to end with it and cannot all be
    /// held: those that are not held could not be ended afterwards.
    fn act(&self, grant: &mut Grant, cleanup: &Cleanup<'_>) -> Result<Action> {
        match grant.hold_family() {
            Err(error) if self.args.tree => {
                let hint = hints::right_to_hold(&error);
                Ok(Action::not_held(&error, grant.report(), hint))
            }
            _ if self.request.args.dry_run => {
                let descendants = grant.descendants();
                let action = Action::dry_run(grant.signal(), grant.report())
                    .with_escalation(self.force.then_some(self.args.timeout))
                    .with_removal(cleanup.record());
                Ok(action.with_tree(self.args.tree.then_some(descendants)))
            }
            _ => self.carry_out(grant, cleanup),
        }
    }

    /// Stops the daemon of a grant, and removes its files.
    fn carry_out(&self, grant: &mut Grant, cleanup: &Cleanup<'_>) -> Result<Action> {
        // From here on an interrupt ends the wait, and not the program.
        let interrupts = StopSignals::receive().context("cannot receive signals")?;
        let wait = Wait {
            timeout: self.args.timeout,
            force: self.force,
            tree: self.args.tree,
            interrupts: &interrupts,
            output: self.output,
            asked: self.request.asked(),
        };
        let outcome = wait.stop(grant)?;
        let (signal, report) = (grant.signal(), grant.report());
        Ok(match outcome {
            StopOutcome::AlreadyGone(left) => {
                self.ended(self.already_gone(report), &left, grant, cleanup)
            }
            StopOutcome::Exited(elapsed, left) => {
                let action = Action::stopped(signal, elapsed, grant.exit_status(), report);
                self.ended(action, &left, grant, cleanup)
            }
            StopOutcome::TreeAlive(elapsed, left) => {
                let action = Action::stopped(signal, elapsed, grant.exit_status(), report);
                let action = self.ended(action, &left, grant, cleanup);
                action.outlived()
            }
            StopOutcome::StillAlive(elapsed, not_killed) => {
                self.still_alive(grant, elapsed, not_killed.as_ref())
            }
            StopOutcome::Interrupted(elapsed) => {
                interrupts.release().context("cannot end by the signal")?;
                // The signal is ignored, or the program would have ended.
                self.still_alive(grant, elapsed, None)
            }
            StopOutcome::NotSent(error) => Action::not_sent(
                signal,
                &error,
                report,
                hints::for_unsent(&error, report, self.request.asked()),
            ),
        })
    }

    /// Removes the files of a daemon that has ended, and names the processes that are left.
    fn ended(&self, action: Action, left: &Left, grant: &Grant, cleanup: &Cleanup<'_>) -> Action {
        let removed = cleanup.after_exit(grant, left);
        let signalled = self.args.tree.then(|| grant.signalled_descendants());
        let hints = hints::for_left(left, grant.report(), self.args.tree, self.request.asked());
        let action = action.with_tree(signalled).leaving(left, hints);
        action.removing(removed)
    }

    fn still_alive(
        &self,
        grant: &Grant,
        elapsed: std::time::Duration,
        not_killed: Option<&rpctl::control::SendError>,
    ) -> Action {
        let (signal, report, standstill) = (grant.signal(), grant.report(), grant.standstill());
        let hints = match not_killed {
            Some(_) => hints::for_changed(report),
            None => hints::for_survivor(
                signal,
                report,
                standstill.as_ref(),
                self.args.timeout,
                self.request.asked(),
            ),
        };
        Action::timed_out(signal, elapsed, report, not_killed, hints).standing_still(standstill)
    }
}
