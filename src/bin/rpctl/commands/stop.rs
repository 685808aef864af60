//! `rpctl shutdown` and `rpctl kill`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rpctl::__private::shell;
use rpctl::__private::{self, StopSignals};
use rpctl::control::{
    Denial, Grant, KeepReason, Refused, SendOutcome, StopSignal, Trust, WaitOutcome,
};
use rpctl::record::{self, Record};
use rpctl::{DaemonProcess, Probe, ProbeReport, Verdict};

use super::countdown::Countdown;
use super::diagnose::diagnosis;
use super::{digests, load, prune};
use crate::args::StopArgs;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Output;
use crate::render::{Action, ActionReport, Diagnosis};
use crate::selection::{Candidates, select_one};

/// Time for a daemon to end that was killed because it had not terminated.
const FORCE_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn run(
    stop: StopSignal,
    args: &StopArgs,
    force: bool,
    output: &Output,
) -> Result<ExitCode> {
    let digests = digests::uncached(args.hashing);
    let named = select_one(&args.target, Candidates::Live(&digests))?;
    refuse_to_remove_stdin(args, &named)?;
    let command = command(stop);
    let text = named.to_string_lossy();
    let record = match load(&named) {
        Ok(record) => record,
        Err(error) => {
            let report = ProbeReport::unreadable(&text, &error);
            let denial = Denial::Verdict {
                verdict: report.verdict(),
            };
            let diagnosis = &diagnosis(report.into_report(), Some(error));
            let action = &Action::denied(&denial, diagnosis, None);
            return Ok(output.print(&ActionReport {
                command,
                diagnosis,
                action,
            }));
        }
    };
    let probes = Probe::all_from_record(&record);
    let probes = probes
        .into_iter()
        .map(|probe| probe.label(&text).timeout(args.probe_timeout))
        .collect();
    let report = the_one(Probe::run_each(probes, &digests, |report| report))?;
    let job = Job {
        command,
        stop,
        force,
        args,
        output,
        identity: report.identity().cloned(),
        as_owner: as_owner(stop, &named, record.ownership.map(|file| file.owner)),
        record: report.record_path().map_or(named, itself),
    };
    job.act(report)
}

fn command(stop: StopSignal) -> &'static str {
    match stop {
        StopSignal::Terminate => "shutdown",
        StopSignal::Kill => "kill",
    }
}

/// What to do where the record is another user's: that user may look at the daemon,
/// and trusts the record, which root need not.
fn as_owner(stop: StopSignal, named: &Path, owner: Option<u32>) -> Option<String> {
    let owner = owner?;
    let sudo = match owner {
        _ if owner == __private::user_id() => return None,
        0 => "sudo".to_owned(),
        _ => format!("sudo -u '#{owner}'"),
    };
    let (command, record) = (command(stop), shell::file(named));
    Some(format!(
        "run it as the owner of the record: {sudo} rpctl {command} {record}"
    ))
}

/// The record that a path names, and not a link to it: that one is to be removed.
fn itself(record: &Path) -> PathBuf {
    let resolved = record.is_symlink().then(|| record.canonicalize().ok());
    resolved.flatten().unwrap_or_else(|| record.to_owned())
}

/// What is not a file cannot be removed.
fn refuse_to_remove_stdin(args: &StopArgs, named: &Path) -> Result<()> {
    if args.remove_record && named == Path::new("-") {
        let message = "--remove-record needs a file, and the record comes from standard input";
        return Err(Failure::new(ExitCode::Usage, "usage", message)
            .hint("name the file instead of -")
            .into());
    }
    Ok(())
}

/// The report about a daemon that is there, where a manifest leads to several.
fn the_one(mut reports: Vec<ProbeReport>) -> Result<ProbeReport> {
    let is_there = |report: &ProbeReport| report.verdict() != Verdict::NotRunning;
    let candidates: Vec<String> = reports
        .iter()
        .filter(|report| is_there(report))
        .filter_map(|report| report.report().target.identity_file.clone())
        .collect();
    if candidates.len() > 1 {
        let message = format!("the manifest leads to {} daemons", candidates.len());
        return Err(Failure::new(ExitCode::Usage, "no_target", message)
            .hint("name the identity file of the one that is meant")
            .candidates(candidates)
            .into());
    }
    let at = reports.iter().position(is_there).unwrap_or_default();
    Ok(reports.swap_remove(at))
}

/// One daemon to stop.
struct Job<'a> {
    command: &'static str,
    stop: StopSignal,
    /// Kill a process that does not terminate.
    force: bool,
    args: &'a StopArgs,
    output: &'a Output,
    identity: Option<DaemonProcess>,
    /// The file that names the daemon: the record, or the identity file beside it.
    record: PathBuf,
    /// How to run this as the owner of the record; `None` where that is the caller.
    as_owner: Option<String>,
}

