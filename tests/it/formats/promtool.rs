//! Metrics, as promtool(1) of Prometheus reads them.

use std::fs::File;

use super::fixture::Fixture;
use crate::support::{Run, World, is_installed};

/// Asserts that promtool finds no fault, in form or in style.
#[track_caller]
fn assert_sound(world: &World, metrics: &Run) {
    let path = world.path("rpctl.prom");
    std::fs::write(&path, &metrics.stdout).unwrap();
    let mut command = world.command("promtool");
    let command = command
        .args(["check", "metrics"])
        .stdin(File::open(&path).unwrap());
    let run = Run::of(command);
    let said = (run.code, run.text(), run.stderr.as_str());
    assert_eq!(said, (Some(0), "", ""), "{}", metrics.text());
}

#[test]
fn metrics_of_every_verdict_and_of_errors_are_sound() {
    if !is_installed("promtool") {
        return;
    }
    let fixture = Fixture::new();
    let records = fixture.all().map(|(_, record)| record);
    assert_sound(
        &fixture.world,
        &fixture.probe(&["-o", "prometheus"], &records),
    );
    // An empty registry, and an error.
    for args in [&["list"][..], &["probe"]] {
        let run = fixture.world.rpctl([args, &["-o", "prometheus"]].concat());
        assert!(run.text().contains("rpctl_up 0"), "{run:?}");
        assert_sound(&fixture.world, &run);
    }
}
