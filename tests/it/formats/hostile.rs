//! Text from records, file names and peers in every format: nothing in it is taken
//! for the format's own grammar, and nothing of it is lost.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

use proptest::collection::vec;
use proptest::prelude::*;
use roxmltree::Document;
use rpctl::record::{
    self, CacheManifest, Content, DaemonProcessMessage, DigestChoice, EndpointMessage, Format,
};
use serde_json::Value;

use super::read;
use crate::support::{FORMATS, Run, World};

/// What each grammar, terminals and logs would take for something else.
const HOSTILE: [&str; 12] = [
    "a\x1b[31mb\x1b]0;title\x07c\u{9b}2J",
    "a\u{202e}b\u{2066}c\u{200b}d\u{feff}e",
    "a\nb\r\nc\u{2028}d\u{85}e\x0b",
    "a | time=9s;;;0",
    "x\n::error::injected",
    "::set-output name=a::b %0A::error::c",
    "]]><failure/><![CDATA[ -->",
    "\"'&<>=,:;{}\\",
    "\u{ffff}\u{fffe}\u{1fffe}\u{fdd0}\u{0}\u{1}",
    "\\n\\\"\\u{1b}%25%0A",
    "a\"} 1\nrpctl_up 0\n# EOF",
    "##[error]injected\u{e0041}\u{fe0f}\u{3164}",
];

/// Characters that steer, reorder, hide or break a line, by an independent list.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || ('\u{200b}'..='\u{200f}').contains(&c)
        || ('\u{2028}'..='\u{202e}').contains(&c)
        || ('\u{2060}'..='\u{206f}').contains(&c)
        || ('\u{fe00}'..='\u{fe0f}').contains(&c)
        || ('\u{e0000}'..='\u{e0fff}').contains(&c)
        || ('\u{115f}'..='\u{1160}').contains(&c)
        || ('\u{17b4}'..='\u{17b5}').contains(&c)
        || ('\u{180b}'..='\u{180f}').contains(&c)
        || ('\u{fff0}'..='\u{fffb}').contains(&c)
        || ('\u{1bca0}'..='\u{1bca3}').contains(&c)
        || ('\u{1d173}'..='\u{1d17a}').contains(&c)
        || [
            '\u{ad}', '\u{34f}', '\u{61c}', '\u{3164}', '\u{feff}', '\u{ffa0}', '\u{fffe}',
            '\u{ffff}',
        ]
        .contains(&c)
}

/// The escape of such a character, as people see it.
fn shown(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if is_harmful(c)
            || (0xfdd0..=0xfdef).contains(&u32::from(c))
            || u32::from(c) & 0xfffe == 0xfffe
        {
            write!(out, "{}", c.escape_unicode()).unwrap();
        } else {
            out.push(c);
        }
        out
    })
}

#[track_caller]
fn assert_harmless(form: &str, text: &str) {
    let harmful = text.chars().find(|c| *c != '\n' && is_harmful(*c));
    assert_eq!(harmful, None, "{form}: {text}");
}

/// A record that has this text wherever it has any.
fn record(world: &World, file: &str, text: &str) -> PathBuf {
    let text = || text.to_owned();
    let endpoint = EndpointMessage {
        namespace_id: text(),
        path: text(),
    };
    let manifest = CacheManifest {
        manifest_schema_version: record::SCHEMA_VERSION,
        media_type: text(),
        service_name: text(),
        service_version: text(),
        current_daemon: Some(DaemonProcessMessage {
            pid: 4242,
            exe_path: text(),
            boot_id: text(),
            exe_sha256: vec![7; 32],
            ipc_endpoint: Some(endpoint),
            ..DaemonProcessMessage::default()
        }),
        ..CacheManifest::default()
    };
    let content = Content::Manifest(Box::new(manifest));
    let path = world.path(file);
    record::save(&path, &content, Format::ManifestProtobuf, DigestChoice::All).unwrap();
    path
}

/// Probe records in a form; colours are forced for standard error, where they
/// would otherwise be stripped together with anything that looks like them.
fn probe(world: &World, form: &str, records: &[PathBuf]) -> Run {
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command
        .env("CLICOLOR_FORCE", "1")
        .args([
            "probe",
            "--color",
            "never",
            "--exit-style",
            "rpctl",
            "-o",
            form,
        ])
        .args(records);
    let run = Run::of(&mut command);
    assert_harmless(form, run.text());
    assert_harmless(form, &run.stderr);
    run
}