impl Job<'_> {
    fn act(&self, report: ProbeReport) -> Result<ExitCode> {
        match report.into_grant(self.stop, self.trust()) {
            Err(refused) => {
                let Refused { denial, report, .. } = *refused;
                let kept = self.why_kept(&report);
                let diagnosis = diagnosis(report.into_report(), None);
                let action = self.refuse(&denial, kept, &diagnosis);
                Ok(self.print(&diagnosis, &action))
            }
            Ok(mut grant) => {
                let action = if self.args.dry_run {
                    Action::dry_run(self.stop, grant.report())
                } else {
                    self.carry_out(&mut grant)?
                };
                Ok(self.print(&diagnosis(grant.into_report(), None), &action))
            }
        }
    }

    fn print(&self, diagnosis: &Diagnosis, action: &Action) -> ExitCode {
        self.output.print(&ActionReport {
            command: self.command,
            diagnosis,
            action,
        })
    }

    fn trust(&self) -> Trust {
        if self.args.trust_record {
            Trust::Waived
        } else {
            Trust::Required
        }
    }

    /// Describes a refusal. The record of a daemon that is already gone is removed if
    /// that was asked for, unless it is kept for the reason in `kept`.
    fn refuse(&self, denial: &Denial, kept: Option<String>, diagnosis: &Diagnosis) -> Action {
        match denial {
            Denial::AlreadyGone if self.args.dry_run => self.already_gone(),
            Denial::AlreadyGone => {
                let removed = kept.map_or_else(
                    || self.remove_record(),
                    |why| {
                        self.say_not_removed(&self.record, &why);
                        None
                    },
                );
                self.already_gone().removing(removed)
            }
            denial => Action::denied(denial, diagnosis, self.as_owner.clone()),
        }
    }

    /// Why a record that is to be removed stays where its daemon was not found, and
    /// what to do: this run has not seen it end.
    fn why_kept(&self, report: &ProbeReport) -> Option<String> {
        if !self.args.remove_record {
            return None;
        }
        let kept = report.to_removal(self.trust()).err()?;
        let why = prune::in_words(kept, report)?;
        Some(match kept {
            KeepReason::Elsewhere => {
                let record = shell::file(&self.record);
                format!("{why}; if it does not, remove it yourself: rm {record}")
            }
            KeepReason::Untrusted => format!("{why}; --trust-record accepts it"),
            _ => why,
        })
    }

    fn already_gone(&self) -> Action {
        Action::already_gone(self.args.require_running)
    }

    fn carry_out(&self, grant: &mut Grant) -> Result<Action> {
        // From here on an interrupt ends the wait, and the message says what was
        // already sent.
        let signals = StopSignals::receive().context("cannot receive signals")?;
        let started = Instant::now();
        match grant.send() {
            Ok(SendOutcome::Delivered) => {}
            Ok(SendOutcome::AlreadyGone) => return Ok(self.tidy_up(self.already_gone(), grant)),
            Err(error) => return Ok(Action::not_sent(self.stop, &error, grant.report())),
        }
        let mut waited = self.wait(grant, &signals, self.args.timeout)?;
        if waited == WaitOutcome::TimedOut && self.force {
            waited = match grant.escalate() {
                Ok(SendOutcome::AlreadyGone) => WaitOutcome::Exited,
                Ok(SendOutcome::Delivered) => self.wait(grant, &signals, FORCE_TIMEOUT)?,
                Err(error) => {
                    self.output
                        .warn(&format!("SIGKILL could not be sent: {error}"));
                    WaitOutcome::TimedOut
                }
            };
        }
        let (elapsed, sent, data) = (started.elapsed(), grant.signal(), grant.report());
        match waited {
            WaitOutcome::Exited => {
                let action = Action::stopped(sent, elapsed, grant.exit_status(), data);
                Ok(self.tidy_up(action, grant))
            }
            WaitOutcome::TimedOut => Ok(Action::timed_out(sent, elapsed, data)),
            WaitOutcome::Interrupted => {
                let pid = grant.daemon().pid;
                let signal = sent.signal_name();
                self.output.warn(&format!(
                    "interrupted: {signal} was already sent to PID {pid}, which may still be ending"
                ));
                signals.release().context("cannot end by the signal")?;
                // Only an ignored signal leads here.
                Ok(Action::timed_out(sent, elapsed, data))
            }
        }
    }

    fn wait(&self, grant: &Grant, signals: &StopSignals, timeout: Duration) -> Result<WaitOutcome> {
        // Most daemons are gone before a countdown could be read.
        let quiet = timeout.min(Countdown::DELAY);
        let rest = timeout.saturating_sub(quiet);
        let mut waited = grant.wait_exit_or(signals, quiet);
        if matches!(waited, Ok(WaitOutcome::TimedOut)) && !rest.is_zero() {
            let countdown = Countdown::start(self.output, grant.daemon().pid, grant.signal(), rest);
            waited = grant.wait_exit_or(signals, rest);
            countdown.end();
        }
        waited.context("cannot wait for the process")
    }

    /// Remove what the daemon left behind.
    fn tidy_up(&self, action: Action, grant: &Grant) -> Action {
        let socket = match grant.remove_socket() {
            Ok(is_removed) => is_removed.then(|| grant.socket_path().to_owned()),
            Err(error) => {
                self.say_not_removed(grant.socket_path(), &error.to_string());
                None
            }
        };
        action.removing(socket).removing(self.remove_record())
    }

    /// Remove the record if that was asked for and it still names the daemon;
    /// what was removed.
    fn remove_record(&self) -> Option<PathBuf> {
        if !self.args.remove_record {
            return None;
        }
        let names_it = |record: &Record| {
            let named = record.daemon();
            named.is_some() && named == self.identity
        };
        match record::remove_if(&self.record, names_it) {
            Ok(true) => return Some(self.record.clone()),
            // Many daemons remove their own.
            Ok(false) if !self.record.exists() => {}
            Ok(false) => {
                self.say_not_removed(&self.record, "it does not name that daemon (any more)");
            }
            Err(error) => self.say_not_removed(&self.record, &error.to_string()),
        }
        None
    }

    fn say_not_removed(&self, path: &Path, why: &str) {
        self.output
            .warn(&format!("{} was not removed: {why}", path.display()));
    }
}
