//! The README says what the program does.

use crate::support::{Run, World};

const README: &str = include_str!("../../README.md");

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
fn the_exit_styles_of_the_readme_are_those_of_the_help() {
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
    assert!(README.contains(&rows.join("\n")), "{rows:#?}");
}

#[test]
fn the_formats_of_the_readme_are_those_of_the_help() {
    let world = World::new();
    let help = world.rpctl(["probe", "-h"]);
    let (_, formats) = help.text().split_once("--output <FORMAT>").unwrap();
    let (_, formats) = formats.split_once("[possible values:").unwrap();
    let (formats, _) = formats.split_once(']').unwrap();
    let (_, table) = README.split_once("| format | for |").unwrap();
    let rows = table
        .lines()
        .skip(2)
        .map_while(|row| row.strip_prefix("| `"));
    let named: Vec<&str> = rows.filter_map(|row| row.split('`').next()).collect();
    let formats: Vec<&str> = formats.split(',').map(str::trim).collect();
    assert_eq!(named, formats);
}

#[test]
fn the_script_of_the_readme_starts_a_daemon_that_is_not_running() {
    let world = World::new();
    let (_, after) = README.split_once("```sh\nrpctl probe --quiet").unwrap();
    let (script, _) = after.split_once("```").unwrap();
    let script = format!(
        r#"
        rpctl() {{ "$RPCTL" "$@"; }}
        start_daemon() {{ rpctl spawn-self --quiet --manifest "$record"; }}
        record=$PWD/daemon.pb
        rpctl spawn-self --quiet --manifest "$record" && rpctl kill --quiet "$record"
        step() {{ rpctl probe --quiet {script} }}
        step && step && rpctl shutdown --quiet "$record"
        "#
    )
    .replace("--wait 30s", "--wait 1ms");
    let mut command = world.command("sh");
    command
        .args(["-euc", &script])
        .env("RPCTL", env!("CARGO_BIN_EXE_rpctl"));
    let run = Run::of(&mut command);
    assert_eq!(run.code, Some(0), "{run:?}");
}
