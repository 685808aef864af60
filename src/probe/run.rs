//! Running one probe: from the evidence to the report.

use std::time::{Duration, Instant};

use super::builder::Probe;
use super::checks::state::{RecordState, States};
use super::checks::{self, CheckText};
use super::evidence::Held;
use super::expected::Expected;
use super::gather::gather;
use super::live_process;
use super::observed::{self, ObservedRequest, Subject};
use super::pid_file::{self, PidFileRequest};
use super::probe_report::{self, ProbeReport, untouched};
use super::request::Request;
use super::requirements::Requirements;
use super::verdict;
use crate::deadline::Deadline;
use crate::identity::DaemonProcess;
use crate::platform::TimeLimit;
use crate::record::Finding;
use crate::report::{Check, CheckId, Outcome, Verdict};
use crate::standstill::Standstill;

impl Probe {
    /// Runs every check. Takes at most [`Self::timeout`] and the time to hash the image.
    #[must_use]
    pub fn run(self) -> ProbeReport {
        let started = Instant::now();
        let _limit = TimeLimit::until(Deadline::after(self.timeout));
        let expected = match self.sound_identity() {
            Ok(expected) => expected,
            Err((state, text)) => {
                let check = text.into_check(CheckId::Record, state.outcome(), Duration::ZERO);
                return untouched(state, check, self.target, started);
            }
        };
        let mut looked = self.look(expected);
        let states = looked.states;
        // The PID of the record is then that of another process.
        looked
            .held
            .process
            .take_if(|_| states.host.outcome() == Outcome::Fail);
        let is_gone = verdict::proof_of_death(&states).is_some();
        let process = looked.held.process.as_ref().filter(|_| !is_gone);
        let process = process.map(live_process::describe);
        let checks = looked.checks;
        let mut report = probe_report::report(&states, checks, self.target, self.strict, started);
        report.process = process;
        let held = &mut looked.held;
        report.standstill = looked.standstill.filter(|_| held.process.is_some());
        held.stream.take_if(|_| report.verdict != Verdict::Verified);
        ProbeReport {
            report,
            findings: looked.findings,
            is_from_here: looked.is_from_here,
            is_gone,
            expected: self.expected,
            file: self.file,
            owner: self.owner,
            digests: self.digests,
            requirements: self.requirements,
            held: looked.held,
        }
    }

    fn look(&self, expected: &Expected) -> Looked {
        let mut looked = match expected {
            Expected::Daemon(daemon) => self.ask(daemon),
            Expected::Process(record) => self.observe(Subject::from(&**record)),
            // The requirements are all that there is to check.
            Expected::Number(file) => return self.look_up(file.pid),
        };
        looked.require(&self.requirements);
        looked
    }

    /// Connects to a daemon, and asks it for its identity.
    fn ask(&self, expected: &DaemonProcess) -> Looked {
        let (evidence, held) = gather(&Request {
            expected,
            host: self.host.as_deref(),
            owner: self.owner,
            host_is_of_identity: self.target.identity_file.is_none(),
            ours: self.ours.as_ref(),
            findings: &self.findings,
            note: self.note.as_deref(),
            endpoint: self.endpoint.as_ref(),
            timeout: self.timeout,
            keeps_connection: self.keeps_connection,
            digests: &self.digests,
        });
        let (states, checks) = checks::examine(&evidence);
        let host = &evidence.host.value;
        Looked {
            states,
            checks,
            is_from_here: host.is_from_here(&expected.boot_id) || host.is_namespace_gone,
            findings: evidence.findings,
            standstill: evidence.standstill,
            held,
        }
    }

    /// Looks at a process without asking it.
    fn observe(&self, subject: Subject<'_>) -> Looked {
        let (evidence, held) = observed::gather(&ObservedRequest {
            subject,
            owner: self.owner,
            ours: self.ours.as_ref(),
            findings: &self.findings,
            note: self.note.as_deref(),
            endpoint: self.endpoint.as_ref(),
            timeout: self.timeout,
            digests: &self.digests,
        });
        let (states, checks) = checks::examine_observed(&evidence);
        let host = &evidence.host.value;
        Looked {
            states,
            checks,
            is_from_here: host.is_from_here(&evidence.boot.boot_id) || host.is_namespace_gone,
            findings: evidence.findings,
            standstill: evidence.standstill,
            held,
        }
    }

    /// Looks at the process that has the number in a PID file.
    fn look_up(&self, pid: u32) -> Looked {
        let (evidence, held) = pid_file::gather(&PidFileRequest {
            pid,
            file: self.file.as_ref(),
            owner: self.owner,
            findings: &self.findings,
            note: self.note.as_deref(),
            endpoint: self.endpoint.as_ref(),
            requirements: &self.requirements,
        });
        let (states, checks) = checks::examine_pid_file(&evidence);
        Looked {
            states,
            checks,
            is_from_here: evidence.is_from_here(),
            findings: evidence.findings,
            standstill: evidence.standstill,
            held,
        }
    }

    /// Returns the identity to probe.
    ///
    /// # Errors
    ///
    /// The result of the check of the record, if that has no valid identity.
    fn sound_identity(&self) -> Result<&Expected, (RecordState, CheckText)> {
        let (state, text) = checks::examine_findings(&self.findings, self.note.as_deref());
        match (state, &self.expected) {
            (RecordState::Invalid, _) => Err((RecordState::Invalid, text)),
            (_, None) => Err((self.without_identity, text)),
            (_, Some(expected)) => Ok(expected),
        }
    }
}

/// The states of all checks, and what was gathered beside them.
struct Looked {
    states: States,
    checks: Vec<Check>,
    findings: Vec<Finding>,
    is_from_here: bool,
    standstill: Option<Standstill>,
    held: Held,
}

impl Looked {
    /// Compares the process with what the caller requires beside its record.
    fn require(&mut self, requirements: &Requirements) {
        let process = self.held.process.as_ref();
        let Some(process) = process.filter(|_| !requirements.is_empty()) else {
            return;
        };
        let mut replace = |id, outcome, text: CheckText| {
            if let Some(check) = self.checks.iter_mut().find(|check| check.check == id) {
                *check = text.into_check(id, outcome, check.elapsed);
            }
        };
        // What is not known does not hide what speaks against the process.
        let is_worse = |required: Outcome, recorded: Outcome| {
            required == Outcome::Fail || required == Outcome::Unknown && recorded != Outcome::Fail
        };
        let program = requirements.compare_program(process);
        if let Some((state, text)) = checks::require_program(&program)
            && is_worse(state.outcome(), self.states.exe.outcome())
        {
            self.states.exe = state;
            replace(CheckId::ExePath, state.outcome(), text);
        }
        let user = requirements.compare_user(process);
        let user = user.map(|evidence| checks::examine_required(&evidence));
        if let Some((state, text)) = user
            && is_worse(state.outcome(), self.states.user.outcome())
        {
            self.states.user = state;
            replace(CheckId::User, state.outcome(), text);
        }
    }
}
