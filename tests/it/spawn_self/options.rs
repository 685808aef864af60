//! The options of `spawn-self`, and how it reports.

use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;

use rpctl::record::{self, Format, Record};
use serde_json::Value;

use super::{Fixture, Spawned, assert_refused, message};
use crate::support::{Run, ask, failed};

/// A daemon with this record, and the record.
fn recorded(fixture: &Fixture, name: &str, args: &[&str]) -> (Spawned, Record) {
    let path = fixture.path(name);
    let manifest = ["--record", path.to_str().unwrap()];
    let daemon = fixture.spawn(manifest.iter().chain(args));
    let record = record::load(&path).unwrap();
    assert_eq!(record.findings, []);
    (daemon, record)
}

#[test]
fn the_name_of_the_record_decides_its_form() {
    for (name, format) in [
        ("m.pb", Format::ManifestProtobuf),
        ("m.json", Format::ManifestJson),
        ("m", Format::ManifestJson),
    ] {
        let fixture = Fixture::new();
        let (daemon, record) = recorded(&fixture, name, &[]);
        assert_eq!(record.format, format);
        assert_eq!(record.daemon().unwrap().pid, daemon.pid);
    }
}

#[test]
fn a_protobuf_record_carries_the_digest_asked_for() {
    for (algorithm, carried) in [
        ("sha256", (true, false)),
        ("blake3", (false, true)),
        ("", (true, false)),
    ] {
        let fixture = Fixture::new();
        let digest = ["--digest", algorithm];
        let args = if algorithm.is_empty() {
            &[][..]
        } else {
            &digest[..]
        };
        let (_daemon, record) = recorded(&fixture, "m.pb", args);
        let digest = record.daemon().unwrap().exe_digest;
        assert_eq!(
            (digest.sha256.is_some(), digest.blake3.is_some()),
            carried,
            "{algorithm}"
        );
        fixture
            .probe(&fixture.path("m.pb"))
            .assert_verdict(0, "verified", None);
    }
}

#[test]
fn a_json_record_and_a_sidecar_carry_both_digests() {
    let fixture = Fixture::new();
    let sidecar = fixture.path("s.json");
    let args = ["--sidecar", sidecar.to_str().unwrap()];
    let (_daemon, record) = recorded(&fixture, "m.json", &args);
    let sidecar = record::load(&sidecar).unwrap();
    assert_eq!(sidecar.format, Format::SidecarJson);
    for identity in [record.daemon().unwrap(), sidecar.daemon().unwrap()] {
        let digest = identity.exe_digest;
        assert!(digest.sha256.is_some() && digest.blake3.is_some());
    }
    fixture
        .probe(&fixture.path("s.json"))
        .assert_verdict(0, "verified", None);
}

