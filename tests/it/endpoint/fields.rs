//! Answers that obey the protocol: with another identity, and with more than
//! there need be.

use std::io::Write;
use std::time::Duration;

use rpctl::{DaemonProcess, ExeDigest, Reason, Verdict};

use super::answers::answer;
use super::case::{Case, only_fault, probe, stay};
use crate::support::{TestServer, World, check, misbehaving, read_request, this_process};

type Alter = fn(&mut DaemonProcess);

/// Every field of the identity, and a change of it.
const FIELDS: [(&str, Alter); 7] = [
    ("pid", |identity| identity.pid = 1),
    ("exe_path", |identity| identity.exe_path.push("other")),
    ("sha256", |identity| flip(&mut identity.exe_digest.sha256)),
    ("blake3", |identity| flip(&mut identity.exe_digest.blake3)),
    ("boot_id", |identity| identity.boot_id.push('0')),
    ("endpoint namespace_id", |identity| {
        identity.ipc_endpoint.namespace_id.push('0');
    }),
    ("endpoint path", |identity| {
        identity.ipc_endpoint.path.push('0');
    }),
];

fn flip(digest: &mut Option<[u8; 32]>) {
    digest.as_mut().unwrap()[7] ^= 0x10;
}

pub(super) fn cases() -> Vec<Case> {
    FIELDS
        .into_iter()
        .map(|(field, alter)| {
            let expected = (Reason::IdentityMismatch, field);
            Case::treating(field, expected, move |stream, identity| {
                let mut other = identity.clone();
                alter(&mut other);
                answer(&stream, &other, |_| {});
            })
            .with_verdict(Verdict::Mismatch)
        })
        .collect()
}

/// The names of the fields in which an answer is said to differ.
fn fields(detail: &str) -> Vec<&str> {
    detail
        .split("; ")
        .map(|difference| difference.split_once(": recorded ").unwrap().0)
        .collect()
}

#[test]
fn each_field_of_the_identity_matters_alone() {
    for case in cases() {
        case.assert();
        let report = case.probe(Duration::from_secs(30));
        let detail = only_fault(&report).detail.as_deref().unwrap();
        assert_eq!(fields(detail), [case.what]);
    }
}

#[test]
fn a_wrong_answer_is_reported_field_by_field() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let mut other = identity.clone();
    for (_, alter) in FIELDS {
        alter(&mut other);
    }
    let _served = TestServer::with(&identity.ipc_endpoint, other);
    let document = world
        .probe(&world.sidecar("s.json", &identity))
        .assert_verdict(5, "mismatch", Some("identity_mismatch"));
    let detail = check(&document, "nonce")["detail"].as_str().unwrap();
    assert_eq!(fields(detail), FIELDS.map(|(field, _)| field));
    let pid = format!("pid: recorded {}, answered 1;", identity.pid);
    assert!(detail.starts_with(&pid), "{detail}");
    // The sentence is for people: it names the fields alone.
    let names = FIELDS.map(|(field, _)| field).join(", ");
    assert_eq!(
        document["summary"],
        format!(
            "identity mismatch: the process that answers is not the recorded daemon: another {names}"
        )
    );
}

#[test]
fn an_answer_with_no_digest_of_the_record_proves_nothing() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    let mut other = identity.clone();
    identity.exe_digest.sha256 = None;
    for digest in [
        ExeDigest::default(),
        ExeDigest {
            blake3: None,
            ..other.exe_digest
        },
    ] {
        other.exe_digest = digest;
        let _served = TestServer::with(&identity.ipc_endpoint, other.clone());
        let report = probe(&identity, Duration::from_secs(30));
        assert_eq!(report.verdict, Verdict::Indeterminate);
        assert_eq!(report.reason, Some(Reason::NoCommonDigest));
        only_fault(&report);
    }
}

#[test]
fn fields_outside_of_the_identity_may_differ() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let mut other = identity.clone();
    other.started_at_unix_ms += 1;
    other.idle_timeout_secs = Some(60);
    let _served = TestServer::with(&identity.ipc_endpoint, other);
    let report = probe(&identity, Duration::from_secs(30));
    assert_eq!((report.verdict, report.reason), (Verdict::Verified, None));
}

#[test]
fn fields_and_bytes_that_are_not_known_are_passed_over() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let answerer = identity.clone();
    misbehaving(&identity.ipc_endpoint, move |mut stream| {
        answer(&stream, &answerer, |frame| {
            // Field 2000 of the identity, of 60,000 bytes.
            frame.payload.extend([0x82, 0x7d, 0xe0, 0xd4, 0x03]);
            frame.payload.extend(std::iter::repeat_n(b'x', 60_000));
            frame.tracestate = "vendor=1".to_owned();
        });
        // Another message after the answer, to a client that may be gone.
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        stay(stream);
    });
    let report = probe(&identity, Duration::from_secs(30));
    assert_eq!((report.verdict, report.reason), (Verdict::Verified, None));
}

#[test]
fn an_answer_before_the_question_is_no_answer() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let answerer = identity.clone();
    misbehaving(&identity.ipc_endpoint, move |mut stream| {
        // Replayed from a challenge that was overheard.
        let overheard = rpctl::protocol::Challenge::with_nonce([7; 32]).request();
        let request = rpctl::protocol::ProbeRequest::from_body(&overheard[5..]).unwrap();
        stream.write_all(&request.answer(&answerer)).unwrap();
        let _ = read_request(&stream);
    });
    let report = probe(&identity, Duration::from_secs(30));
    assert_eq!(report.reason, Some(Reason::WrongAnswer));
    let detail = only_fault(&report).detail.as_deref().unwrap();
    assert_eq!(detail, "the answer belongs to another request");
}
