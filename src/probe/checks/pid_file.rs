//! The checks of the number in a PID file.

use std::time::Duration;

use super::check_text::CheckText;
use super::peer::{described, label};
use super::pid::Found;
use super::program;
use super::state::{
    BootState, DigestState, EndpointState, ExeState, HostState, InstanceState, NonceState,
    PeerState, PidState, StartState, States, UserState,
};
use super::{pid, record, user};
use crate::platform::{Namesakes, PinError};
use crate::probe::evidence::{NoProcess, StatusEvidence};
use crate::probe::pid_file_evidence::{LockEvidence, PidFileEvidence, Place};
use crate::process::{StartOrder, Written};
use crate::report::{Check, Outcome};

/// Runs all checks. Returns their states, and the checks in report order.
pub(crate) fn examine_pid_file(evidence: &PidFileEvidence) -> (States, Vec<Check>) {
    let (record, record_text) =
        record::examine_findings(&evidence.findings, evidence.note.as_deref());
    let (host, host_text) = host(evidence);
    let is_foreign = host.outcome() == Outcome::Fail;
    let (exe, exe_text) = program::examine(&evidence.program.value);
    let (user, user_text) = users(evidence);
    let is_wanted = is_wanted(exe, user);
    let (boot, boot_text) = boot(evidence, is_wanted);
    let (pid, pid_text) = process(evidence, host, boot);
    let (start, start_text) = start(evidence, is_wanted);
    let (peer, peer_text) = peer(evidence);
    let is_alive = pid == PidState::Alive;
    let nothing = CheckText::nothing;
    let (user, user_text) = if is_alive {
        (user, user_text)
    } else {
        (UserState::Skipped, nothing())
    };
    let (start, start_text) = if is_alive {
        (start, start_text)
    } else {
        (StartState::Skipped, nothing())
    };
    let (exe, exe_text) = match is_thread(evidence) {
        _ if !is_alive => (ExeState::Skipped, nothing()),
        true => (
            ExeState::Other,
            CheckText::detail("a thread is no process of its own"),
        ),
        false => (exe, exe_text),
    };
    let (peer, peer_text) = if is_foreign {
        (PeerState::Skipped, nothing())
    } else {
        (peer, peer_text)
    };
    let states = States {
        record,
        host,
        endpoint: EndpointState::Skipped,
        peer,
        nonce: NonceState::Unasked,
        boot,
        pid,
        user,
        start,
        exe,
        digest: DigestState::Unrecorded,
        instance: InstanceState::Numbered,
    };
    let checks = states.into_checks([
        (record_text, Duration::ZERO),
        (host_text, evidence.namesakes.elapsed),
        (
            listeners(&evidence.listeners.value),
            evidence.listeners.elapsed,
        ),
        (peer_text, evidence.lock.elapsed),
        (
            CheckText::detail("a PID file names no daemon to ask"),
            Duration::ZERO,
        ),
        (boot_text, Duration::ZERO),
        (pid_text, evidence.process.elapsed),
        (user_text, evidence.user.elapsed),
        (start_text, evidence.status.elapsed),
        (exe_text, evidence.program.elapsed),
        (
            CheckText::detail("a PID file has no digest"),
            Duration::ZERO,
        ),
    ]);
    (states, checks)
}

/// Looks for a sign that the number is that of another PID namespace or machine.
fn host(evidence: &PidFileEvidence) -> (HostState, CheckText) {
    let elsewhere = |detail| (HostState::OtherPidNamespace, CheckText::detail(detail));
    let pid = evidence.pid;
    let is_of_earlier_boot = matches!(
        evidence.times.written(),
        Written::Restored | Written::EarlierBoot
    );
    match (&evidence.lock.value, evidence.namesakes.value) {
        (LockEvidence::Elsewhere, _) => elsewhere(
            "a process that cannot be seen from here, in another PID namespace (a container), \
             holds a lock on the file"
                .to_owned(),
        ),
        (_, Some(_)) if let Place::Shared(mount) = &evidence.place => {
            let detail = format!("other machines or containers may share {mount}");
            (HostState::OtherMachine, CheckText::detail(detail))
        }
        // No container has survived a boot.
        (_, Some(Namesakes::Inner(inner))) if !is_of_earlier_boot => elsewhere(format!(
            "PID {inner} is PID {pid} inside its own PID namespace (a container), and may be the \
             one that the file names"
        )),
        (_, Some(Namesakes::Outside { began_unix_ms }))
            if !is_of_earlier_boot && evidence.times.is_older_than(began_unix_ms) =>
        {
            elsewhere("the file is older than this PID namespace (a container)".to_owned())
        }
        _ => unsaid(),
    }
}

fn unsaid() -> (HostState, CheckText) {
    let text = CheckText::detail("a PID file does not say where it was written");
    (HostState::Unsaid, text)
}