/// Probe records with these texts in every form, and read each back.
fn assert_every_form_keeps(texts: &[String]) {
    let world = World::new();
    let records: Vec<PathBuf> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| record(&world, &format!("{at}.pb"), text))
        .collect();
    for form in FORMATS {
        let run = probe(&world, form, &records);
        assert_eq!(run.code, Some(8), "{form}: {run:?}");
        let text = run.text();
        match form {
            "json" => {
                let reports = run.json()["reports"].as_array().unwrap().clone();
                assert_eq!(json_services(&reports), texts);
            }
            "ndjson" => {
                let lines: Vec<Value> = text
                    .lines()
                    .map(|line| serde_json::from_str(line).unwrap())
                    .collect();
                assert_eq!(json_services(&lines), texts);
            }
            "junit" => assert_eq!(junit_services(text), escaped(texts)),
            "prometheus" => assert_eq!(prometheus_services(text), set(texts)),
            "nagios" => {
                let plugin = read::nagios(text);
                assert_eq!(plugin.status, "UNKNOWN");
                assert_eq!(plugin.data["verified"], "0");
                let heads = plugin.below.iter().filter(|line| !line.starts_with(' '));
                assert!(
                    heads.clone().all(|line| line.starts_with("UNKNOWN /")),
                    "{text}"
                );
                assert_eq!(heads.count(), texts.len(), "{text}");
            }
            "github" => assert_eq!(read::github(text).len(), texts.len(), "{text}"),
            _ => {}
        }
    }
}

fn json_services(reports: &[Value]) -> Vec<String> {
    let service = |report: &Value| {
        let name = &report["target"]["service_name"];
        name.as_str().unwrap_or_default().to_owned()
    };
    reports.iter().map(service).collect()
}

fn escaped(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| shown(text)).collect()
}

fn set(texts: &[String]) -> BTreeSet<String> {
    escaped(texts).into_iter().collect()
}

fn junit_services(text: &str) -> Vec<String> {
    let xml = Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let suites = xml.root_element().children();
    suites
        .filter(|node| node.has_tag_name("testsuite"))
        .map(|suite| {
            let mut properties = suite.descendants();
            let service = properties.find(|node| node.attribute("name") == Some("service_name"));
            let value = service.and_then(|node| node.attribute("value"));
            value.unwrap_or_default().to_owned()
        })
        .collect()
}

fn prometheus_services(text: &str) -> BTreeSet<String> {
    let samples = read::prometheus(text).into_iter();
    samples
        .filter(|sample| sample.name == "rpctl_elapsed_seconds")
        .map(|sample| sample.labels.get("service").cloned().unwrap_or_default())
        .collect()
}

#[test]
fn hostile_text_is_only_text_in_every_format() {
    assert_every_form_keeps(&HOSTILE.map(str::to_owned));
}

#[test]
fn the_name_of_a_file_breaks_no_format() {
    let world = World::new();
    for name in HOSTILE {
        let name = name.replace(['\0', '/'], "");
        let [missing, broken] =
            ["missing", "broken"].map(|kind| world.path(&format!("{kind}{name}")));
        std::fs::write(&broken, "{").unwrap();
        for form in FORMATS {
            let run = probe(&world, form, &[missing.clone(), broken.clone()]);
            assert_eq!(run.code, Some(8), "{form}: {run:?}");
            let text = run.text();
            match form {
                "ndjson" => assert_eq!(text.lines().count(), 2, "{text}"),
                "junit" => assert_eq!(junit_services(text), ["", ""]),
                "prometheus" => assert_eq!(read::prometheus(text).len(), 42, "{text}"),
                "nagios" => assert_eq!(read::nagios(text).status, "UNKNOWN"),
                "github" => assert_eq!(read::github(text).len(), 2),
                _ => {}
            }
        }
    }
}

#[test]
fn a_hostile_file_name_breaks_no_format() {
    let world = World::new();
    for name in HOSTILE {
        let name = name.replace(['\0', '/'], "");
        for form in FORMATS {
            let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
            command
                .env("CLICOLOR_FORCE", "1")
                .env("RUNNING_PROCESS_MANIFEST_DIR", world.path(&name))
                .args(["probe", "--color", "never", "-o", form]);
            assert_error(form, &Run::of(&mut command));
            // A name that a shell makes an option of.
            let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
            command
                .env("CLICOLOR_FORCE", "1")
                .args(["probe", "-o", form])
                .arg(format!("--{name}"));
            let run = Run::of(&mut command);
            let stderr = run.stderr.replace("\x1b[", "[");
            assert_harmless(form, &stderr);
            // Errors of the command line have one format besides text.
            let form = if form == "json" { form } else { "table" };
            assert_error(form, &Run { stderr, ..run });
        }
    }
}

#[track_caller]
fn assert_error(form: &str, run: &Run) {
    let text = run.text();
    assert_harmless(form, text);
    assert_harmless(form, &run.stderr);
    match form {
        "json" | "ndjson" => assert_eq!(run.json()["exit_code"], 2),
        "junit" => assert_eq!(junit_services(text), [""]),
        "prometheus" => assert_eq!(read::prometheus(text).len(), 3, "{text}"),
        "nagios" => assert_eq!(read::nagios(text).status, "UNKNOWN"),
        "github" => assert_eq!(read::github(text).len(), 1, "{text}"),
        _ => assert_eq!(text, ""),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_is_only_text_in_every_format(
        // A record in protobuf that begins with a blank and a brace is read as JSON.
        texts in vec(proptest::string::string_regex("(?s)[^{].{0,40}").unwrap(), 2..12),
    ) {
        assert_every_form_keeps(&texts);
    }
}
