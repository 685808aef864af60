//! Each format says what JSON says.

use std::path::PathBuf;

use roxmltree::{Document, Node};
use serde_json::Value;

use super::fixture::Fixture;
use super::read::{self, Sample};

/// A document without what differs from run to run.
fn timeless(mut document: Value) -> Value {
    for check in document["checks"].as_array_mut().unwrap() {
        check["elapsed_us"] = 0.into();
        if check["check"] == "start_time" {
            // Counted from the boot, whose moment is a difference of two clocks.
            check["actual"] = Value::Null;
        }
    }
    document["elapsed_us"] = 0.into();
    document["time"] = Value::Null;
    if document["process"].is_object() {
        document["process"]["started_at"] = Value::Null;
    }
    document
}

#[test]
fn a_line_of_ndjson_is_the_document_of_its_record_alone() {
    let fixture = Fixture::new();
    let records = [&fixture.sound, &fixture.missing, &fixture.gone];
    let run = fixture.probe(&["-o", "ndjson"], &records);
    assert_eq!(run.code, Some(8), "{run:?}");
    let lines: Vec<&str> = run.text().lines().collect();
    assert_eq!(lines.len(), records.len());
    for (line, record) in lines.into_iter().zip(records) {
        let alone = fixture.probe(&["--json"], &[record]).json();
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(timeless(line), timeless(alone));
    }
    let one = fixture.probe(&["-o", "ndjson"], &[&fixture.sound]);
    assert_eq!(one.text().lines().count(), 1);
}

fn children<'a>(node: Node<'a, 'a>, name: &str) -> Vec<Node<'a, 'a>> {
    node.children()
        .filter(|child| child.has_tag_name(name))
        .collect()
}

#[test]
fn a_suite_is_red_exactly_where_the_record_alone_fails() {
    let fixture = Fixture::new();
    for (code, record) in fixture.all() {
        let run = fixture.probe(&["-o", "junit"], &[record]);
        assert_eq!(run.code, Some(code), "{run:?}");
        let xml = Document::parse(run.text()).unwrap();
        let root = xml.root_element();
        let [suite] = children(root, "testsuite")[..] else {
            panic!("{}", run.text());
        };
        assert_eq!(suite.attribute("name"), record.to_str());
        let cases = children(suite, "testcase");
        assert_eq!(cases.len(), 12, "{}", run.text());
        let is_red = |case: &&Node<'_, '_>| {
            !children(**case, "failure").is_empty() || !children(**case, "error").is_empty()
        };
        let red: Vec<_> = cases.iter().filter(is_red).collect();
        assert_eq!(red.is_empty(), code == 0, "{}", run.text());
        assert_eq!(is_red(&&cases[0]), code != 0, "{}", run.text());
    }
}

#[test]
fn checks_are_cases_by_their_outcome() {
    let fixture = Fixture::new();
    for (_, record) in fixture.all() {
        let document = fixture.probe(&["--json"], &[record]).json();
        let run = fixture.probe(&["-o", "junit"], &[record]);
        let xml = Document::parse(run.text()).unwrap();
        let suite = children(xml.root_element(), "testsuite")[0];
        let cases = &children(suite, "testcase")[1..];
        for (case, check) in cases.iter().zip(document["checks"].as_array().unwrap()) {
            assert_eq!(case.attribute("name"), check["check"].as_str());
            let elements: Vec<&str> = case
                .children()
                .filter(Node::is_element)
                .map(|child| child.tag_name().name())
                .collect();
            let expected: &[&str] = match check["outcome"].as_str().unwrap() {
                "pass" => &[],
                "warn" => &["system-out"],
                "fail" => &["failure"],
                "unknown" if document["exit_code"] != 0 => &["error"],
                _ => &["skipped"],
            };
            assert_eq!(elements, expected, "{}", run.text());
        }
    }
}

#[test]
fn several_records_are_suites_in_the_order_of_the_arguments() {
    let fixture = Fixture::new();
    let records = [&fixture.gone, &fixture.sound];
    let run = fixture.probe(&["-o", "junit"], &records);
    let xml = Document::parse(run.text()).unwrap();
    let suites = children(xml.root_element(), "testsuite");
    let names: Vec<&str> = suites
        .iter()
        .filter_map(|suite| suite.attribute("name"))
        .collect();
    assert_eq!(names, records.map(|record| record.to_str().unwrap()));
    assert_eq!(xml.root_element().attribute("tests"), Some("24"));
}

#[test]
fn a_plugin_begins_with_the_worst_and_names_every_record_below() {
    let fixture = Fixture::new();
    let run = fixture.probe(
        &["-o", "nagios"],
        &[&fixture.sound, &fixture.foreign, &fixture.gone],
    );
    let plugin = read::nagios(run.text());
    assert_eq!(
        (run.code, plugin.service.as_str(), plugin.status.as_str()),
        (Some(2), "RPCTL", "CRITICAL"),
        "{run:?}"
    );
    let gone = fixture.gone.to_str().unwrap();
    assert!(
        plugin
            .said
            .starts_with(&format!("1 of 3 verified; {gone}: ")),
        "{run:?}"
    );
    assert_eq!(plugin.data["verified"], "1");
    let time = plugin.data["time"].strip_suffix('s').unwrap();
    assert!(time.parse::<f64>().unwrap() > 0.0, "{run:?}");
    let heads: Vec<&str> = plugin
        .below
        .iter()
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(heads, ["OK", "UNKNOWN", "CRITICAL"]);
}

