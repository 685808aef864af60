//! The README describes the program as it is.

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
fn the_variables_of_the_readme_are_those_of_the_manual() {
    const MANUAL: &str = include_str!("../../man/rpctl.1");
    let (_, manual) = MANUAL.split_once("\n.SH ENVIRONMENT\n").unwrap();
    let (manual, _) = manual.split_once("\n.SH ").unwrap();
    let (_, table) = README
        .split_once("| variable | meaning |\n|---|---|\n")
        .unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
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
fn the_metrics_of_the_readme_are_those_that_are_printed() {
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
            assert!(README.contains(&format!("`{metric}`")), "{metric}");
        }
    }
}

#[test]
fn the_readmes_daemon_is_the_one_in_the_documentation() {
    const DOCUMENTATION: &str = include_str!("../../src/responder.rs");
    let (_, shown) = README.split_once("```rust\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let lines = DOCUMENTATION
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .filter(|line| !line.starts_with("# "));
    let documented: Vec<&str> = lines.collect();
    assert!(documented.join("\n").contains(shown), "{documented:#?}");
}

/// Runs the script of the README after a preparation, which can use everything that the
/// script defines. Returns how the script ended, and what it called in order.
fn run_example(world: &World, prepare: &str) -> (Run, Vec<String>) {
    let (_, after) = README.split_once("```sh\nstart() {").unwrap();
    let (script, _) = after.split_once("```").unwrap();
    let script = format!(
        r#"
        record=$PWD/daemon.pb
        spawn() {{ "$RPCTL" spawn-self --quiet --record "$record"; }}
        {prepare}
        rpctl() {{ echo "$*" >> calls; "$RPCTL" "$@"; }}
        start_daemon() {{ echo start >> calls; spawn; }}
        start() {{{script}"#
    );
    let mut command = world.command("sh");
    command
        .args(["-euc", &script])
        .env("RPCTL", env!("CARGO_BIN_EXE_rpctl"));
    let run = Run::of(&mut command);
    let record = world.path("daemon.pb");
    world.rpctl(["kill".as_ref(), "--quiet".as_ref(), record.as_os_str()]);
    let calls = std::fs::read_to_string(world.path("calls")).unwrap();
    let calls = calls.replace(record.to_str().unwrap(), "RECORD");
    (run, calls.lines().map(str::to_owned).collect())
}

const DECIDES: &str = "probe --quiet RECORD";
const WAITS: &str = "probe --quiet --wait 30s RECORD";

#[test]
fn the_readmes_script_starts_the_first_daemon() {
    let (run, calls) = run_example(&World::new(), "");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(calls, ["start", WAITS]);
}

#[test]
fn the_readmes_script_starts_a_dead_daemon_without_waiting() {
    let gone = r#"spawn; "$RPCTL" kill --quiet "$record""#;
    let (run, calls) = run_example(&World::new(), gone);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(calls, [DECIDES, "start", WAITS]);
}

#[test]
fn the_script_of_the_readme_leaves_a_daemon_alone_that_is_up() {
    let (run, calls) = run_example(&World::new(), "spawn");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(calls, [DECIDES]);
}

/// The socket is missing until the wait has begun.
#[test]
fn the_readmes_script_waits_for_a_starting_daemon() {
    let starting = r#"
        "$RPCTL" spawn-self --quiet --record "$record" --endpoint "$PWD/socket"
        mv socket away
        mkfifo pipe
        { read -r _; mv away socket; } < pipe &
        exec 3> pipe
        real=$RPCTL
        telling() {
            case "$*" in *--wait*) echo >&3 ;; esac
            "$real" "$@"
        }
        RPCTL=telling"#;
    let (run, calls) = run_example(&World::new(), starting);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(calls, [DECIDES, WAITS]);
}

#[test]
fn the_script_of_the_readme_does_not_touch_what_it_cannot_tell() {
    let (run, calls) = run_example(&World::new(), r#"echo '{}' > "$record""#);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("do not touch it"), "{run:?}");
    assert_eq!(calls, [DECIDES]);
}
