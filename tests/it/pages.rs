//! The README and the pages in `docs/` describe the program as it is.

use std::path::PathBuf;

use rpctl::{Reason, Verdict};

use crate::support::{World, committed};

const README: &str = include_str!("../../README.md");
const OUTPUT: &str = include_str!("../../docs/output.md");

#[test]
fn the_exit_codes_of_the_readme_are_those_of_the_help() {
    let world = World::new();
    let help = world.rpctl(["-h"]);
    let (_, codes) = help.text().split_once("Exit status:\n").unwrap();
    let rows: Vec<String> = codes
        .lines()
        .map(|line| {
            let (code, meaning) = line.trim().split_once("  ").unwrap();
            format!("| {code} | {meaning} |")
        })
        .collect();
    assert_eq!(rows.len(), 10, "{codes}");
    assert!(README.contains(&rows.join("\n")), "{rows:#?}");
}

#[test]
fn the_readme_is_read_in_a_minute() {
    assert!(README.lines().count() <= 250);
}

#[test]
fn the_checks_of_the_readme_are_those_of_the_page() {
    const CHECKS: &str = include_str!("../../docs/checks.md");
    let (_, table) = CHECKS
        .split_once("| check | proves | alone it is fooled by |\n|---|---|---|\n")
        .unwrap();
    let rows = table.lines().map_while(|row| row.rsplitn(3, '|').nth(2));
    let rows: Vec<String> = rows.map(|row| format!("{row}|")).collect();
    assert_eq!(rows.len(), 11, "{rows:#?}");
    assert!(README.contains(&rows.join("\n")), "{rows:#?}");
}

#[test]
fn the_reasons_of_the_page_are_those_of_the_library() {
    let (_, table) = OUTPUT
        .split_once("| reason | verdict | meaning |\n|---|---|---|\n")
        .unwrap();
    let rows = table
        .lines()
        .map_while(|row| row.strip_prefix("| `")?.split_once("` | `"));
    let (listed, verdicts): (Vec<&str>, Vec<&str>) = rows.unzip();
    let reasons: Vec<&str> = Reason::ALL.iter().map(|reason| reason.name()).collect();
    assert_eq!(listed, reasons);
    for verdict in verdicts {
        let verdict = verdict.split('`').next().unwrap();
        let is_one = Verdict::ALL.iter().any(|one| one.name() == verdict);
        assert!(is_one, "{verdict}");
    }
}

#[test]
fn the_exit_styles_of_the_page_are_those_of_the_help() {
    let world = World::new();
    let help = world.rpctl(["probe", "--help"]);
    let (_, styles) = help.text().split_once("by --exit-style:\n").unwrap();
    let rows: Vec<String> = styles
        .lines()
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(|line| {
            let cells = line.split("  ").map(str::trim);
            let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
            format!("| {} |", cells.join(" | "))
        })
        .collect();
    assert_eq!(rows.len(), 9, "{styles}");
    assert!(OUTPUT.contains(&rows.join("\n")), "{rows:#?}");
}

#[test]
fn the_formats_of_the_page_are_those_of_the_help() {
    let world = World::new();
    let help = world.rpctl(["probe", "-h"]);
    let (_, formats) = help.text().split_once("--output <FORMAT>").unwrap();
    let (_, formats) = formats.split_once("[possible values:").unwrap();
    let (formats, _) = formats.split_once(']').unwrap();
    let (_, table) = OUTPUT.split_once("| format | for |").unwrap();
    let rows = table
        .lines()
        .skip(2)
        .map_while(|row| row.strip_prefix("| `"));
    let named: Vec<&str> = rows.filter_map(|row| row.split('`').next()).collect();
    let formats: Vec<&str> = formats.split(',').map(str::trim).collect();
    assert_eq!(named, formats);
}

#[test]
fn the_variables_of_the_page_are_those_of_the_manual() {
    const MANUAL: &str = include_str!("../../man/rpctl.1");
    let (_, manual) = MANUAL.split_once("\n.SH ENVIRONMENT\n").unwrap();
    let (manual, _) = manual.split_once("\n.SH ").unwrap();
    let (_, table) = OUTPUT
        .split_once("| variable | meaning |\n|---|---|\n")
        .unwrap();
    let table = table.split("\n\n").next().unwrap();
    let names = |text: &'static str| {
        let words = text.split(|c: char| c != '_' && !c.is_ascii_uppercase());
        words.filter(|word| word.len() > 2)
    };
    let named: Vec<&str> = table
        .lines()
        .flat_map(|row| names(row.split('|').nth(1).unwrap()))
        .collect();
    let tagged = manual.split(".TP\n").skip(1);
    let documented: Vec<&str> = tagged
        .flat_map(|entry| names(entry.lines().next().unwrap()))
        .collect();
    assert_eq!(named, documented);
}

#[test]
fn the_metrics_of_the_page_are_those_that_are_printed() {
    let world = World::new();
    let prometheus = |record| world.rpctl(["probe", "-o", "prometheus", record]);
    std::fs::write(world.path("empty.pb"), "").unwrap();
    let texts = [
        prometheus("empty.pb"),
        world.rpctl(["probe", "-o", "prometheus", "--all"]),
    ];
    for run in texts {
        let metrics = run
            .text()
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE "));
        for metric in metrics.filter_map(|line| line.split(' ').next()) {
            assert!(OUTPUT.contains(&format!("`{metric}`")), "{metric}");
        }
    }
}

#[test]
fn every_link_leads_to_a_file_of_the_repository() {
    let pages = std::fs::read_dir(committed("docs")).unwrap();
    let pages = pages.map(|entry| entry.unwrap().path());
    let mut links = 0;
    for page in pages.chain([committed("README.md")]) {
        let text = std::fs::read_to_string(&page).unwrap();
        let targets = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split([')', '#']).next());
        for target in targets.filter(|target| !target.is_empty() && !target.contains("://")) {
            let path: PathBuf = page.parent().unwrap().join(target);
            assert!(path.exists(), "{}: {target}", page.display());
            links += 1;
        }
    }
    assert!(links > 20, "{links}");
}
