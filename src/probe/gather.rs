//! Gathering: the only part of a probe that touches the system, once, before any check.
//!
//! The order matters. The process is pinned first, so that all evidence is on that
//! process; the image is hashed while the answer is awaited; and the process is examined
//! once more at the end.

use std::path::Path;

use super::conversation::{Conversation, ConversationEvidence, Terms};
use super::evidence::{
    AnswerEvidence, DigestEvidence, EndpointEvidence, Evidence, Held, ImageEvidence, PeerEvidence,
    ServerEvidence, UserEvidence,
};
use super::hashing::{DigestWork, converse_and_hash};
use super::host_evidence::{HostEvidence, RecordedBoot};
use super::request::{AskedEndpoint, Request};
use super::running_image::RunningImage;
use super::target_process::{self, TargetProcess};
use super::timed::Timed;
use super::user;
use crate::deadline::Deadline;
use crate::endpoint::{self, ConnectError, Connected, Place};
use crate::identity::{DaemonProcess, Endpoint, HostIdentity};
use crate::platform::{self, ImageError, PinnedProcess, ProcessFacts, UserId};
use crate::protocol::Challenge;
use crate::record::{self, Finding};

pub(crate) fn gather(request: &Request<'_>) -> (Evidence, Held) {
    let expected = request.expected;
    let host = Timed::of(|| hosts(request));
    let target = Timed::of(|| target_process::pin(expected.pid, &host.value));
    let deadline = Deadline::after(request.timeout);
    let (endpoint, connected) = Timed::of(|| connect(request, deadline, &target.value)).unzip();
    let conversation = begin(connected, request, &host.value, &target.value, deadline);
    let user = Timed::of(|| user_of(&target.value, request.owner));
    let status = Timed::of(|| target_process::status(&target.value));
    let is_of_this_boot = boot_of(expected, &host.value) != RecordedBoot::Earlier;
    let image = Timed::of(|| image_of(&target.value, is_of_this_boot));
    let (conversation, image, digest) = examine_image(conversation, image, request);
    let listens = listens(&target.value, expected, &endpoint.value);
    let target = target.map(|target| target.and_then(target_process::examine));
    let (liveness, process) = target.map(target_process::into_parts).unzip();
    let occupant = occupant(process.as_ref(), &image.value, &digest.value);
    let has_answered = matches!(conversation.answer.value, AnswerEvidence::Identity { .. });
    let silent = process.as_ref().filter(|_| !has_answered);
    let possible = process.as_ref().filter(|_| is_of_this_boot);
    let evidence = Evidence {
        expected: expected.clone(),
        findings: findings(request.findings, possible),
        note: request.note.map(str::to_owned),
        host,
        endpoint,
        peer: conversation.peer,
        listens,
        answer: conversation.answer,
        process: liveness,
        standstill: silent.and_then(PinnedProcess::standstill),
        user,
        status,
        image,
        digest,
        occupant,
    };
    let stream = conversation.stream;
    (evidence, Held { process, stream })
}

/// Begins the conversation on a connection, if there is one.
fn begin<'a>(
    connected: Option<Connected>,
    request: &Request<'a>,
    host: &'a HostEvidence,
    target: &'a TargetProcess,
    deadline: Deadline,
) -> Conversation<'a> {
    let Some(connected) = connected else {
        return Conversation::none();
    };
    let terms = Terms {
        expected: request.expected,
        host,
        owner: request.owner,
        deadline,
        keeps_connection: request.keeps_connection,
    };
    Conversation::begin(connected, target, Challenge::fresh(), terms)
}

fn user_of(target: &TargetProcess, owner: Option<UserId>) -> UserEvidence {
    match target {
        Ok(process) => user::compare(process, owner),
        Err(_) => UserEvidence::NotExamined,
    }
}

/// Opens the image of a process; not if its number is one of an earlier boot.
fn image_of(
    target: &TargetProcess,
    is_of_this_boot: bool,
) -> Result<RunningImage<'_>, ImageEvidence> {
    if is_of_this_boot {
        RunningImage::open(target)
    } else {
        Err(ImageEvidence::NotExamined)
    }
}

/// Hashes the image while the answer is awaited, and examines it then.
fn examine_image<'a>(
    conversation: Conversation<'a>,
    image: Timed<Result<RunningImage<'a>, ImageEvidence>>,
    request: &Request<'_>,
) -> (
    ConversationEvidence,
    Timed<ImageEvidence>,
    Timed<DigestEvidence>,
) {
    let expected = request.expected;
    let work = DigestWork::new(image.value.as_ref(), expected.exe_digest, request.digests);
    let (mut conversation, digest) = converse_and_hash(conversation, work);
    if let Some(stranger) = conversation.stranger.take() {
        compare_image(&stranger, &mut conversation.peer.value, request);
    }
    let image = image.map(|image| match image {
        Ok(image) => image.examine(&expected.exe_path, request.digests, &digest.value),
        Err(evidence) => evidence,
    });
    (conversation, image, digest)
}

fn boot_of(expected: &DaemonProcess, host: &HostEvidence) -> RecordedBoot {
    host.boot_of(&expected.boot_id, expected.started_at_unix_ms)
}

fn hosts(request: &Request<'_>) -> HostEvidence {
    let ours =
        (request.ours.cloned()).unwrap_or_else(|| HostIdentity::current(Path::new("/")).into());
    let mut hosts = HostEvidence::new(request.host.cloned(), ours);
    let expected = request.expected;
    hosts.examine_system(&expected.boot_id, &expected.exe_path);
    if request.host_is_of_identity {
        hosts.examine_namespace(&request.expected.boot_id);
    }
    hosts
}

