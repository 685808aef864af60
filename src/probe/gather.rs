//! Gathering: the only part of a probe that touches the system, once, before any check.
//!
//! The order matters. The process is pinned first, so that all evidence is on that
//! process; the image is hashed while the answer is awaited; and the process is examined
//! once more at the end.

use std::path::Path;
use std::sync::Arc;

use super::conversation::Conversation;
use super::evidence::{
    AnswerEvidence, DigestEvidence, EndpointEvidence, Evidence, Held, ImageEvidence, Timed,
};
use super::hashing::{DigestWork, exchange_and_hash};
use super::host_evidence::HostEvidence;
use super::request::Request;
use super::running_image::RunningImage;
use super::target_process::TargetProcess;
use crate::deadline::Deadline;
use crate::endpoint::{self, Connected};
use crate::identity::{DaemonProcess, HostIdentity};
use crate::platform::{self, ImageError, ProcessFacts};
use crate::protocol::Challenge;

pub(crate) fn gather(request: &Request<'_>) -> (Evidence, Held) {
    let expected = request.expected;
    let host = Timed::of(|| hosts(request));
    let mut target = Timed::of(|| TargetProcess::pin(expected, &host.value));
    let deadline = Deadline::after(request.timeout);
    let (endpoint, connected) = Timed::of(|| connect(request, deadline, &mut target.value)).unzip();
    let begin = |connected| Conversation::begin(connected, &target.value, Challenge::fresh());
    let mut conversation = connected.map(begin);
    let status = Timed::of(|| target.value.status());
    let image = Timed::of(|| RunningImage::open(target.value.process()));
    let work = DigestWork::new(image.value.as_ref(), expected, request.digests);
    let (answer, digest) = converse_and_hash(conversation.as_mut(), deadline, work, expected);
    let end = |conversation: Conversation<'_>| conversation.end(expected, &host.value);
    let (peer, stream) = Timed::of(|| conversation.map(end).unzip()).unzip();
    let image = image.map(|image| match image {
        Ok(image) => image.examine(request, &digest.value),
        Err(evidence) => evidence,
    });
    let target = target.map(TargetProcess::examine_again);
    let occupant = occupant(&target.value, &image.value, &digest.value);
    let (process, pinned) = target.map(TargetProcess::into_parts).unzip();
    let evidence = Evidence {
        expected: expected.clone(),
        findings: request.findings.to_vec(),
        note: request.note.map(str::to_owned),
        host,
        endpoint,
        peer,
        answer,
        process,
        status,
        image,
        digest,
        occupant,
    };
    let process = pinned;
    (evidence, Held { process, stream })
}

fn hosts(request: &Request<'_>) -> HostEvidence {
    HostEvidence {
        recorded: request.host.cloned(),
        ours: request.ours.map_or_else(
            || Arc::new(HostIdentity::current(Path::new("/"))),
            Arc::clone,
        ),
    }
}

/// Connects to the recorded endpoint. If its listener is from outside our PID namespace,
/// so is the recorded PID, and there is no process to examine.
fn connect(
    request: &Request<'_>,
    deadline: Deadline,
    target: &mut TargetProcess,
) -> (EndpointEvidence, Option<Connected>) {
    let recorded = &request.expected.ipc_endpoint;
    if let Some(asked) = request.endpoint.filter(|asked| !asked.names(recorded)) {
        let asked = asked.path().to_owned();
        return (EndpointEvidence::Differs { asked }, None);
    }
    let connected = match endpoint::connect(recorded, deadline, target.process()) {
        Ok(connected) => connected,
        Err(error) => return (EndpointEvidence::Failed(error), None),
    };
    if connected.is_from_outside_namespace() {
        *target = TargetProcess::NotExamined;
    }
    (EndpointEvidence::Connected, Some(connected))
}

fn converse_and_hash(
    mut conversation: Option<&mut Conversation<'_>>,
    deadline: Deadline,
    work: DigestWork<'_>,
    expected: &DaemonProcess,
) -> (Timed<AnswerEvidence>, Timed<DigestEvidence>) {
    let exchange = conversation
        .as_mut()
        .and_then(|conversation| conversation.exchange());
    let (outcome, digest) = exchange_and_hash(exchange, deadline, work);
    let answer = outcome.map(|outcome| match conversation {
        Some(conversation) => conversation.answer(outcome, expected),
        None => AnswerEvidence::NotAsked,
    });
    (answer, digest)
}

/// Describes the process that has the recorded PID, if it runs another program: the
/// description helps a reader only then.
fn occupant(
    target: &TargetProcess,
    image: &ImageEvidence,
    digest: &DigestEvidence,
) -> Option<ProcessFacts> {
    let other_digest = matches!(
        digest,
        DigestEvidence::Computed { expected, actual, .. } if expected != actual
    );
    let other_program = other_digest || matches!(image, ImageEvidence::Failed(ImageError::NoImage));
    let process = target.process().filter(|_| other_program)?;
    platform::describe(process.pid())
}
