//! The programs of jq(1) in the documentation: they read one report as well as several.

use std::path::Path;

use super::fixture::Fixture;
use crate::support::{Run, World, is_installed};

/// The pages with such programs.
const PAGES: [&str; 2] = [
    include_str!("../../../docs/output.md"),
    include_str!("../../../src/bin/rpctl/examples/probe.txt"),
];

/// Returns the programs that read what `rpctl probe --json` prints.
fn programs() -> Vec<&'static str> {
    let after_command = PAGES
        .iter()
        .flat_map(|page| page.split("rpctl probe --json ").skip(1));
    let programs: Vec<&str> = after_command
        .filter_map(|text| text.split_once("jq -r '"))
        .map(|(_, text)| text.split('\'').next().unwrap())
        .collect();
    assert_eq!(programs.len(), PAGES.len(), "{programs:?}");
    programs
}

/// Returns what a program prints for a document.
#[track_caller]
fn printed(world: &World, program: &str, document: &Path) -> String {
    let run = Run::of(world.command("jq").args(["-r", program]).arg(document));
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{program}");
    run.text().to_owned()
}

#[test]
fn programs_of_the_pages_read_one_report_and_several() {
    if !is_installed("jq") {
        return;
    }
    let fixture = Fixture::new();
    let document = fixture.world.path("document.json");
    let printed_for = |program, records: &[_]| {
        let run = fixture.probe(&["--json"], records);
        std::fs::write(&document, &run.stdout).unwrap();
        printed(&fixture.world, program, &document)
    };
    for program in programs() {
        let other = printed_for(program, &[&fixture.other]);
        let missing = printed_for(program, &[&fixture.missing]);
        assert!(
            other.contains("digest\n") && missing == "record\n",
            "{other}{missing}"
        );
        let both = printed_for(program, &[&fixture.other, &fixture.missing]);
        assert_eq!(both, other + &missing, "{program}");
        // An error has no reports.
        let run = fixture.world.rpctl(["probe", "--json"]);
        std::fs::write(&document, &run.stdout).unwrap();
        printed(&fixture.world, program, &document);
    }
}
