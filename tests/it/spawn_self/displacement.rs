//! A record gives way only when it is stale and of the same service.

use std::path::{Path, PathBuf};

use rpctl::record::{self, CacheManifest, CacheRoot, DigestChoice, Format, HostMessage};
use rpctl::{DaemonProcess, Endpoint};
use rustix::process::Signal;
use serde_json::Value;

use super::{Fixture, assert_refused, hint, message};
use crate::support::{MAX_PID, TestServer, before_boot_ms, golden_file, this_process};

#[test]
fn a_second_daemon_of_a_service_is_refused() {
    let fixture = Fixture::new();
    let first = fixture.spawn([""; 0]);
    let other = fixture.path("other.sock");
    let run = fixture.spawn_self(["--endpoint", other.to_str().unwrap()]);
    let document = assert_refused(&run, 9, "already_running");
    let text = message(&document);
    let record = first.manifest().to_str().unwrap();
    assert!(text.contains(&format!("PID {}", first.pid)) && text.contains(record));
    assert!(hint(&document).contains(&format!("rpctl shutdown {record}")));
    assert!(!other.exists());
    assert_eq!(fixture.daemons(), [first.pid]);
}

#[test]
fn daemons_of_other_services_live_side_by_side() {
    let fixture = Fixture::new();
    let first = fixture.spawn([""; 0]);
    let second = fixture.spawn(["--service", "other"]);
    for daemon in [first, second] {
        fixture
            .probe(daemon.manifest())
            .assert_verdict(0, "verified", None);
    }
}

/// Its socket may be gone, taken by another process, or unserved: as long as the
/// process lives, it keeps its record.
#[test]
fn a_daemon_that_cannot_be_reached_still_counts_as_living() {
    let fixture = Fixture::new();
    let first = fixture.spawn([""; 0]);
    let identity = record::load(first.manifest()).unwrap().daemon().unwrap();
    let other = fixture.path("other.sock");
    let args = ["--endpoint", other.to_str().unwrap()];

    std::fs::remove_file(first.socket()).unwrap();
    assert_refused(&fixture.spawn_self(args), 9, "already_running");
    let _stranger = TestServer::truly(&identity);
    assert_refused(&fixture.spawn_self(args), 9, "already_running");
    first.process.signal(Signal::STOP);
    assert_refused(&fixture.spawn_self(args), 9, "already_running");
    assert_eq!(fixture.daemons(), [first.pid]);
}

#[test]
fn a_file_that_is_no_record_is_refused_and_stays() {
    let texts = ["a note", "{\"a\": \"note\"}", "{\"pid\": 1}", "[]"];
    let everywhere = |text| ["--record", "--sidecar"].map(|option| (option, text));
    for (option, text) in texts.into_iter().flat_map(everywhere) {
        let fixture = Fixture::new();
        let path = fixture.path("notes.json");
        std::fs::write(&path, text).unwrap();
        let run = fixture.spawn_self([option, path.to_str().unwrap()]);
        let document = assert_refused(&run, 9, "not_a_record");
        assert!(message(&document).contains("notes.json"));
        assert_eq!(std::fs::read(&path).unwrap(), text.as_bytes());
        assert_eq!(fixture.files(), [path]);
        assert!(fixture.daemons().is_empty());
    }
}

#[test]
fn an_empty_file_holds_nothing_to_be_lost() {
    let fixture = Fixture::new();
    let path = fixture.path("empty");
    std::fs::write(&path, "").unwrap();
    let daemon = fixture.spawn(["--record", path.to_str().unwrap()]);
    assert_eq!(daemon.manifest(), path);
    fixture.probe(&path).assert_verdict(0, "verified", None);
}

