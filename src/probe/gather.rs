//! Gathering: everything that touches the system, once, before any judgement.
//!
//! The order matters. The process is pinned first, so that everything learned
//! later is about that process; the image is hashed while the socket is waited
//! for; and the pin is looked at once more when all is done.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::evidence::{
    AnswerEvidence, DigestEvidence, EndpointEvidence, Evidence, FoundImage, Held, HostEvidence,
    ImageEvidence, ProcessEvidence, RecordedFile, StatusEvidence, Timed,
};
use super::hasher::Hashed;
use super::hashing::{DigestWork, exchange_and_hash};
use super::image_digests::ImageDigests;
use super::peer::{self, PeerEvidence, Role};
use super::request::Request;
use crate::deadline::Deadline;
use crate::endpoint::{self, Connected, Exchange, ExchangeError};
use crate::identity::{DaemonProcess, HostIdentity, is_known};
use crate::platform::{self, FileStat, Image, ImageError, Liveness, PinError, PinnedProcess};
use crate::protocol::{Challenge, differences};

/// What pinning led to; the pin itself stays out of the evidence.
enum Pin {
    NotExamined,
    Failed(PinError),
    Zombie { parent: Option<u32> },
    Alive(PinnedProcess),
}

pub(crate) fn gather(request: &Request<'_>) -> (Evidence, Held) {
    let expected = request.expected;
    let host = Timed::of(|| hosts(request));
    let pin = Timed::of(|| pin(expected, &host.value));
    let (mut process, process_evidence) = match pin.value {
        Pin::Alive(process) => (Some(process), ProcessEvidence::Alive),
        Pin::NotExamined => (None, ProcessEvidence::NotExamined),
        Pin::Failed(error) => (None, ProcessEvidence::Failed(error)),
        Pin::Zombie { parent } => (None, ProcessEvidence::Zombie { parent }),
    };
    let mut process_evidence = Timed {
        value: process_evidence,
        elapsed: pin.elapsed,
    };

    let deadline = Deadline::after(request.timeout);
    let connection = Timed::of(|| connect(request, deadline, process.as_ref()));
    let (endpoint, connected) = match connection.value {
        Ok(connected) => (EndpointEvidence::Connected, Some(connected)),
        Err(evidence) => (evidence, None),
    };
    let creator = connected.as_ref().map(|connected| connected.creator);
    if creator.is_some_and(|creator| creator.pid == 0) {
        // The listener lives outside our PID namespace: the recorded number is
        // not ours to look up.
        process = None;
        process_evidence.value = ProcessEvidence::NotExamined;
    }

    let role = connected.as_ref().map(|connected| {
        Role::of(
            process.as_ref(),
            &process_evidence.value,
            connected,
            expected,
        )
    });
    let challenge = connected.as_ref().map(|_| Challenge::fresh());
    let mut exchange = connected.and_then(|Connected { stream, .. }| {
        let request = challenge.as_ref()?.as_ref().ok()?.request();
        let acceptance = role.as_ref()?.acceptance(process.as_ref());
        Some(Exchange::new(stream, acceptance, request))
    });
    let status = Timed::of(|| read_status(process.as_ref()));
    let image = Timed::of(|| process.as_ref().map(PinnedProcess::image));
    let work = DigestWork::new(image.value.as_ref(), expected, request.digests);
    let (answered, digest) = exchange_and_hash(exchange.as_mut(), deadline, work);

    let answer = Timed {
        value: match (&challenge, &exchange) {
            (Some(Err(error)), _) => AnswerEvidence::NoRandomness(error.to_string()),
            (Some(Ok(challenge)), Some(exchange)) => {
                judge(answered.value, challenge, exchange, expected)
            }
            (Some(Ok(_)) | None, _) => AnswerEvidence::NotAsked,
        },
        elapsed: answered.elapsed,
    };
    let (stream, acceptance) = exchange.map(Exchange::into_parts).unzip();
    let peer = Timed::of(|| match (creator, role, &stream) {
        (Some(creator), Some(role), Some(stream)) => {
            let is_ours = host.value.is_numbered_here();
            let acceptance = acceptance.flatten();
            peer::resolve(creator, stream, role, acceptance, expected, is_ours)
        }
        _ => PeerEvidence::NotConnected,
    });
    let image = Timed {
        elapsed: image.elapsed,
        value: match image.value.zip(process.as_ref()) {
            None => ImageEvidence::NotExamined,
            Some((image, process)) => examine_image(image, process, request, &digest.value),
        },
    };

    if let Some(dead) = process.take_if(|pinned| !is_alive(pinned)) {
        process_evidence.value = end_of(&dead);
    }
    let occupant = process
        .as_ref()
        .filter(|_| is_another_program(&image.value, &digest.value))
        .and_then(|process| platform::describe(process.pid()));

    let evidence = Evidence {
        expected: expected.clone(),
        findings: request.findings.to_vec(),
        note: request.note.map(str::to_owned),
        host,
        endpoint: Timed {
            value: endpoint,
            elapsed: connection.elapsed,
        },
        peer,
        answer,
        process: process_evidence,
        status,
        image,
        digest,
        occupant,
    };
    let held = Held { process, stream };
    (evidence, held)
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

/// Pin the recorded process, unless its number means nothing here and now.
fn pin(expected: &DaemonProcess, host: &HostEvidence) -> Pin {
    let other_boot = is_known(&expected.boot_id)
        && is_known(&host.ours.boot_id)
        && expected.boot_id != host.ours.boot_id;
    if other_boot || host.is_foreign() {
        return Pin::NotExamined;
    }
    match PinnedProcess::open(expected.pid) {
        Err(error) => Pin::Failed(error),
        Ok(process) if is_alive(&process) => Pin::Alive(process),
        Ok(process) => Pin::Zombie {
            parent: parent(&process),
        },
    }
}

/// How a process ended that was alive when it was pinned.
fn end_of(process: &PinnedProcess) -> ProcessEvidence {
    match process.liveness() {
        Ok(Liveness::Zombie) => ProcessEvidence::Zombie {
            parent: parent(process),
        },
        _ => ProcessEvidence::ExitedMeanwhile,
    }
}

/// An error of the question is no proof of death.
fn is_alive(process: &PinnedProcess) -> bool {
    process
        .liveness()
        .map_or(true, |liveness| liveness == Liveness::Alive)
}

fn parent(process: &PinnedProcess) -> Option<u32> {
    process.status().ok().map(|status| status.parent)
}

fn read_status(process: Option<&PinnedProcess>) -> StatusEvidence {
    match process.map(PinnedProcess::status) {
        None => StatusEvidence::NotExamined,
        Some(Ok(status)) => StatusEvidence::Read(status),
        Some(Err(error)) => StatusEvidence::Failed(error),
    }
}

fn connect(
    request: &Request<'_>,
    deadline: Deadline,
    process: Option<&PinnedProcess>,
) -> Result<Connected, EndpointEvidence> {
    let recorded = &request.expected.ipc_endpoint;
    if let Some(asked) = request.endpoint.filter(|asked| !asked.names(recorded)) {
        return Err(EndpointEvidence::Differs {
            asked: asked.path().to_owned(),
        });
    }
    endpoint::connect(recorded, deadline, process).map_err(EndpointEvidence::Failed)
}

fn judge(
    answered: Option<Result<(), ExchangeError>>,
    challenge: &Challenge,
    exchange: &Exchange<'_>,
    expected: &DaemonProcess,
) -> AnswerEvidence {
    match answered {
        None => AnswerEvidence::NotAsked,
        Some(Err(error)) => AnswerEvidence::Failed(error),
        Some(Ok(())) => match challenge.read_answer(exchange.answer()) {
            Err(error) => AnswerEvidence::Rejected(error),
            Ok(answered) => AnswerEvidence::Identity {
                differences: differences(expected, &answered),
                digests: expected.exe_digest.agreement(&answered.exe_digest),
                answered: Box::new(answered),
            },
        },
    }
}

/// What a process ran when it was looked at, unless it runs something else by now:
/// hashing takes its time.
fn examine_image(
    image: Result<Image, ImageError>,
    process: &PinnedProcess,
    request: &Request<'_>,
    digest: &DigestEvidence,
) -> ImageEvidence {
    let image = match image {
        Ok(image) => image,
        Err(error) => return ImageEvidence::Failed(error),
    };
    let found = compare_names(&image, process, request.expected, digest, request.digests);
    match process.image_id() {
        Ok(now) if now != image.stat.id => ImageEvidence::Failed(ImageError::Changed),
        _ => ImageEvidence::Found(found),
    }
}

/// What the recorded path names today, next to the running image.
fn compare_names(
    image: &Image,
    process: &PinnedProcess,
    expected: &DaemonProcess,
    digest: &DigestEvidence,
    digests: &ImageDigests,
) -> FoundImage {
    let recorded = recorded_path(image, &expected.exe_path);
    let is_image = |stat: io::Result<FileStat>| stat.is_ok_and(|stat| stat.id == image.stat.id);
    let names_image =
        |path: &Path| is_image(platform::stat(path)) || is_image(process.stat_inside(path));
    let file = match platform::stat(recorded) {
        Ok(stat) if stat.id == image.stat.id => RecordedFile::Same,
        _ if is_image(process.stat_inside(recorded)) => RecordedFile::SameInside,
        Ok(stat) => match is_copy(recorded, stat, image, digest, digests) {
            Ok(true) => RecordedFile::Copy,
            Ok(false) => RecordedFile::Other,
            Err(error) => RecordedFile::Unreadable(error),
        },
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => RecordedFile::Missing,
            _ => RecordedFile::Unreadable(error),
        },
    };
    // What other names lead to matters only where the recorded one does not.
    let is_same = matches!(file, RecordedFile::Same | RecordedFile::SameInside);
    FoundImage {
        link_is_current: is_same || image.link.as_deref().is_some_and(names_image),
        link: image.link.clone(),
        resolved: (!is_same)
            .then(|| std::fs::canonicalize(recorded).ok())
            .flatten(),
        recorded: file,
    }
}

