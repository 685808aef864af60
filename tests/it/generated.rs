//! The committed files that are generated from the argument definitions.
//!
//! If `RPCTL_UPDATE_GENERATED` is set, they are updated.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;

use crate::completions::COMPLETIONS;
use crate::support::{Run, World, committed, is_installed};

/// Returns the names of the files in a directory of this repository.
fn names(directory: &str) -> BTreeSet<String> {
    std::fs::read_dir(committed(directory))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// Asserts that a committed file equals the output of the program, or updates it.
#[track_caller]
fn assert_current(file: &Path, args: &[&str]) {
    let run = World::new().rpctl(args);
    assert_eq!(run.code, Some(0), "{run:?}");
    let is_current = std::fs::read(file).is_ok_and(|committed| committed == run.stdout);
    if std::env::var_os("RPCTL_UPDATE_GENERATED").is_some() {
        if !is_current {
            std::fs::write(file, &run.stdout).unwrap();
        }
    } else {
        assert!(
            is_current,
            "{} is not the output of rpctl {}; update it with \
             RPCTL_UPDATE_GENERATED=1 cargo test --test it generated",
            file.display(),
            args.join(" ")
        );
    }
}

#[test]
fn the_committed_files_are_what_the_definitions_give() {
    for (shell, file) in COMPLETIONS {
        let file = committed("completions").join(file);
        assert_current(&file, &["completions", shell]);
    }
    let files = COMPLETIONS.map(|(_, file)| file.to_owned());
    assert_eq!(names("completions"), files.into());

    let pages = World::new().rpctl(["man"]);
    let pages: BTreeSet<String> = pages.text().lines().map(str::to_owned).collect();
    for page in &pages {
        assert_current(&committed("man").join(page), &["man", page]);
    }
    let is_generated = |name: &String| name.ends_with(".1");
    let generated: BTreeSet<String> = names("man").into_iter().filter(is_generated).collect();
    assert_eq!(generated, pages);
}

#[test]
fn every_command_has_examples_in_its_page_and_long_help() {
    let world = World::new();
    let help = world.rpctl(["--help"]);
    let (_, commands) = help.text().split_once("Commands:\n").unwrap();
    let (commands, _) = commands.split_once("\n\n").unwrap();
    for line in commands.lines() {
        let command = line.split_whitespace().next().unwrap();
        if command == "help" {
            continue;
        }
        let run = world.rpctl(["man", &format!("rpctl-{command}.1")]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.text().contains("\n.SH EXAMPLES\n"), "{command}");
        let has_examples = |option| {
            let help = world.rpctl([command, option]);
            help.text().contains("\nExamples:\n")
        };
        assert!(has_examples("--help") && !has_examples("-h"), "{command}");
    }
}

#[test]
fn what_the_help_does_not_show_is_not_suggested() {
    let run = World::new().rpctl(["--json"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("probe, "), "{}", run.stderr);
    assert!(!run.stderr.contains("man,"), "{}", run.stderr);
}

#[test]
fn mandoc_finds_nothing_wrong_with_the_pages() {
    if !is_installed("mandoc") {
        return;
    }
    let pages: Vec<OsString> = names("man")
        .iter()
        .map(|name| committed("man").join(name).into())
        .collect();
    assert!(pages.len() > 2, "{pages:?}");
    let mut command = World::new().command("mandoc");
    command.args(["-T", "lint", "-W", "warning"]).args(pages);
    let run = Run::of(command.current_dir("/"));
    assert_eq!((run.code, run.text()), (Some(0), ""), "{}", run.stderr);
}
