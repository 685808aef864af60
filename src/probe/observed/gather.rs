//! Gathering the evidence on a process that is not asked.
//!
//! The process is pinned first, so that all evidence is on that process, and looked at once
//! more at the end.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::subject::Subject;
use super::{image, listeners};
use crate::identity::HostIdentity;
use crate::platform::{self, PinError, PinnedProcess, UserId};
use crate::probe::evidence::{DigestEvidence, Held, NoProcess, UserEvidence};
use crate::probe::gather::findings;
use crate::probe::host_evidence::{HostEvidence, RecordedBoot};
use crate::probe::image_digests::ImageDigests;
use crate::probe::observed_evidence::{
    InstanceEvidence, ListenersEvidence, ObservedBoot, ObservedEvidence, ObservedImage,
};
use crate::probe::request::AskedEndpoint;
use crate::probe::target_process::{self, TargetProcess};
use crate::probe::timed::Timed;
use crate::probe::user;
use crate::process::{self, Doubt, Seen, Standing, VerifyError};
use crate::record::Finding;

/// One process to gather evidence on.
pub(crate) struct ObservedRequest<'a> {
    pub(crate) subject: Subject<'a>,
    /// The owner of the record; `None` for a record from memory.
    pub(crate) owner: Option<UserId>,
    /// This host, if it was examined for several probes at once.
    pub(crate) ours: Option<&'a Arc<HostIdentity>>,
    pub(crate) findings: &'a [Finding],
    pub(crate) note: Option<&'a str>,
    /// The listener that the caller requires.
    pub(crate) endpoint: Option<&'a AskedEndpoint>,
    /// The time granted to the search for a process that holds a listener.
    pub(crate) timeout: Duration,
    pub(crate) digests: &'a ImageDigests,
}

pub(crate) fn gather(request: &ObservedRequest<'_>) -> (ObservedEvidence, Held) {
    let subject = &request.subject;
    let host = Timed::of(|| hosts(request));
    let standing = subject.standing(&host.value.ours);
    let boot = boot(subject, &host.value, &standing);
    let target = Timed::of(|| target_process::pin(subject.pid, &host.value));
    let instance = Timed::of(|| look(subject, &target.value));
    let process = target.value.as_ref().ok();
    let is_it = is_same(instance.value.seen.as_ref()) && boot.relation != RecordedBoot::Earlier;
    let itself = process.filter(|_| is_it);
    let is_known = is_known(&standing, &instance.value);
    let listeners = Timed::of(|| match itself {
        None if !is_known => ListenersEvidence::NotExamined,
        _ => listeners::examine(subject, itself, request.endpoint, request.timeout),
    });
    let user = Timed::of(|| users(itself, request));
    let (image, digest) = images(itself, request);
    let standstill = itself.and_then(PinnedProcess::standstill);
    let target = target.map(|target| target.and_then(target_process::examine));
    let instance = instance.map(|look| conclude(standing, look, &target.value));
    let (process, pinned) = target.map(target_process::into_parts).unzip();
    // Another process with this number must not be held, or signalled.
    let other = pinned.as_ref().filter(|_| !is_it);
    let occupant = other.and_then(|other| platform::describe(other.pid()));
    let held = pinned.filter(|_| is_it);
    let evidence = ObservedEvidence {
        findings: findings(request.findings, held.as_ref()),
        note: request.note.map(str::to_owned),
        host,
        boot,
        pid: subject.pid,
        process,
        standstill,
        occupant,
        instance,
        user,
        image,
        digest,
        listener_names: subject.listeners.iter().map(ToString::to_string).collect(),
        listeners,
    };
    (evidence, Held::without_stream(held))
}

fn hosts(request: &ObservedRequest<'_>) -> HostEvidence {
    let ours =
        (request.ours.cloned()).unwrap_or_else(|| HostIdentity::current(Path::new("/")).into());
    let recorded = request.subject.host;
    let mut hosts = HostEvidence::new(Some(recorded.clone()), ours);
    let exe = request.subject.exe.and_then(|exe| exe.path.as_deref());
    hosts.examine_system(&recorded.boot_id, exe.unwrap_or(Path::new("")));
    hosts.examine_namespace(&recorded.boot_id);
    hosts
}

