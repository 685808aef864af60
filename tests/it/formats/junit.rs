//! Test results, as the schema of Jenkins' xUnit plugin allows them.

use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use roxmltree::Document;

use super::fixture::Fixture;
use crate::support::{Run, World, is_installed};

/// What `junit-10.xsd` of the plugin says about the elements that rpctl writes.
const SCHEMA: &str = include_str!("junit.xsd");

#[track_caller]
fn assert_valid(world: &World, results: &[u8]) {
    let (schema, file) = (world.path("junit.xsd"), world.path("results.xml"));
    std::fs::write(&schema, SCHEMA).unwrap();
    std::fs::write(&file, results).unwrap();
    let mut command = world.command("xmllint");
    let run = Run::of(
        command
            .args(["--noout", "--nonet", "--schema"])
            .args([&schema, &file]),
    );
    assert_eq!(
        run.code,
        Some(0),
        "{}{}",
        run.stderr,
        String::from_utf8_lossy(results)
    );
}

#[test]
fn results_of_every_verdict_and_of_errors_are_valid() {
    if !is_installed("xmllint") {
        return;
    }
    let fixture = Fixture::new();
    for (_, record) in fixture.all() {
        let run = fixture.probe(&["-o", "junit"], &[record]);
        assert_valid(&fixture.world, &run.stdout);
    }
    let records = fixture.all().map(|(_, record)| record);
    let all = fixture.probe(&["-o", "junit"], &records);
    assert_valid(&fixture.world, &all.stdout);
    // An empty registry, and an error.
    for args in [&["list", "-o", "junit"][..], &["probe", "-o", "junit"]] {
        let run = fixture.world.rpctl(args);
        assert!(run.text().contains("<testsuites"), "{run:?}");
        assert_valid(&fixture.world, &run.stdout);
    }
}

#[test]
fn a_suite_says_when_where_and_how_long_and_counts_its_cases() {
    // Clocks are adjusted.
    let before = Timestamp::try_from(SystemTime::now()).unwrap() - SignedDuration::from_secs(2);
    let fixture = Fixture::new();
    let records = [&fixture.sound, &fixture.other, &fixture.foreign];
    let run = fixture.probe(&["-o", "junit"], &records);
    let xml = Document::parse(run.text()).unwrap();
    let root = xml.root_element();
    let number = |node: roxmltree::Node<'_, '_>, name| -> f64 {
        node.attribute(name).unwrap().parse().unwrap()
    };
    let count = |node: roxmltree::Node<'_, '_>, name| {
        node.descendants()
            .filter(|it| it.has_tag_name(name))
            .count()
    };
    let hostname = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let mut time = 0.0;
    for suite in root
        .children()
        .filter(|child| child.has_tag_name("testsuite"))
    {
        assert_eq!(suite.attribute("hostname"), Some(hostname.trim()));
        let began: Timestamp = suite.attribute("timestamp").unwrap().parse().unwrap();
        let elapsed = number(suite, "time");
        assert!(
            before <= began && began <= Timestamp::now() + SignedDuration::from_secs(2),
            "{began}"
        );
        time += elapsed;
        for (attribute, element) in [
            ("tests", "testcase"),
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ] {
            let expected = f64::from(u32::try_from(count(suite, element)).unwrap());
            assert_eq!(
                number(suite, attribute).to_bits(),
                expected.to_bits(),
                "{attribute}"
            );
        }
    }
    assert!(
        time > 0.0 && (number(root, "time") - time).abs() < 1e-4,
        "{}",
        run.text()
    );
    assert_eq!(root.attribute("skipped"), None);
    assert_eq!(
        number(root, "errors").to_bits(),
        f64::from(u32::try_from(count(root, "error")).unwrap()).to_bits()
    );
}
