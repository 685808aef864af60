//! `rpctl shutdown` and `rpctl kill`.

mod cleanup;
mod signal;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use rpctl::__private::StopSignals;
use rpctl::control::{Denial, Grant, Refused, Signal, Trust};
use rpctl::record::{LoadError, Record};
use rpctl::{__private, ImageDigests, Probe, ProbeReport, Report, Verdict};

use self::cleanup::{Cleanup, refuse_to_remove_stdin};
use self::signal::{StopOutcome, stop};
use super::diagnose::diagnosis;
use super::digests;
use super::load::load;
use crate::args::StopArgs;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::hints::{self, Limits};
use crate::output::Output;
use crate::render::{Action, ActionReport, Diagnosis};
use crate::selection::{Candidates, select_one};

/// Stops one daemon by `signal`. With `force`, a daemon that does not terminate is killed.
pub(super) fn run(
    signal: Signal,
    args: &StopArgs,
    force: bool,
    output: &Output,
) -> Result<ExitCode> {
    let digests = digests::uncached(args.hashing);
    let path = select_one(&args.target, Candidates::Live(&digests))?;
    refuse_to_remove_stdin(args, &path)?;
    let request = Request {
        signal,
        force,
        args,
        output,
    };
    let (diagnosis, action) = match load(&path) {
        Ok(record) => request.stop(&record, &path, &digests)?,
        Err(error) => refuse_unreadable(&path, error, args),
    };
    Ok(output.print(&ActionReport {
        command: command(signal),
        diagnosis: &diagnosis,
        action: &action,
    }))
}

fn command(signal: Signal) -> &'static str {
    match signal {
        Signal::Kill => "kill",
        _ => "shutdown",
    }
}

fn limits(args: &StopArgs) -> Limits {
    Limits::new(args.probe_timeout, args.hashing.hash_timeout)
}

fn refuse_unreadable(path: &Path, error: LoadError, args: &StopArgs) -> (Diagnosis, Action) {
    let report = ProbeReport::unreadable(&path.to_string_lossy(), &error);
    let verdict = report.verdict();
    let diagnosis = diagnosis(report.into_report(), Some(error), limits(args));
    let action = Action::denied(
        &Denial::Verdict { verdict },
        &diagnosis.report,
        diagnosis.hints.clone(),
    );
    (diagnosis, action)
}

/// Probes every daemon that a record names or refers to.
fn probe(
    record: &Record,
    path: &Path,
    args: &StopArgs,
    digests: &Arc<ImageDigests>,
) -> Vec<ProbeReport> {
    let label = path.to_string_lossy();
    let probes = Probe::all_from_record(record)
        .into_iter()
        .map(|probe| probe.label(&label).timeout(args.probe_timeout))
        .collect();
    Probe::run_each(probes, digests, |report| report)
}

/// Returns the report on the one daemon that is not known to be gone, or else the first
/// report.
fn single_live_report(mut reports: Vec<ProbeReport>) -> Result<ProbeReport> {
    let is_live = |report: &ProbeReport| report.verdict() != Verdict::NotRunning;
    let candidates: Vec<String> = reports
        .iter()
        .filter(|report| is_live(report))
        .filter_map(|report| report.report().target.identity_file.clone())
        .collect();
    if candidates.len() > 1 {
        let message = format!("the manifest leads to {} daemons", candidates.len());
        return Err(Failure::new(ExitCode::Usage, "no_target", message)
            .hint("name the identity file of the one that is meant")
            .candidates(candidates)
            .into());
    }
    let index = reports.iter().position(is_live).unwrap_or_default();
    Ok(reports.swap_remove(index))
}

/// The request to stop one daemon.
struct Request<'a> {
    signal: Signal,
    force: bool,
    args: &'a StopArgs,
    output: &'a Output,
}

