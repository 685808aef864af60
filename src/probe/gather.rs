//! Gathering: the only part of a probe that touches the system, once, before any check.
//!
//! The order matters. The process is pinned first, so that all evidence is on that
//! process; the image is hashed while the answer is awaited; and the process is examined
//! once more at the end.

use std::path::Path;

use super::conversation::Conversation;
use super::evidence::{
    AnswerEvidence, DigestEvidence, EndpointEvidence, Evidence, Held, ImageEvidence, NoProcess,
    Timed,
};
use super::hashing::{DigestWork, exchange_and_hash};
use super::host_evidence::HostEvidence;
use super::request::Request;
use super::running_image::RunningImage;
use super::target_process::{self, TargetProcess};
use crate::deadline::Deadline;
use crate::endpoint::{self, Connected};
use crate::identity::HostIdentity;
use crate::platform::{self, ImageError, PinnedProcess, ProcessFacts};
use crate::protocol::Challenge;

pub(crate) fn gather(request: &Request<'_>) -> (Evidence, Held) {
    let expected = request.expected;
    let host = Timed::of(|| hosts(request));
    let mut target = Timed::of(|| target_process::pin(expected, &host.value));
    let deadline = Deadline::after(request.timeout);
    let (endpoint, connected) = Timed::of(|| connect(request, deadline, &mut target.value)).unzip();
    let begin = |connected| Conversation::begin(connected, &target.value, Challenge::fresh());
    let mut conversation = connected.map(begin);
    let status = Timed::of(|| target_process::status(&target.value));
    let image = Timed::of(|| RunningImage::open(&target.value));
    let work = DigestWork::new(image.value.as_ref(), expected, request.digests);
    let exchange = conversation.as_mut().and_then(Conversation::exchange);
    let (outcome, digest) = exchange_and_hash(exchange, deadline, work);
    let answer = outcome.map(|outcome| match &conversation {
        Some(conversation) => conversation.answer(outcome, expected),
        None => AnswerEvidence::NotAsked,
    });
    let end = |conversation: Conversation<'_>| conversation.end(expected, &host.value);
    let (peer, stream) = Timed::of(|| conversation.map(end).unzip()).unzip();
    let image = image.map(|image| match image {
        Ok(image) => image.examine(request, &digest.value),
        Err(evidence) => evidence,
    });
    let target = target.map(|target| target.and_then(target_process::examine));
    let (liveness, process) = target.map(target_process::into_parts).unzip();
    let occupant = occupant(process.as_ref(), &image.value, &digest.value);
    let evidence = Evidence {
        expected: expected.clone(),
        findings: request.findings.to_vec(),
        note: request.note.map(str::to_owned),
        host,
        endpoint,
        peer,
        answer,
        process: liveness,
        status,
        image,
        digest,
        occupant,
    };
    (evidence, Held { process, stream })
}

fn hosts(request: &Request<'_>) -> HostEvidence {
    HostEvidence {
        recorded: request.host.cloned(),
        ours: (request.ours.cloned())
            .unwrap_or_else(|| HostIdentity::current(Path::new("/")).into()),
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
    let connected = match endpoint::connect(recorded, deadline, target.as_ref().ok()) {
        Ok(connected) => connected,
        Err(error) => return (EndpointEvidence::Failed(error), None),
    };
    if connected.is_from_outside_namespace() {
        *target = Err(NoProcess::NotExamined);
    }
    (EndpointEvidence::Connected, Some(connected))
}

/// Describes the process with the recorded PID if it runs another program.
fn occupant(
    process: Option<&PinnedProcess>,
    image: &ImageEvidence,
    digest: &DigestEvidence,
) -> Option<ProcessFacts> {
    let is_other_digest = matches!(
        digest,
        DigestEvidence::Computed { expected, actual, .. } if expected != actual
    );
    let is_no_image = matches!(image, ImageEvidence::Failed(ImageError::NoImage));
    let process = process.filter(|_| is_other_digest || is_no_image)?;
    platform::describe(process.pid())
}
