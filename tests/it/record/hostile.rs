//! Text from records is untrusted: what is printed steers no terminal, is read
//! in the order it is written, and hides nothing.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rpctl::record::{CacheManifest, CacheRoot, EndpointMessage, HostMessage};
use serde_json::{Value, json};

use super::{protobuf, sound_manifest};
use crate::support::{Run, World};

/// Colour, title, cursor and screen sequences, a line of its own, overwriting,
/// reordering, hiding, and looking like something else.
const HOSTILE: &str = "a\x1b[31mb\x1b]0;title\x07c\u{9b}2Jd\ne\rf\x08g\x7fh\u{202e}i\u{2066}j\
    \u{200b}k\u{200f}l\u{feff}m\u{2028}n\u{ad}o\u{e0041}p\u{fe0f}q\u{3164}r\u{61c}s";

/// Assert that nothing but newlines and what can be seen was printed.
#[track_caller]
fn assert_harmless(what: &str, text: &str) {
    let raw: Vec<char> = HOSTILE.chars().filter(|c| !c.is_ascii_graphic()).collect();
    for (number, line) in text.lines().enumerate() {
        for c in line.chars() {
            assert!(
                !c.is_control() && !raw.contains(&c),
                "{what}: {c:?} in {line:?}"
            );
        }
        // The part after a newline would begin a line.
        assert!(
            !line.starts_with("e\\"),
            "{what}: line {number} is {line:?}"
        );
    }
    assert!(!text.contains('\r'), "{what}");
}

/// Run with colours forced for standard error, where they would otherwise be
/// stripped together with anything that looks like them.
fn run<A: AsRef<OsStr>>(world: &World, args: impl IntoIterator<Item = A>) -> Run {
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command
        .env("CLICOLOR_FORCE", "1")
        .args(["--color", "never"]);
    Run::of(command.args(args))
}

/// Every way to look at a record.
fn views(world: &World, record: &Path) -> Vec<(String, Run)> {
    let options: [&[&str]; 12] = [
        &["inspect-manifest"],
        &["inspect-manifest", "--wide"],
        &["inspect-manifest", "--json"],
        &["inspect-manifest", "--convert", "json"],
        &["probe"],
        &["probe", "--wide"],
        &["probe", "--json"],
        &["probe", "-o", "ndjson"],
        &["probe", "-o", "junit"],
        &["probe", "-o", "nagios", "--exit-style", "rpctl"],
        &["probe", "-o", "prometheus"],
        &["probe", "-o", "github"],
    ];
    options
        .map(|options| {
            let args = options.iter().map(OsStr::new).chain([record.as_os_str()]);
            (options.join(" "), run(world, args))
        })
        .into()
}

