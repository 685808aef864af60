//! Where there is nothing to report on, every format says so in its own way.

use roxmltree::Document;
use serde_json::Value;

use super::read;
use crate::support::{Run, World};

/// What there is to say: nothing is recorded here.
const SAID: &str = "no record is named, and ";

fn in_form(world: &World, form: &str, args: &[&str]) -> Run {
    world.rpctl(["-o", form].iter().chain(args))
}

#[test]
fn ndjson_has_the_error_on_a_line() {
    let run = in_form(&World::new(), "ndjson", &["probe"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert_eq!(run.text().lines().count(), 1);
    let document: Value = serde_json::from_str(run.text()).unwrap();
    assert_eq!(document["error"]["kind"], "no_target");
    assert!(run.stderr.contains(SAID), "{run:?}");
}

#[test]
fn junit_has_a_suite_with_an_error() {
    let run = in_form(&World::new(), "junit", &["probe"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    let xml = Document::parse(run.text()).unwrap();
    assert_eq!(xml.root_element().attribute("errors"), Some("1"));
    let error = xml
        .descendants()
        .find(|node| node.has_tag_name("error"))
        .unwrap();
    assert_eq!(error.attribute("type"), Some("no_target"));
    assert!(error.attribute("message").unwrap().starts_with(SAID));
    assert!(error.text().unwrap().starts_with("next: "), "{run:?}");
}

#[test]
fn a_plugin_is_unknown() {
    let run = in_form(&World::new(), "nagios", &["probe"]);
    let plugin = read::nagios(run.text());
    assert_eq!(
        (run.code, plugin.status.as_str()),
        (Some(3), "UNKNOWN"),
        "{run:?}"
    );
    assert!(plugin.said.starts_with(SAID), "{run:?}");
    assert_eq!(run.stderr, "");
}

#[test]
fn metrics_say_that_there_are_none() {
    let run = in_form(&World::new(), "prometheus", &["probe"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    let samples = read::prometheus(run.text());
    let values: Vec<(&str, f64)> = samples
        .iter()
        .map(|sample| (sample.name.as_str(), sample.value))
        .collect();
    assert_eq!(
        values,
        [
            ("rpctl_up", 0.0),
            ("rpctl_error", 1.0),
            ("rpctl_build_info", 1.0)
        ]
    );
    assert_eq!(samples[1].labels["kind"], "no_target");
}

#[test]
fn an_annotation_is_an_error() {
    let run = in_form(&World::new(), "github", &["probe"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    let annotations = read::github(run.text());
    assert_eq!(annotations.len(), 1, "{run:?}");
    assert_eq!(annotations[0].level, "error");
    assert!(annotations[0].message.starts_with(SAID), "{run:?}");
    assert_eq!(run.stderr, "");
}

const MISSPELT: [&str; 3] = ["probe", "--tiemout", "1s"];

#[test]
fn a_usage_error_is_json_if_json_is_asked_for() {
    let world = World::new();
    let message =
        "unexpected argument '--tiemout' found; tip: a similar argument exists: '--timeout'";
    let asked = |options: &[&str], variable: &str| {
        let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
        command.env("RPCTL_OUTPUT", variable);
        Run::of(command.args(MISSPELT).args(options))
    };
    for (options, variable) in [
        (&["--json"][..], ""),
        (&["-o", "json"], ""),
        (&["--output", "json"], ""),
        (&["--output=json"], ""),
        (&["-ojson"], ""),
        (&["-o=json"], ""),
        (&["-qojson"], ""),
        (&["-qo", "json"], ""),
        (&[], "json"),
        (&["--json"], "junit"),
    ] {
        let run = asked(options, variable);
        assert_eq!(run.code, Some(2), "{run:?}");
        let document = run.json();
        assert_eq!(document["error"]["kind"], "usage", "{document}");
        assert_eq!(document["error"]["message"], message);
    }
    for (options, variable) in [
        (&["-o", "table"][..], "json"),
        (&["--output=junit"], "json"),
        (&["-ojunit"], "json"),
        (&["--", "--json"], ""),
    ] {
        let run = asked(options, variable);
        assert_eq!((run.code, run.text()), (Some(2), ""), "{run:?}");
    }
}

#[test]
fn a_usage_error_in_any_other_format_is_text() {
    let world = World::new();
    for format in ["table", "ndjson", "junit", "nagios", "prometheus", "github"] {
        let run = world.rpctl([&MISSPELT[..], &["-o", format]].concat());
        assert_eq!((run.code, run.text()), (Some(2), ""), "{run:?}");
        let message = "error: unexpected argument '--tiemout' found";
        assert!(run.stderr.starts_with(message), "{run:?}");
    }
    // A plugin that was asked for before the error ends as one.
    let run = world.rpctl(["probe", "-o", "nagios", "--tiemout"]);
    assert_eq!((run.code, run.text()), (Some(3), ""), "{run:?}");
}

#[test]
fn an_invalid_command_line_may_still_name_its_command() {
    let world = World::new();
    for (args, command, hint) in [
        (
            &["probe", "--bogus"][..],
            Some("probe"),
            "rpctl probe --help",
        ),
        (&["--wide", "list", "x"], Some("list"), "rpctl list --help"),
        (
            &["kill", "--timeout", "x"],
            Some("kill"),
            "rpctl kill --help",
        ),
        (
            &["-o", "json", "prune", "--x"],
            Some("prune"),
            "rpctl prune --help",
        ),
        (&["--bogus"], None, "rpctl --help"),
        (&["porbe"], None, "rpctl --help"),
    ] {
        let document = world.rpctl([args, &["--json"]].concat()).json();
        assert_eq!(document["command"].as_str(), command, "{document}");
        let said = document["hints"][0].as_str().unwrap();
        assert!(said.starts_with(&format!("{hint} shows ")), "{document}");
    }
}

#[test]
fn a_usage_error_has_the_colours_asked_for_before_it() {
    let world = World::new();
    for (color, is_coloured) in [("never", false), ("always", true), ("auto", true)] {
        for args in [&["probe", "--bogus"][..], &["probe", "--help"]] {
            let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
            command.env("CLICOLOR_FORCE", "1");
            let run = Run::of(command.args(["--color", color]).args(args));
            let printed = run.text().to_owned() + &run.stderr;
            assert_eq!(
                printed.contains('\u{1b}'),
                is_coloured,
                "{color}: {printed:?}"
            );
        }
    }
    let run = world.rpctl(["probe", "--color=always", "--bogus"]);
    assert!(run.stderr.contains('\u{1b}'), "{run:?}");
}

#[test]
fn a_command_without_verdicts_refuses_the_forms_made_of_them() {
    let world = World::new();
    for form in ["ndjson", "junit", "nagios", "prometheus", "github"] {
        for args in [
            &["shutdown", "x"][..],
            &["kill", "x"],
            &["inspect-manifest", "x"],
            &["spawn-self", "--once"],
            &["completions", "bash"],
        ] {
            let command = args[0];
            let before = format!("rpctl: {command} has no output in the form {form}\n");
            let after = format!("error: invalid value '{form}' for '--output <FORMAT>'\n");
            for (run, said, offer) in [
                (in_form(&world, form, args), before, "--output table or"),
                (
                    world.rpctl([args, &["--output", form]].concat()),
                    after,
                    "[possible values: table, json]",
                ),
            ] {
                assert_eq!((run.code, run.text()), (Some(2), ""), "{run:?}");
                assert!(run.stderr.starts_with(&said), "{run:?}");
                assert!(run.stderr.contains(offer), "{run:?}");
            }
        }
    }
}

#[test]
fn an_empty_variable_is_no_setting_and_a_wrong_one_is_named() {
    let world = World::new();
    let run = |variable: &str, value: &str, args: &[&str]| {
        let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
        Run::of(command.env(variable, value).args(args))
    };
    for variable in ["RPCTL_OUTPUT", "RPCTL_RECORD", "RPCTL_DIGEST_CACHE"] {
        let listed = run(variable, "", &["list"]);
        assert_eq!(listed.code, Some(0), "{variable}: {listed:?}");
        let probed = run(variable, "", &["probe"]);
        assert!(probed.stderr.contains(SAID), "{variable}: {probed:?}");
        // What is wrong with a command line is still that.
        let misspelt = run(variable, "", &["probe", "--tiemout"]);
        let said = "unexpected argument '--tiemout'";
        assert!(misspelt.stderr.contains(said), "{variable}: {misspelt:?}");
    }
    assert!(!world.path(".cache").exists());

    let wrong = run("RPCTL_OUTPUT", "yaml", &["list"]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    let said = "invalid value 'yaml' for 'RPCTL_OUTPUT'";
    assert!(wrong.stderr.contains(said), "{wrong:?}");
    assert!(!wrong.stderr.contains("--output"), "{wrong:?}");
    // The command line counts before it, right or wrong.
    for form in [&["-o", "json"][..], &["--json"]] {
        let asked = run("RPCTL_OUTPUT", "yaml", &[&["list"], form].concat());
        assert_eq!(asked.code, Some(0), "{asked:?}");
    }
    let asked = run("RPCTL_OUTPUT", "yaml", &["list", "-o", "yaml"]);
    assert!(
        asked.stderr.contains("for '--output <FORMAT>'"),
        "{asked:?}"
    );
}

#[test]
fn a_format_from_the_environment_applies_where_it_exists() {
    let world = World::new();
    let run = |form: &str, args: &[&str]| {
        let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
        Run::of(command.env("RPCTL_OUTPUT", form).args(args))
    };
    let probed = run("junit", &["probe", "x.json"]);
    assert!(probed.text().starts_with("<?xml "), "{probed:?}");
    let stopped = run("junit", &["shutdown", "x.json"]);
    assert_eq!(stopped.code, Some(8), "{stopped:?}");
    assert!(
        stopped.text().contains("nothing was signalled"),
        "{stopped:?}"
    );
    let misspelt = run("junit", &["shutdown", "--tiemout"]);
    assert_eq!(
        (misspelt.code, misspelt.text()),
        (Some(2), ""),
        "{misspelt:?}"
    );
    assert_eq!(run("json", &["shutdown", "x.json"]).json()["exit_code"], 8);
    let asked = run("junit", &["shutdown", "x.json", "--json"]);
    assert_eq!(asked.json()["exit_code"], 8);
}