/// Returns the findings on the record. The user of all user IDs of the process
/// gains nothing by a false record: that user can signal the process anyway.
pub(super) fn findings(findings: &[Finding], process: Option<&PinnedProcess>) -> Vec<Finding> {
    let process = process.filter(|_| record::suspect_one(findings));
    match process.and_then(user::sole_user) {
        Some(user) => record::trusting(findings, user),
        None => findings.to_vec(),
    }
}

/// Connects to the recorded endpoint.
fn connect(
    request: &Request<'_>,
    deadline: Deadline,
    target: &TargetProcess,
) -> (EndpointEvidence, Option<Connected>) {
    let recorded = &request.expected.ipc_endpoint;
    let process = target.as_ref().ok();
    let place = endpoint::locate(recorded, process);
    if let Some(asked) = request
        .endpoint
        .filter(|asked| !is_asked(asked, recorded, &place))
    {
        let asked = asked.path().to_owned();
        return (EndpointEvidence::Differs { asked }, None);
    }
    let failed = |error, note| (EndpointEvidence::Failed { error, note }, None);
    let place = match place {
        Ok(place) => place,
        Err(error) => return failed(error, None),
    };
    let note = place.note();
    match endpoint::connect_to(place, deadline, process) {
        Ok(connected) => (EndpointEvidence::Connected { note }, Some(connected)),
        Err(error) => failed(error, note),
    }
}

/// Returns whether the caller asks for the recorded endpoint. One file can have several
/// paths.
fn is_asked(
    asked: &AskedEndpoint,
    recorded: &Endpoint,
    place: &Result<Place, ConnectError>,
) -> bool {
    let is_at_path = || {
        let path = Path::new(asked.path());
        place.as_ref().is_ok_and(|place| place.is_at(path))
    };
    asked.is_labelled(recorded) && (asked.path() == recorded.path || is_at_path())
}

/// Determines whether a process that serves the socket in place of the recorded one runs
/// the recorded image.
fn compare_image(process: &PinnedProcess, peer: &mut Option<PeerEvidence>, request: &Request<'_>) {
    let Some(PeerEvidence { server, .. }) = peer else {
        return;
    };
    // Another user's process is no other instance, whatever it runs.
    if matches!(server, ServerEvidence::Stranger(stranger) if stranger.is_same_user == Some(false))
    {
        return;
    }
    let image = RunningImage::of_process(process);
    let work = DigestWork::new(image.as_ref(), request.expected.exe_digest, request.digests);
    let (_, digest) = converse_and_hash(Conversation::none(), work);
    let DigestEvidence::Computed {
        expected, actual, ..
    } = digest.value
    else {
        return;
    };
    match server {
        ServerEvidence::Stranger(stranger) => stranger.is_same_image = expected == actual,
        ServerEvidence::InnerNamespace { is_other_image, .. } => {
            *is_other_image = expected != actual;
        }
        _ => {}
    }
}

/// Determines whether the recorded process listens although no connection was made: its
/// queue is full, say, or its socket file was deleted. `None` if that cannot be told.
fn listens(
    target: &TargetProcess,
    expected: &DaemonProcess,
    endpoint: &EndpointEvidence,
) -> Option<bool> {
    let EndpointEvidence::Failed { error, .. } = endpoint else {
        return None;
    };
    let path = Path::new(&expected.ipc_endpoint.path);
    let listens = target.as_ref().ok()?.listens_at(path)?;
    // A full queue is that of some listener, which may be bound to the path by another name.
    let is_served = matches!(error, ConnectError::QueueFull(_));
    (listens || !is_served).then_some(listens)
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

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixListener;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::identity::{DigestAlgorithm, Endpoint, ExeDigest};
    use crate::platform::PinnedProcess;
    use crate::probe::image_digests::{ImageDigest, ImageDigests};

    const AMPLE: Duration = Duration::from_secs(30);

    fn this_process(socket: &Path) -> DaemonProcess {
        DaemonProcess {
            pid: std::process::id(),
            exe_path: "/daemon".into(),
            exe_digest: ExeDigest {
                sha256: None,
                blake3: Some([7; 32]),
            },
            boot_id: String::new(),
            ipc_endpoint: Endpoint {
                path: socket.to_str().unwrap().to_owned(),
                ..Endpoint::default()
            },
            started_at_unix_ms: 0,
            idle_timeout_secs: None,
        }
    }

    #[test]
    fn the_connection_is_closed_while_an_image_is_hashed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let expected = this_process(&path);
        let digests = ImageDigests::default().hash_timeout(Duration::ZERO);
        let image = PinnedProcess::open(expected.pid).unwrap().image().unwrap();
        let other_probe = digests.of_image(&image, DigestAlgorithm::Blake3, &[7; 32]);
        assert!(matches!(other_probe, Ok(ImageDigest::Hash(_))));
        let request = Request {
            expected: &expected,
            host: None,
            owner: None,
            host_is_of_identity: true,
            ours: None,
            findings: &[],
            note: None,
            endpoint: None,
            timeout: AMPLE,
            keeps_connection: false,
            digests: &digests,
        };
        let (sender, closed) = mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                stream.write_all(b"no answer\n").unwrap();
                // Also ends with an error, if the client has not read all of it.
                let _ = stream.read_to_end(&mut Vec::new());
                sender.send(()).unwrap();
            });
            let probe = scope.spawn(|| gather(&request));
            let closed = closed.recv_timeout(AMPLE);
            drop(other_probe);
            assert!(closed.is_ok());
            probe.join().unwrap();
        });
    }
}