#[test]
fn the_manifest_of_another_service_stays() {
    for option in ["--record", "--sidecar"] {
        let fixture = Fixture::new();
        let path = fixture.path("cache.pb");
        let original = std::fs::read(golden_file("manifest-minimal-no-daemon.pb")).unwrap();
        std::fs::write(&path, &original).unwrap();
        let run = fixture.spawn_self([option, path.to_str().unwrap()]);
        assert_refused(&run, 9, "record_of_another_service");
        assert_eq!(std::fs::read(&path).unwrap(), original);
    }
}

#[test]
fn a_record_of_another_machine_is_not_called_stale() {
    let fixture = Fixture::new();
    let identity = this_process(&fixture.endpoint("s"));
    let path: PathBuf = fixture.manifest("m.json", &identity, |manifest| {
        manifest.service_name = "rpctl-self".to_owned();
        manifest.host = Some(HostMessage {
            hostname: "elsewhere".to_owned(),
            machine_id: "00000000000000000000000000000001".to_owned(),
            ..HostMessage::default()
        });
    });
    let run = fixture.spawn_self(["--record", path.to_str().unwrap()]);
    assert_refused(&run, 9, "may_be_running");
}

#[test]
fn the_stale_record_of_an_older_version_is_replaced() {
    let fixture = Fixture::new();
    let mut identity = this_process(&fixture.endpoint("s"));
    identity.boot_id = "00000000-0000-4000-8000-000000000001".to_owned();
    identity.started_at_unix_ms = before_boot_ms();
    let path = fixture.manifest("m.json", &identity, |manifest| {
        manifest.service_name = "rpctl-self".to_owned();
        manifest.service_version = "0.0.1".to_owned();
    });
    let daemon = fixture.spawn(["--record", path.to_str().unwrap()]);
    let document = fixture.probe(&path).assert_verdict(0, "verified", None);
    assert_eq!(document["target"]["pid"], daemon.pid);
}

#[test]
fn a_socket_in_the_place_of_the_record_is_refused() {
    let fixture = Fixture::new();
    let daemon = fixture.spawn([""; 0]);
    let socket = daemon.socket().to_str().unwrap();
    let run = fixture.spawn_self(["--service", "other", "--record", socket]);
    assert_refused(&run, 9, "not_a_record");
    fixture
        .probe(daemon.manifest())
        .assert_verdict(0, "verified", None);
}

/// Assert that a record keeps its place, byte for byte, and how that is reported.
#[track_caller]
fn assert_kept(fixture: &Fixture, record: &Path, kind: &str) -> Value {
    let before = std::fs::read(record).unwrap();
    let socket = fixture.path("own.sock");
    let run = fixture.spawn_self([
        "--endpoint",
        socket.to_str().unwrap(),
        "--record",
        record.to_str().unwrap(),
    ]);
    let document = assert_refused(&run, 9, kind);
    assert_eq!(std::fs::read(record).unwrap(), before);
    assert!(fixture.daemons().is_empty() && !socket.exists());
    document
}

/// A manifest of the service whose record is to be written.
fn own(
    fixture: &Fixture,
    identity: &DaemonProcess,
    edit: impl FnOnce(&mut CacheManifest),
) -> PathBuf {
    fixture.manifest("m.json", identity, |manifest| {
        "rpctl-self".clone_into(&mut manifest.service_name);
        edit(manifest);
    })
}

/// An identity of which nothing runs.
fn gone(endpoint: &Endpoint) -> DaemonProcess {
    DaemonProcess {
        pid: MAX_PID,
        ..this_process(endpoint)
    }
}

/// Directories of locks and of data.
fn roots(fixture: &Fixture) -> Vec<CacheRoot> {
    let root = |(kind, name): (i32, &str)| {
        let path = fixture.path(name);
        std::fs::create_dir(&path).unwrap();
        CacheRoot {
            kind,
            path: path.to_str().unwrap().to_owned(),
            ..CacheRoot::default()
        }
    };
    [(3, "locks"), (1, "data")].map(root).into()
}

