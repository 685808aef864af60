//! The exit status, by the convention that the caller names.

use serde_json::Value;

use super::fixture::Fixture;
use crate::support::World;

/// The numbers for verified, suspicious, gone, other, deaf, foreign, missing.
const STYLES: [(&str, [i32; 7]); 4] = [
    ("rpctl", [0, 0, 3, 5, 6, 4, 8]),
    ("nagios", [0, 1, 2, 2, 2, 3, 3]),
    ("lsb", [0, 0, 3, 4, 4, 4, 4]),
    ("docker", [0, 0, 1, 1, 1, 1, 1]),
];

#[test]
fn every_verdict_has_its_code_in_every_exit_style() {
    let fixture = Fixture::new();
    for (style, codes) in STYLES {
        for (code, (_, record)) in codes.into_iter().zip(fixture.all()) {
            let run = fixture.probe(&["--json", "--exit-style", style], &[record]);
            assert_eq!(run.code, Some(code), "{style}: {run:?}");
            assert_eq!(run.json()["exit_code"], code, "{style}");
            let quiet = fixture.probe(&["--quiet", "--exit-style", style], &[record]);
            assert_eq!((quiet.code, quiet.text()), (Some(code), ""), "{style}");
        }
    }
}

#[test]
fn several_records_end_with_the_worst_in_that_style() {
    let fixture = Fixture::new();
    for (style, code) in [("rpctl", 4), ("nagios", 2), ("lsb", 4), ("docker", 1)] {
        let records = [&fixture.sound, &fixture.gone, &fixture.foreign];
        let run = fixture.probe(&["--json", "--exit-style", style], &records);
        assert_eq!(run.code, Some(code), "{style}: {run:?}");
        assert_eq!(run.json()["exit_code"], code, "{style}");
    }
}

#[test]
fn errors_are_no_state_in_any_style() {
    let world = World::new();
    for (style, code) in [("rpctl", 2), ("nagios", 3), ("lsb", 4), ("docker", 1)] {
        let style = format!("--exit-style={style}");
        let run = world.rpctl(["probe", "--json", &style]);
        assert_eq!(run.code, Some(code), "{run:?}");
        assert_eq!(run.json()["exit_code"], code);
        let run = world.rpctl(["probe", "--json", &style, "--what"]);
        assert_eq!(run.code, Some(code), "{run:?}");
        assert_eq!(run.json()["exit_code"], code);
    }
    // The registry cannot be a file.
    std::fs::write(world.path("registry"), "").unwrap();
    for (style, code) in [("rpctl", 1), ("nagios", 3), ("lsb", 4), ("docker", 1)] {
        let run = world.rpctl(["probe", "--json", "--exit-style", style]);
        assert_eq!(run.code, Some(code), "{run:?}");
    }
}

#[test]
fn a_plugin_ends_as_one_unless_told_otherwise() {
    let fixture = Fixture::new();
    let run = fixture.probe(&["-o", "nagios"], &[&fixture.missing]);
    assert_eq!(run.code, Some(3), "{run:?}");
    let run = fixture.probe(
        &["-o", "nagios", "--exit-style", "rpctl"],
        &[&fixture.missing],
    );
    assert_eq!(run.code, Some(8), "{run:?}");
    assert!(run.text().starts_with("RPCTL UNKNOWN - "), "{run:?}");
}

#[test]
fn ndjson_carries_the_number_of_each_record_in_that_style() {
    let fixture = Fixture::new();
    let records = [&fixture.sound, &fixture.gone];
    let run = fixture.probe(&["-o", "ndjson", "--exit-style", "docker"], &records);
    let codes: Vec<Value> = run
        .text()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["exit_code"].clone())
        .collect();
    assert_eq!(codes, [0, 1]);
}