impl Request<'_> {
    fn stop(
        &self,
        record: &Record,
        path: &Path,
        digests: &Arc<ImageDigests>,
    ) -> Result<(Diagnosis, Action)> {
        let report = single_live_report(probe(record, path, self.args, digests))?;
        let cleanup = Cleanup::new(&report, path, self.args.remove_record, self.output);
        let mut grant = match report.into_grant(self.signal, self.trust()) {
            Ok(grant) => grant,
            Err(refused) => {
                let owner = record.ownership.filter(|_| record.path.is_some());
                let owner = owner.map(|file| file.owner);
                let as_owner = owner.and_then(|owner| hints::as_owner(self.signal, path, owner));
                return Ok(self.refuse(*refused, &cleanup, as_owner));
            }
        };
        let action = if self.args.dry_run {
            Action::dry_run(self.signal, grant.report())
        } else {
            self.carry_out(&mut grant, &cleanup)?
        };
        Ok((self.diagnosis(grant.into_report()), action))
    }

    fn diagnosis(&self, report: Report) -> Diagnosis {
        diagnosis(report, None, limits(self.args))
    }

    fn trust(&self) -> Trust {
        if self.args.trust_record {
            Trust::Waived
        } else {
            Trust::Required
        }
    }

    /// Describes a refusal. If the daemon is already gone, its record is removed.
    fn refuse(
        &self,
        refused: Refused,
        cleanup: &Cleanup<'_>,
        as_owner: Option<String>,
    ) -> (Diagnosis, Action) {
        let Refused { denial, report, .. } = refused;
        if denial != Denial::AlreadyGone {
            let diagnosis = self.diagnosis(report.into_report());
            let Diagnosis { report, hints, .. } = &diagnosis;
            let hints = hints::for_denial(&denial, report.reason, hints, as_owner);
            let action = Action::denied(&denial, report, hints);
            return (diagnosis, action);
        }
        let removed = if self.args.dry_run {
            None
        } else {
            cleanup.after_absence(&report, self.trust())
        };
        let action = self.already_gone(report.report()).removing(removed);
        let action = action.noting_server(report.report());
        (self.diagnosis(report.into_report()), action)
    }

    fn already_gone(&self, report: &Report) -> Action {
        Action::already_gone(self.args.require_running, report)
    }

    /// Removes the files of a daemon that has ended, and looks whether its socket is served
    /// nevertheless: a child that lives on may have inherited it.
    fn ended(&self, action: Action, grant: &Grant, cleanup: &Cleanup<'_>) -> Action {
        let action = action.removing(cleanup.after_exit(grant));
        let is_missing = |path: &&Path| __private::attributes(path).is_err();
        if grant.daemon().is_some() && grant.socket_paths().iter().all(is_missing) {
            return action;
        }
        action.noting_server(&grant.probe_again(self.args.probe_timeout))
    }

    /// Stops the daemon of a grant, and removes its files.
    fn carry_out(&self, grant: &mut Grant, cleanup: &Cleanup<'_>) -> Result<Action> {
        // From here on an interrupt ends the wait, and not the program.
        let interrupts = StopSignals::receive().context("cannot receive signals")?;
        let (timeout, force) = (self.args.timeout, self.force);
        let outcome = stop(grant, timeout, force, &interrupts, self.output)?;
        let (signal, report) = (grant.signal(), grant.report());
        Ok(match outcome {
            StopOutcome::AlreadyGone => self.ended(self.already_gone(report), grant, cleanup),
            StopOutcome::Exited(elapsed) => {
                let action = Action::stopped(signal, elapsed, grant.exit_status(), report);
                self.ended(action, grant, cleanup)
            }
            StopOutcome::StillAlive(elapsed, not_killed) => {
                let hints = hints::for_survivor(signal, report, timeout, not_killed.is_some());
                Action::timed_out(signal, elapsed, report, not_killed.as_ref(), hints)
            }
            StopOutcome::Interrupted(elapsed) => {
                interrupts.release().context("cannot end by the signal")?;
                // The signal is ignored, or the program would have ended.
                let hints = hints::for_survivor(signal, report, timeout, false);
                Action::timed_out(signal, elapsed, report, None, hints)
            }
            StopOutcome::NotSent(error) => {
                Action::not_sent(signal, &error, report, hints::right_to_signal())
            }
        })
    }
}