fn write(world: &World, name: &str, bytes: &[u8]) -> PathBuf {
    let path = world.path(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// A manifest that is hostile wherever it has text.
fn hostile_manifest() -> CacheManifest {
    let text = || HOSTILE.to_owned();
    let endpoint = || EndpointMessage {
        namespace_id: text(),
        path: text(),
    };
    let mut manifest = sound_manifest();
    manifest.service_name = text();
    manifest.service_version = text();
    manifest.media_type = text();
    manifest.provides = vec![text(), text()];
    manifest.host = Some(HostMessage {
        hostname: text(),
        ..HostMessage::default()
    });
    manifest.roots = vec![CacheRoot {
        path: text(),
        labels: [(text(), text())].into(),
        endpoint: Some(endpoint()),
        ..CacheRoot::default()
    }];
    let daemon = manifest.current_daemon.as_mut().unwrap();
    daemon.exe_path = text();
    daemon.boot_id = text();
    daemon.exe_hash_algorithm = text();
    daemon.ipc_endpoint = Some(endpoint());
    manifest
}

#[test]
fn no_text_of_a_manifest_reaches_the_terminal_raw() {
    let world = World::new();
    let record = write(&world, "m.pb", &protobuf(&hostile_manifest()));
    for (view, run) in views(&world, &record) {
        assert_eq!(run.code, Some(8), "{view}: {run:?}");
        assert_harmless(&view, run.text());
        assert_harmless(&view, &run.stderr);
        let said = format!("{}{}", run.text(), run.stderr);
        assert!(
            said.contains(r"\u{1b}[31m") || said.contains(r"\u001b[31m"),
            "{view}: {said}"
        );
    }
}

#[test]
fn hostile_paths_are_shown_and_converted_safely() {
    let world = World::new();
    let sidecar = json!({
        "pid": 4242,
        "exe_path": format!("/opt/{HOSTILE}"),
        "exe_sha256": vec![7; 32],
        "boot_id": "00000000-0000-4000-8000-000000000001",
        "ipc_endpoint": {"namespace_id": HOSTILE, "path": world.path(HOSTILE)},
    });
    let record = write(&world, "s.json", sidecar.to_string().as_bytes());
    for (view, run) in views(&world, &record) {
        assert_harmless(&view, run.text());
        assert_harmless(&view, &run.stderr);
    }
    // What is escaped still says the same.
    let inspected = run(
        &world,
        ["inspect-manifest", "--json", record.to_str().unwrap()],
    );
    assert_eq!(inspected.json()["record"]["exe_path"], sidecar["exe_path"]);
    let record = record.to_str().unwrap();
    let converted = run(&world, ["inspect-manifest", "--convert", "sidecar", record]);
    let converted: Value = serde_json::from_slice(&converted.stdout).unwrap();
    assert_eq!(converted["exe_path"], sidecar["exe_path"]);
    assert_eq!(converted["ipc_endpoint"], sidecar["ipc_endpoint"]);
}

#[test]
fn the_name_of_a_file_is_as_untrusted_as_its_content() {
    let world = World::new();
    let name = format!("{HOSTILE}.json");
    let missing = world.path(&name);
    for (view, run) in views(&world, &missing) {
        assert_eq!(run.code, Some(8), "{view}: {run:?}");
        assert_harmless(&view, run.text());
        assert_harmless(&view, &run.stderr);
    }
    for content in ["", "{", "{}", "text"] {
        let record = write(&world, &name, content.as_bytes());
        for (view, run) in views(&world, &record) {
            assert_eq!(run.code, Some(8), "{view}: {run:?}");
            assert_harmless(&view, run.text());
            assert_harmless(&view, &run.stderr);
        }
    }
    let unspeakable = OsString::from_vec(b"r\xff\xfe\x1b[31m.json".to_vec());
    let record = world.path("").join(unspeakable);
    std::fs::write(&record, b"{}").unwrap();
    for (view, run) in views(&world, &record) {
        assert_harmless(&view, run.text());
        assert_harmless(&view, &run.stderr);
    }
}

#[test]
fn an_error_quotes_a_hostile_line_without_its_effects() {
    let world = World::new();
    let visible = HOSTILE.replace('\n', "");
    for text in [
        format!("{{\"pid\": \"{visible}\"}}"),
        format!("{{\"pid\": 1, \"exe_path\": \"/x\", \"boot_id\": {{\"{visible}\": 1}}}}"),
        format!("{{\"roots\": [{{\"kind\": {}}}]}}", json!(HOSTILE)),
        format!(
            "{{\"roots\": [{{\"labels\": {{{0}: \"\", {0}: \"\"}}}}]}}",
            json!(HOSTILE)
        ),
        format!("{{\"pid\": 1}} {visible}"),
        json!(HOSTILE).to_string(),
    ] {
        let record = write(&world, "broken.json", text.as_bytes());
        for (view, run) in views(&world, &record) {
            assert_eq!(run.code, Some(8), "{view}: {run:?}");
            assert_harmless(&view, run.text());
            assert_harmless(&view, &run.stderr);
        }
    }
}

#[test]
fn a_hostile_schema_and_algorithm_are_quoted_harmlessly() {
    let world = World::new();
    let mut manifest = sound_manifest();
    manifest.broker_envelope_version = "v2".to_owned();
    let daemon = manifest.current_daemon.as_mut().unwrap();
    daemon.exe_hash_algorithm = HOSTILE.to_owned();
    for version in ["v1", "v2", HOSTILE] {
        manifest.broker_envelope_version = version.to_owned();
        let record = write(&world, "m.pb", &protobuf(&manifest));
        for (view, run) in views(&world, &record) {
            assert_eq!(run.code, Some(8), "{view}: {run:?}");
            assert_harmless(&view, run.text());
            assert_harmless(&view, &run.stderr);
        }
    }
}
