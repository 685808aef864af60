//! The checks of the number in a PID file.

use std::time::Duration;

use super::check_text::CheckText;
use super::peer::described;
use super::pid::Found;
use super::pid_file_place::{host, peer};
use super::pid_file_times::{boot, start};
use super::program;
use super::state::{
    BootState, DigestState, EndpointState, ExeState, HostState, InstanceState, NonceState,
    PidState, StartState, States, UserState, is_wanted,
};
use super::{pid, record, user};
use crate::platform::PinError;
use crate::probe::evidence::NoProcess;
use crate::probe::pid_file_evidence::PidFileEvidence;
use crate::report::{Check, Outcome};

/// Why the daemon is not asked.
const UNASKED: &str = "a PID file names no daemon to ask";

/// Why the image is not hashed.
const UNHASHED: &str = "a PID file has no digest";

/// Runs all checks. Returns their states, and the checks in report order.
pub(crate) fn examine_pid_file(evidence: &PidFileEvidence) -> (States, Vec<Check>) {
    let (record, record_text) =
        record::examine_findings(&evidence.findings, evidence.note.as_deref());
    let (host, host_text) = host(evidence);
    let (exe, exe_text) = executable(evidence);
    let (user, user_text) = users(evidence);
    let is_wanted = is_wanted(exe, user);
    let (boot, boot_text) = boot(evidence, is_wanted);
    let (pid, pid_text) = process(evidence, host, boot);
    let (start, start_text) = start(evidence, is_wanted);
    let (peer, peer_text) = peer(evidence, host);
    let is_alive = pid == PidState::Alive;
    let (user, user_text) = only_if(is_alive, (user, user_text), UserState::Skipped);
    let (start, start_text) = only_if(is_alive, (start, start_text), StartState::Skipped);
    let (exe, exe_text) = only_if(is_alive, (exe, exe_text), ExeState::Skipped);
    let (endpoint, endpoint_text) = listeners(evidence);
    let states = States {
        record,
        host,
        endpoint,
        peer,
        nonce: NonceState::Unasked,
        boot,
        pid: pid::unasked(pid, evidence.standstill.as_ref()),
        user,
        start,
        exe,
        digest: DigestState::Unrecorded,
        instance: InstanceState::Numbered,
    };
    let checks = states.into_checks([
        (record_text, Duration::ZERO),
        (host_text, evidence.namesakes.elapsed),
        (endpoint_text, evidence.listeners.elapsed),
        (peer_text, evidence.lock.elapsed),
        (CheckText::detail(UNASKED), Duration::ZERO),
        (boot_text, Duration::ZERO),
        (pid_text, evidence.process.elapsed),
        (user_text, evidence.user.elapsed),
        (start_text, evidence.status.elapsed),
        (exe_text, evidence.program.elapsed),
        (CheckText::detail(UNHASHED), Duration::ZERO),
    ]);
    (states, checks)
}

/// Returns a result, or that the check was skipped.
fn only_if<S>(is_made: bool, result: (S, CheckText), skipped: S) -> (S, CheckText) {
    if is_made {
        result
    } else {
        (skipped, CheckText::nothing())
    }
}

fn process(evidence: &PidFileEvidence, host: HostState, boot: BootState) -> (PidState, CheckText) {
    let pid = evidence.pid.to_string();
    let compared = |actual: String| CheckText::compared(&pid, actual);
    let of = match &evidence.process.value {
        Err(NoProcess::Failed(PinError::Thread { of })) => *of,
        process => {
            // That no process has the number is proof also for a file of an earlier boot.
            let is_absent = matches!(process, Err(NoProcess::Failed(PinError::NoSuchProcess)));
            let boot = if is_absent { BootState::Same } else { boot };
            let found = Found {
                pid: evidence.pid,
                process,
                occupant: evidence.facts.as_ref(),
                standstill: evidence.standstill.as_ref(),
            };
            return pid::examine(&found, host, boot);
        }
    };
    if host.outcome() == Outcome::Fail || boot == BootState::Other {
        let found = Found {
            pid: evidence.pid,
            process: &evidence.process.value,
            occupant: None,
            standstill: None,
        };
        return pid::examine(&found, host, boot);
    }
    let owner = of.map_or_else(String::new, |of| {
        format!(" of PID {of}{}", described(evidence.facts.as_ref()))
    });
    let text = compared("a thread".to_owned());
    (
        PidState::Alive,
        text.with_detail(format!("a thread{owner}, not a process")),
    )
}

fn executable(evidence: &PidFileEvidence) -> (ExeState, CheckText) {
    match evidence.process.value {
        Err(NoProcess::Failed(PinError::Thread { .. })) => {
            let detail = "a thread is no process of its own";
            (ExeState::Other, CheckText::detail(detail))
        }
        _ => program::examine(&evidence.program.value),
    }
}

fn users(evidence: &PidFileEvidence) -> (UserState, CheckText) {
    let users = &evidence.user.value;
    if evidence.is_user_required {
        user::examine_required(users)
    } else {
        user::examine(users, PidState::Alive)
    }
}

/// Names the sockets on which the process listens. A file that names none names not the
/// required one.
fn listeners(evidence: &PidFileEvidence) -> (EndpointState, CheckText) {
    let addresses = &evidence.listeners.value;
    let unnamed = "a PID file names no socket";
    if let Some(asked) = &evidence.asked {
        let text = CheckText::compared(asked, "none").with_detail(unnamed);
        return (EndpointState::Differs, text);
    }
    let text = if addresses.is_empty() {
        CheckText::detail(unnamed)
    } else {
        CheckText::found(addresses.join(", "))
            .with_detail("the sockets on which the process listens")
    };
    (EndpointState::Skipped, text)
}
