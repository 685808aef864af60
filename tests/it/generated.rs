//! The committed files that are made from the argument definitions.
//!
//! With `RPCTL_UPDATE_GENERATED` set they are written anew.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::support::{Run, World, is_installed};

/// Each shell, and the file with its completions.
const COMPLETIONS: [(&str, &str); 6] = [
    ("bash", "rpctl.bash"),
    ("zsh", "_rpctl"),
    ("fish", "rpctl.fish"),
    ("powershell", "_rpctl.ps1"),
    ("elvish", "rpctl.elv"),
    ("nushell", "rpctl.nu"),
];

fn committed(directory: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)
}

/// The names of the files in a directory of this repository.
fn names(directory: &str) -> BTreeSet<String> {
    std::fs::read_dir(committed(directory))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// Assert that a committed file is what the program prints now, or make it so.
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
            "{} is not what rpctl {} prints; write it anew with \
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
fn every_command_of_the_help_has_a_page_with_examples() {
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
    }
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

/// What a shell offers for `rpctl pro`. PowerShell and nushell are in no Debian
/// package, and so not among those that are tried.
fn completed(shell: &str, args: &[&str], script: &str) -> Vec<String> {
    let world = World::new();
    let (_, file) = COMPLETIONS
        .into_iter()
        .find(|(name, _)| *name == shell)
        .unwrap();
    let mut command = world.command(shell);
    command
        .args(args)
        .arg(script)
        .env("COMPLETIONS", committed("completions"))
        .env("SCRIPT", committed("completions").join(file))
        .env("TERM", "dumb");
    let run = Run::of(&mut command);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    run.text().lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_a_command() {
    if !is_installed("bash") {
        return;
    }
    let script = r#"
        source "$SCRIPT"
        complete -p rpctl | grep -q -e '-F _rpctl' || exit 9
        COMP_WORDS=(rpctl pro) COMP_CWORD=1
        _rpctl rpctl pro rpctl
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let args = ["--noprofile", "--norc", "-c"];
    assert_eq!(completed("bash", &args, script), ["probe"]);
}

#[test]
fn fish_completes_a_command() {
    if !is_installed("fish") {
        return;
    }
    let script = r#"source "$SCRIPT"; complete --do-complete "rpctl pro""#;
    let offers = completed("fish", &["--no-config", "-c"], script);
    let words: Vec<&str> = offers
        .iter()
        .filter_map(|line| line.split('\t').next())
        .collect();
    assert_eq!(words, ["probe"]);
}

/// zsh completes only in a terminal of its own, which its module zpty gives it.
#[test]
fn zsh_completes_a_command() {
    if !is_installed("zsh") {
        return;
    }
    let script = r#"
        zmodload zsh/zpty
        zpty inner zsh -f -i
        zpty -w inner 'PS1= fpath=($COMPLETIONS $fpath); autoload -Uz compinit'
        zpty -w inner 'compinit -u -d ./dump; rpctl() { print -r "words=$#:$*=" }'
        zpty -w -n inner $'rpctl pro\t\nexit\n'
        zpty -r -m inner line '*words=1:*=*'
        print -r -- ${${(M)${(f)line}:#*words=1:*}##*words=}
    "#;
    let offers = completed("zsh", &["-f", "-c"], script);
    assert_eq!(offers.concat().trim(), "1:probe=");
}

/// Outside a terminal elvish has no editor; what the script uses of one is put in
/// its place. The script offers all commands, and the editor chooses among them.
#[test]
fn elvish_completes_a_command() {
    if !is_installed("elvish") {
        return;
    }
    let script = r#"
        use str
        var candidate~ = {|text &display=""| put $text }
        var completion: = (ns [&arg-completer=[&]])
        var edit: = (ns [&completion:=$completion: &complex-candidate~=$candidate~])
        eval (slurp < $E:SCRIPT) &ns=(ns [&edit:=$edit:])
        for word [($edit:completion:arg-completer[rpctl] rpctl pro)] {
            if (str:has-prefix $word pro) { echo $word }
        }
    "#;
    assert_eq!(completed("elvish", &["-norc", "-c"], script), ["probe"]);
}