#[test]
fn a_record_on_standard_output_can_be_piped_into_a_probe() {
    let fixture = Fixture::new();
    let socket = fixture.path("s");
    let run = fixture.spawn_self(["--record", "-", "--endpoint", socket.to_str().unwrap()]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let record = record::load_bytes(&run.stdout).unwrap();
    assert_eq!(record.daemon(), Some(ask(&socket)));
    assert_eq!(fixture.files(), [socket]);

    let mut probe = fixture.command(super::RPCTL);
    probe.args(["probe", "--json", "--timeout", "30s", "-"]);
    let mut probe = probe
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = probe.stdin.take().unwrap();
    stdin.write_all(&run.stdout).unwrap();
    drop(stdin);
    let run = Run::end_of(probe);
    // Who has written into a pipe is unknown.
    let document = run.assert_verdict(0, "verified", Some("warnings"));
    assert_eq!(failed(&document), [""; 0]);
    let hint = "rpctl inspect-manifest -, with the same input, shows what the record says";
    assert_eq!(document["hints"][0], hint);
}

#[test]
fn a_name_is_refused_unless_it_is_one_of_a_service() {
    let long = "a".repeat(65);
    for name in ["", "Upper", "under_score", "../up", "ü", "a b", &long] {
        let fixture = Fixture::new();
        let run = fixture.spawn_self([format!("--service={name}")]);
        assert_eq!(run.code, Some(2), "{name}: {run:?}");
        assert_eq!(run.json()["error"]["kind"], "usage", "{name}");
        assert!(fixture.daemons().is_empty());
    }
    let longest = "a".repeat(64);
    for name in ["a", "0", "-", "--json", &longest] {
        let fixture = Fixture::new();
        let daemon = fixture.spawn([format!("--service={name}")]);
        let record = record::load(daemon.manifest()).unwrap();
        assert_eq!(record.service().0, name);
    }
}

#[test]
fn the_idle_time_is_recorded_in_whole_seconds() {
    for (text, seconds) in [
        ("1m", 60),
        ("61.5s", 62),
        ("9223372036854775807s", u32::MAX),
    ] {
        let fixture = Fixture::new();
        let (_daemon, record) = recorded(&fixture, "m.pb", &["--idle-timeout", text]);
        assert_eq!(record.daemon().unwrap().idle_timeout_secs, Some(seconds));
    }
    let fixture = Fixture::new();
    let (_daemon, record) = recorded(&fixture, "m.pb", &[]);
    assert_eq!(record.daemon().unwrap().idle_timeout_secs, Some(600));
}

#[test]
fn an_idle_time_that_is_none_is_refused() {
    let fixture = Fixture::new();
    for text in ["0s", "10", "-1s", "soon"] {
        let run = fixture.spawn_self([format!("--idle-timeout={text}")]);
        assert_eq!(run.code, Some(2), "{text}: {run:?}");
    }
    assert!(fixture.daemons().is_empty());
}

#[test]
fn one_path_for_two_files_is_refused() {
    let fixture = Fixture::new();
    let path = fixture.path("x");
    let path = path.to_str().unwrap();
    for options in [
        ["--record", "--sidecar"],
        ["--record", "--endpoint"],
        ["--endpoint", "--sidecar"],
    ] {
        let run = fixture.spawn_self([options[0], path, options[1], path]);
        assert!(message(&assert_refused(&run, 2, "same_path")).contains(path));
    }
    assert!(fixture.files().is_empty());
}

#[test]
fn a_records_name_may_be_outside_utf_8_a_sockets_not() {
    let fixture = Fixture::new();
    let name = OsStr::from_bytes(b"\xff.json");
    let mut command = fixture.spawning();
    Spawned::of(&Run::of(command.arg("--record").arg(name)));
    let record = fixture.path("").join(name);
    fixture.probe(&record).assert_verdict(0, "verified", None);

    let mut command = fixture.spawning();
    let run = Run::of(command.args(["--service", "other", "--endpoint"]).arg(name));
    assert_refused(&run, 2, "path_not_utf8");
}

#[test]
fn people_are_told_where_everything_is_and_what_to_do_next() {
    let fixture = Fixture::new();
    let mut command = fixture.command(super::RPCTL);
    let run = Run::of(command.args(["spawn-self", "--service", "shown"]));
    let pid = fixture.daemons()[0];
    let record = fixture.path(concat!("registry/shown-", env!("CARGO_PKG_VERSION"), ".pb"));
    let socket = fixture.path(concat!(
        "run/rpctl/shown-",
        env!("CARGO_PKG_VERSION"),
        ".sock"
    ));
    for part in [
        format!("PID {pid}"),
        format!(
            "~/{}",
            socket.strip_prefix(fixture.path("")).unwrap().display()
        ),
        format!("next: rpctl probe {}", record.display()),
        format!("next: rpctl shutdown {}", record.display()),
        "10 min".to_owned(),
    ] {
        assert!(run.text().contains(&part), "{part}: {}", run.text());
    }
    assert_eq!(run.stderr, "");
}

#[test]
fn quiet_starts_without_a_word() {
    let fixture = Fixture::new();
    let run = fixture.spawn_self(["--quiet"]);
    assert_eq!(
        (run.code, run.text(), run.stderr.as_str()),
        (Some(0), "", "")
    );
    assert_eq!(fixture.daemons().len(), 1);
}

#[test]
fn a_refusal_reaches_standard_error_and_the_document() {
    let fixture = Fixture::new();
    let _first = fixture.spawn([""; 0]);
    let run = fixture.spawn_self([""; 0]);
    let document: Value = assert_refused(&run, 9, "already_running");
    assert!(run.stderr.contains(message(&document)), "{}", run.stderr);
    assert!(run.stderr.contains("next: stop it first"), "{}", run.stderr);
}

#[test]
fn a_sidecar_is_a_file_and_no_stream() {
    let fixture = Fixture::new();
    let run = fixture.spawn_self(["--sidecar", "-"]);
    assert!(message(&assert_refused(&run, 2, "usage")).contains("--sidecar needs a file"));
    assert!(fixture.files().is_empty(), "{:?}", fixture.files());
}
