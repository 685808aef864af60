//! Gathering the evidence on the number in a PID file.
//!
//! The file was read before. The process is pinned, everything is read through the pin, and
//! the process is looked at once more at the end.

use super::lock::OpenedFile;
use crate::platform::{self, PinError, PinnedProcess, UserId};
use crate::probe::evidence::{Held, NoProcess, StatusEvidence, UserEvidence};
use crate::probe::gather::findings;
use crate::probe::pid_file_evidence::{LockEvidence, PidFileEvidence, Place};
use crate::probe::probe_report::RecordFile;
use crate::probe::program_evidence::{Program, ProgramEvidence, Relation};
use crate::probe::request::AskedEndpoint;
use crate::probe::requirements::Requirements;
use crate::probe::target_process::{self, TargetProcess};
use crate::probe::timed::Timed;
use crate::probe::user;
use crate::record::{FileTimes, Finding, StartOrder, Written};

/// A number to gather evidence on.
pub(crate) struct PidFileRequest<'a> {
    pub(crate) pid: u32,
    /// The file that was read; `None` for a number from standard input.
    pub(crate) file: Option<&'a RecordFile>,
    /// The owner of the file.
    pub(crate) owner: Option<UserId>,
    pub(crate) findings: &'a [Finding],
    pub(crate) note: Option<&'a str>,
    /// The endpoint that the caller requires.
    pub(crate) endpoint: Option<&'a AskedEndpoint>,
    pub(crate) requirements: &'a Requirements,
}

pub(crate) fn gather(request: &PidFileRequest<'_>) -> (PidFileEvidence, Held) {
    let requirements = request.requirements;
    let target = Timed::of(|| pin(request.pid));
    let process = target.value.as_ref().ok();
    let status = Timed::of(|| status(&target.value, request.pid));
    let times = FileTimes::new(request.file.map(|file| &file.stat));
    let is_possible = is_possible(&status.value, times);
    let (lock, place) = Timed::of(|| lock(process, request, is_possible)).unzip();
    let user = Timed::of(|| users(process, request));
    let program = Timed::of(|| program(process, requirements));
    let is_unknown = requirements.is_empty() && !matches!(lock.value, LockEvidence::Held);
    let listeners = Timed::of(|| listeners(process.filter(|_| is_unknown)));
    let facts = facts(&target.value);
    let standstill = process.and_then(PinnedProcess::standstill);
    let target = target.map(|target| target.and_then(target_process::examine));
    let (process, held) = target.map(target_process::into_parts).unzip();
    let is_right = is_possible && is_enough(&program.value, &user.value, requirements);
    let is_locked = matches!(lock.value, LockEvidence::Held);
    let is_proven = held.is_some() && (is_locked || is_right);
    let namesakes = Timed::of(|| (!is_proven).then(|| platform::namesakes(request.pid)));
    let evidence = PidFileEvidence {
        findings: findings(request.findings, held.as_ref()),
        note: request.note.map(str::to_owned),
        asked: request.endpoint.map(|asked| asked.path().to_owned()),
        pid: request.pid,
        times,
        place,
        lock,
        process,
        status,
        facts,
        standstill,
        user,
        is_user_required: requirements.user.is_some(),
        program,
        listeners,
        namesakes,
    };
    (evidence, Held::without_stream(held))
}

/// Looks for the lock on the file, and for the place of the file.
fn lock(
    process: Option<&PinnedProcess>,
    request: &PidFileRequest<'_>,
    is_possible: bool,
) -> (LockEvidence, Place) {
    let file = OpenedFile::new(request.file);
    // No clock alone shows that a process is another one: that is worth a look at all.
    let all = request.requirements.all_locks || !is_possible;
    (file.lock(request.file, process, all), file.place)
}

fn pin(pid: u32) -> TargetProcess {
    let process = PinnedProcess::open(pid).map_err(NoProcess::Failed)?;
    target_process::examine(process)
}

/// Returns the start of the process, or of the thread that has the number.
fn status(target: &TargetProcess, pid: u32) -> StatusEvidence {
    match target {
        Err(NoProcess::Failed(PinError::Thread { .. })) => match platform::thread_status(pid) {
            Ok(status) => StatusEvidence::Read(status),
            Err(error) => StatusEvidence::Failed(error),
        },
        target => target_process::status(target),
    }
}

/// Describes the process that has the number, or the one whose thread has it.
fn facts(target: &TargetProcess) -> Option<platform::ProcessFacts> {
    let pid = match target {
        Ok(process) => process.pid(),
        Err(NoProcess::Failed(PinError::Thread { of })) => (*of)?,
        Err(_) => return None,
    };
    platform::describe(pid)
}

fn users(process: Option<&PinnedProcess>, request: &PidFileRequest<'_>) -> UserEvidence {
    let Some(process) = process else {
        return UserEvidence::NotExamined;
    };
    let required = request.requirements.compare_user(process);
    required.unwrap_or_else(|| user::compare(process, request.owner))
}

fn program(process: Option<&PinnedProcess>, requirements: &Requirements) -> ProgramEvidence {
    match process {
        Some(process) => requirements.compare_program(process),
        None => ProgramEvidence {
            required: requirements.exe.clone(),
            program: Program::NotExamined,
        },
    }
}

fn listeners(process: Option<&PinnedProcess>) -> Vec<String> {
    let sockets = process.and_then(|process| process.listening_sockets().ok());
    let sockets = sockets.unwrap_or_default().into_iter();
    sockets
        .map(|socket| socket.place.address.to_string())
        .collect()
}

/// Returns whether the process may have been there when the file was written.
fn is_possible(status: &StatusEvidence, times: FileTimes) -> bool {
    match status {
        _ if matches!(times.written(), Written::EarlierBoot | Written::Restored) => false,
        StatusEvidence::Read(status) => {
            times.order(status.started_at_unix_ms) != Some(StartOrder::After)
        }
        _ => true,
    }
}

/// Returns whether the process is nothing else than the caller requires, and that is enough.
/// Before a signal, and for a record, what the process is cannot take the place of whose
/// number it is: the same program may run as the same user in a container.
fn is_enough(program: &ProgramEvidence, user: &UserEvidence, requirements: &Requirements) -> bool {
    if requirements.is_empty() || requirements.all_locks {
        return false;
    }
    let is_other_program = matches!(
        program.program,
        Program::KernelThread
            | Program::Found {
                relation: Relation::Other(_),
                ..
            }
    );
    let is_other_user = match user {
        UserEvidence::Read { owner, process, .. } => process[1].id != owner.id,
        _ => false,
    };
    !(is_other_program || requirements.user.is_some() && is_other_user)
}