/// Concludes from the times of the file. What the process runs outweighs a clock that says
/// that the file is older than this boot.
fn boot(evidence: &PidFileEvidence, is_wanted: bool) -> (BootState, CheckText) {
    let is_in_memory = matches!(evidence.place, Place::Memory);
    let is_held = matches!(evidence.lock.value, LockEvidence::Held);
    let (state, detail) = match evidence.times.written() {
        Written::Unknown => (BootState::Unknown, "without a file, there is no time of it"),
        Written::Future => (BootState::Unknown, "the file is dated in the future"),
        Written::ThisBoot(_) => (BootState::Same, "the file was written in this boot"),
        Written::EarlierBoot | Written::Restored if is_held => (
            BootState::Unknown,
            "the file is dated before this boot, and yet the process holds a lock on it",
        ),
        Written::EarlierBoot if is_in_memory => (
            BootState::Unknown,
            "the file is in memory, and dated before this boot: the clock was set",
        ),
        Written::EarlierBoot if is_wanted => (
            BootState::Unknown,
            "the file is dated before this boot: it is old, or the clock was set",
        ),
        Written::EarlierBoot => (
            BootState::Other,
            "the file was written before this machine was last started",
        ),
        Written::Restored => (
            BootState::Other,
            "the file was written before this machine was last started, and put here since",
        ),
    };
    (state, CheckText::detail(detail))
}

fn process(evidence: &PidFileEvidence, host: HostState, boot: BootState) -> (PidState, CheckText) {
    let pid = evidence.pid.to_string();
    let compared = |actual: String| CheckText::compared(&pid, actual);
    let of = match &evidence.process.value {
        Err(NoProcess::Failed(PinError::Thread { of })) => *of,
        process => {
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

fn is_thread(evidence: &PidFileEvidence) -> bool {
    matches!(
        evidence.process.value,
        Err(NoProcess::Failed(PinError::Thread { .. }))
    )
}

fn users(evidence: &PidFileEvidence) -> (UserState, CheckText) {
    let users = &evidence.user.value;
    if evidence.is_user_required {
        user::examine_required(users)
    } else {
        user::examine(users, PidState::Alive)
    }
}

/// Compares the start with the time of the file.
fn start(evidence: &PidFileEvidence, is_wanted: bool) -> (StartState, CheckText) {
    let status = match &evidence.status.value {
        StatusEvidence::NotExamined => return (StartState::Skipped, CheckText::nothing()),
        StatusEvidence::Failed(error) => {
            return (StartState::Unreadable, CheckText::detail(error.to_string()));
        }
        StatusEvidence::Read(status) => status,
    };
    let started = status.started_at_unix_ms;
    let Written::ThisBoot(written) = evidence.times.written() else {
        let detail = boot(evidence, is_wanted).1;
        return (StartState::Unusable, detail.with_found(started.to_string()));
    };
    let text = CheckText::compared(format!("by {written}"), started.to_string());
    match evidence.times.order(started) {
        Some(StartOrder::Before) => (StartState::BeforeRecord, text),
        Some(StartOrder::Close) => {
            let detail = "the process started just after the file was written: the number was \
                          reused, or the clock was set soon after boot";
            (StartState::PerhapsAfter, text.with_detail(detail))
        }
        _ => {
            let detail = "the process started after the file was written";
            (StartState::AfterRecord, text.with_detail(detail))
        }
    }
}

/// Concludes from the lock on the file.
fn peer(evidence: &PidFileEvidence) -> (PeerState, CheckText) {
    let holder = format!("PID {}", evidence.pid);
    let skipped = |detail: String| (PeerState::Skipped, CheckText::detail(detail));
    match &evidence.lock.value {
        LockEvidence::Held => {
            let text = CheckText::compared(&holder, &holder);
            let text = text.with_detail("the process holds a lock on the file");
            (PeerState::Locked, text)
        }
        LockEvidence::Other(process) => {
            let text = CheckText::compared(&holder, label(process));
            (
                PeerState::LockedByOther,
                text.with_detail("it holds a lock on the file"),
            )
        }
        LockEvidence::Unnamed => {
            let text = CheckText::compared(&holder, "another process");
            (
                PeerState::LockedByOther,
                text.with_detail("it holds a lock on the file"),
            )
        }
        LockEvidence::Unlocked => skipped("no process holds a lock on the file".to_owned()),
        LockEvidence::Elsewhere | LockEvidence::NotExamined => {
            (PeerState::Skipped, CheckText::nothing())
        }
    }
}

fn listeners(addresses: &[String]) -> CheckText {
    if addresses.is_empty() {
        CheckText::detail("a PID file names no socket")
    } else {
        CheckText::found(addresses.join(", "))
            .with_detail("the sockets on which the process listens")
    }
}

fn is_wanted(exe: ExeState, user: UserState) -> bool {
    let is_other = user == UserState::Differs || exe.outcome() == Outcome::Fail;
    (matches!(exe, ExeState::Same | ExeState::Replaced) || user == UserState::Required) && !is_other
}