#[test]
fn a_plugin_speaks_on_standard_output_alone() {
    let fixture = Fixture::new();
    for (_, record) in fixture.all() {
        let run = fixture.probe(&["-o", "nagios"], &[record]);
        assert_eq!(run.stderr, "");
        let document = fixture.probe(&["--json"], &[record]).json();
        let plugin = read::nagios(run.text());
        assert_eq!(plugin.said, document["summary"].as_str().unwrap());
        let service = document["target"]["service_name"].as_str();
        assert_eq!(plugin.service, service.unwrap_or("RPCTL"));
    }
}

/// The labels of the samples of a metric that are 1.
fn ones<'a>(samples: &'a [Sample], name: &str, label: &str) -> Vec<&'a str> {
    let is_one = |sample: &&Sample| sample.name == name && sample.value > 0.5;
    let samples = samples.iter().filter(is_one);
    samples
        .map(|sample| sample.labels[label].as_str())
        .collect()
}

#[test]
fn metrics_hold_the_verdict_and_every_check_of_every_record() {
    let fixture = Fixture::new();
    let records: Vec<&PathBuf> = fixture.all().iter().map(|(_, record)| *record).collect();
    let run = fixture.probe(&["-o", "prometheus"], &records);
    let samples = read::prometheus(run.text());
    let documents = fixture.probe(&["--json"], &records).json();
    let reports = documents["reports"].as_array().unwrap();
    let verdicts: Vec<&str> = reports
        .iter()
        .filter_map(|one| one["verdict"].as_str())
        .collect();
    assert_eq!(ones(&samples, "rpctl_verdict", "verdict"), verdicts);
    let outcomes: Vec<&str> = reports
        .iter()
        .flat_map(|one| one["checks"].as_array().unwrap())
        .filter_map(|check| check["outcome"].as_str())
        .collect();
    assert_eq!(ones(&samples, "rpctl_check", "outcome"), outcomes);
    let count = |name: &str| samples.iter().filter(|sample| sample.name == name).count();
    assert_eq!(count("rpctl_verdict"), 7 * records.len());
    assert_eq!(count("rpctl_elapsed_seconds"), records.len());
    let alive = reports
        .iter()
        .filter(|one| one["process"].is_object())
        .count();
    assert!(alive > 0 && alive < records.len(), "{documents:#}");
    assert_eq!(count("rpctl_process_start_time_seconds"), alive);
    let start = samples
        .iter()
        .find(|sample| sample.name == "rpctl_process_start_time_seconds");
    let started_at: jiff::Timestamp = reports[0]["process"]["started_at"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    // By the difference of two clocks.
    let difference = start.unwrap().value - started_at.as_duration().as_secs_f64();
    assert!(difference.abs() < 2.0, "{difference}");
    assert_eq!(
        ones(&samples, "rpctl_build_info", "version"),
        [env!("CARGO_PKG_VERSION")]
    );
    let sound = samples
        .iter()
        .find(|sample| sample.name == "rpctl_verdict")
        .unwrap();
    assert_eq!(sound.labels["service"], "test");
    assert_eq!(sound.labels["version"], "1.2.3");
    assert_eq!(sound.labels["record"], fixture.sound.to_str().unwrap());
}

/// The collector drops a whole file in which a sample is there twice.
#[test]
fn a_record_that_is_named_twice_is_measured_once() {
    let fixture = Fixture::new();
    let run = fixture.probe(&["-o", "prometheus"], &[&fixture.sound, &fixture.sound]);
    let samples = read::prometheus(run.text());
    assert_eq!(ones(&samples, "rpctl_verdict", "verdict"), ["verified"]);
}

#[test]
fn an_annotation_is_an_error_exactly_where_the_step_fails() {
    let fixture = Fixture::new();
    for (code, record) in fixture.all() {
        let run = fixture.probe(&["-o", "github"], &[record]);
        assert_eq!(run.code, Some(code), "{run:?}");
        assert_eq!(run.stderr, "");
        let annotations = read::github(run.text());
        let [annotation] = &annotations[..] else {
            panic!("{annotations:?}");
        };
        let expected = if *record == fixture.sound {
            "notice"
        } else if code == 0 {
            "warning"
        } else {
            "error"
        };
        assert_eq!(annotation.level, expected, "{run:?}");
        assert_eq!(
            annotation.title,
            format!("rpctl probe: {}", record.display())
        );
        let document = fixture.probe(&["--json"], &[record]).json();
        let summary = document["summary"].as_str().unwrap();
        assert_eq!(annotation.message.lines().next(), Some(summary));
    }
}

#[test]
fn all_healthy_records_are_one_notice_below_the_others() {
    let fixture = Fixture::new();
    let (sound, gone, warned) = (&fixture.sound, &fixture.gone, &fixture.suspicious);
    let run = fixture.probe(&["-o", "github"], &[sound, gone, sound, warned]);
    let annotations = read::github(run.text());
    let levels: Vec<&str> = annotations.iter().map(|one| one.level.as_str()).collect();
    assert_eq!(levels, ["error", "warning", "notice"]);
    let notice = &annotations[2];
    assert_eq!(notice.title, "rpctl probe: 2 of 4 verified");
    assert_eq!(notice.message.lines().count(), 2, "{run:?}");
    let run = fixture.probe(&["-o", "github"], &[gone, gone]);
    let annotations = read::github(run.text());
    assert!(
        annotations.iter().all(|one| one.level == "error"),
        "{run:?}"
    );
}