fn boot(
    subject: &Subject<'_>,
    host: &HostEvidence,
    standing: &Result<Standing, VerifyError>,
) -> ObservedBoot {
    let (boot_id, made_at) = (&subject.host.boot_id, subject.made_at);
    ObservedBoot {
        boot_id: boot_id.clone(),
        made_at,
        relation: match standing {
            Err(VerifyError::Gone(_)) => RecordedBoot::Earlier,
            Err(_) => host.boot_of(boot_id, made_at),
            Ok(standing) => match standing.boot_doubt {
                None => RecordedBoot::This,
                Some(Doubt::Boot) => RecordedBoot::Unknown,
                Some(Doubt::Machine) => RecordedBoot::Earlier,
                Some(_) => RecordedBoot::Contradicted,
            },
        },
    }
}

/// The comparison of a process with the recorded one, before it is known to live on.
struct Look {
    recorded: Option<String>,
    found: Option<String>,
    seen: Option<Result<Seen, VerifyError>>,
}

fn look(subject: &Subject<'_>, target: &TargetProcess) -> Look {
    let seen = match target {
        Ok(process) => Some(subject.compare(process)),
        Err(NoProcess::Zombie { .. }) => Some(Ok(Seen::Zombie)),
        Err(NoProcess::Failed(PinError::NoSuchProcess) | NoProcess::ExitedDuringProbe) => {
            Some(Ok(Seen::Absent))
        }
        Err(NoProcess::Failed(PinError::Thread { .. })) => Some(Ok(Seen::Other)),
        Err(NoProcess::Failed(_) | NoProcess::NotExamined) => None,
    };
    let process = target.as_ref().ok();
    let start = process.and_then(|process| process.start().ok().flatten());
    Look {
        recorded: subject.instance(),
        found: start.map(|start| start.to_string()),
        seen,
    }
}

/// Returns whether it is known that the process lives, or that it has ended.
fn is_known(standing: &Result<Standing, VerifyError>, look: &Look) -> bool {
    let is_here = matches!(standing, Ok(standing) if standing.is_of_this_boot_and_namespace());
    is_here && matches!(look.seen, Some(Ok(_)))
}

fn is_same(seen: Option<&Result<Seen, VerifyError>>) -> bool {
    !matches!(
        seen,
        None | Some(Err(_) | Ok(Seen::Absent | Seen::Zombie | Seen::Other))
    )
}

/// Concludes from the comparison, and from the last look at the process.
fn conclude(
    standing: Result<Standing, VerifyError>,
    look: Look,
    target: &TargetProcess,
) -> InstanceEvidence {
    let seen = match (look.seen, target) {
        (Some(Ok(Seen::Other)), _) => Some(Ok(Seen::Other)),
        (Some(_), Err(NoProcess::Zombie { .. })) => Some(Ok(Seen::Zombie)),
        (Some(_), Err(NoProcess::ExitedDuringProbe)) => Some(Ok(Seen::Absent)),
        (seen, _) => seen,
    };
    let (seen, conclusion) = match (standing, seen) {
        (Err(error), seen) => (seen.and_then(Result::ok), Err(error)),
        (Ok(standing), Some(Ok(seen))) => (Some(seen), process::conclude(standing, seen)),
        (Ok(_), Some(Err(error))) => (None, Err(error)),
        (Ok(_), None) => (None, Err(VerifyError::Unknown(Doubt::Start))),
    };
    InstanceEvidence {
        recorded: look.recorded,
        found: look.found,
        seen,
        conclusion,
    }
}

fn images(
    process: Option<&PinnedProcess>,
    request: &ObservedRequest<'_>,
) -> (Timed<ObservedImage>, Timed<DigestEvidence>) {
    match process {
        Some(process) => image::examine(process, &request.subject, request.digests),
        None => (
            Timed::instantly(ObservedImage::NotExamined),
            Timed::instantly(DigestEvidence::NotExamined),
        ),
    }
}

fn users(process: Option<&PinnedProcess>, request: &ObservedRequest<'_>) -> UserEvidence {
    match (process, request.subject.users, request.owner) {
        (None, ..) => UserEvidence::NotExamined,
        (Some(process), Some(recorded), _) => user::compare_recorded(process, recorded),
        (Some(process), None, owner) => user::compare(process, owner),
    }
}