/// The recorded path, or the name it stands for: a path that is not UTF-8 is
/// recorded with replacement characters.
fn recorded_path<'a>(image: &'a Image, recorded: &'a Path) -> &'a Path {
    let text = recorded.to_string_lossy();
    image
        .link
        .as_deref()
        .filter(|link| text.contains(char::REPLACEMENT_CHARACTER) && link.to_string_lossy() == text)
        .unwrap_or(recorded)
}

/// Whether another file has the content of the image.
fn is_copy(
    path: &Path,
    stat: FileStat,
    image: &Image,
    digest: &DigestEvidence,
    digests: &ImageDigests,
) -> io::Result<bool> {
    let DigestEvidence::Computed {
        algorithm, actual, ..
    } = digest
    else {
        return Ok(false);
    };
    if stat.size != image.stat.size || !std::fs::metadata(path)?.is_file() {
        return Ok(false);
    }
    let file = platform::open_without_blocking(path)?;
    // What was opened may not be what was looked at.
    let key = (platform::stat_open(&file)?, *algorithm);
    match digests.of_file(file, key)? {
        Hashed::Digest(digest) => Ok(digest == *actual),
        Hashed::TimedOut => Err(io::ErrorKind::TimedOut.into()),
    }
}

fn is_another_program(image: &ImageEvidence, digest: &DigestEvidence) -> bool {
    let other_digest = matches!(
        digest,
        DigestEvidence::Computed { expected, actual, .. } if expected != actual
    );
    other_digest || matches!(image, ImageEvidence::Failed(ImageError::NoImage))
}