#[test]
fn a_manifest_with_its_identity_beside_it_is_refused() {
    let fixture = Fixture::new();
    let identity = this_process(&fixture.endpoint("s"));
    let _served = TestServer::truly(&identity);
    let roots = roots(&fixture);
    fixture.sidecar("locks/daemon-identity.json", &identity);
    let manifest = own(&fixture, &identity, |manifest| {
        manifest.current_daemon = None;
        manifest.roots = roots;
    });
    fixture.probe(&manifest).assert_verdict(0, "verified", None);
    let document = assert_kept(&fixture, &manifest, "already_running");
    let pid = format!("PID {}", identity.pid);
    assert!(message(&document).contains(&pid), "{document:#}");
}

#[test]
fn a_manifest_of_caches_stays_when_its_daemon_is_gone() {
    let fixture = Fixture::new();
    let roots = roots(&fixture);
    let gone = gone(&fixture.endpoint("s"));
    fixture.sidecar("locks/daemon-identity.json", &gone);
    for names_daemon in [true, false] {
        let manifest = own(&fixture, &gone, |manifest| {
            manifest.current_daemon.take_if(|_| !names_daemon);
            manifest.roots.clone_from(&roots);
        });
        fixture
            .probe(&manifest)
            .assert_verdict(3, "not_running", Some("process_exited"));
        assert_kept(&fixture, &manifest, "manifest_of_caches");
    }
    let bare = own(&fixture, &gone, |manifest| manifest.current_daemon = None);
    assert_kept(&fixture, &bare, "manifest_of_caches");
    // Without all that, it is a record like any other.
    let record = own(&fixture, &gone, |_| {});
    fixture.spawn(["--record", record.to_str().unwrap()]);
}

#[test]
fn without_proof_of_death_a_record_is_kept() {
    let fixture = Fixture::new();
    let mut other = this_process(&fixture.endpoint("s"));
    other.exe_digest.sha256 = Some([7; 32]);
    other.exe_digest.blake3 = None;
    let record = own(&fixture, &other, |_| {});
    fixture
        .probe(&record)
        .assert_verdict(5, "mismatch", Some("digest_mismatch"));
    assert_kept(&fixture, &record, "may_be_running");
}

#[test]
fn a_dead_daemons_record_goes_even_if_another_answers() {
    let fixture = Fixture::new();
    let other = fixture.spawn(["--service", "other"]);
    let mut gone = record::load(other.manifest()).unwrap().daemon().unwrap();
    gone.pid = MAX_PID;
    let record = own(&fixture, &gone, |_| {});
    fixture
        .probe(&record)
        .assert_verdict(5, "mismatch", Some("superseded"));
    let daemon = fixture.spawn(["--record", record.to_str().unwrap()]);
    let recorded = record::load(&record).unwrap().daemon().unwrap();
    assert_eq!(recorded.pid, daemon.pid);
}

#[test]
fn a_damaged_record_is_no_proof_that_its_daemon_is_gone() {
    let fixture = Fixture::new();
    let identity = this_process(&fixture.endpoint("s"));
    let record = own(&fixture, &identity, |_| {});
    let content = record::load(&record).unwrap().content;
    let damaged = fixture.path("m.pb");
    let (format, digest) = (Format::ManifestProtobuf, DigestChoice::Sha256);
    let mut bytes = record::encode(&content, format, digest).unwrap();
    let path = this_process(&Endpoint::default()).exe_path;
    let path = path.to_str().unwrap().as_bytes();
    let at = bytes.windows(path.len()).position(|part| part == path);
    bytes[at.unwrap() + 1] ^= 1;
    std::fs::write(&damaged, bytes).unwrap();
    fixture
        .probe(&damaged)
        .assert_verdict(8, "invalid_record", Some("record_invalid"));
    let document = assert_kept(&fixture, &damaged, "may_be_running");
    assert!(hint(&document).contains("remove it: rm "), "{document:#}");
}
