//! The completion scripts, each in its own shell. Debian, PyPI and npm have no
//! PowerShell, so its script is not tested.

use std::path::{Path, PathBuf};
use std::process::Command;

use rpctl::registry::Registry;
use serde_json::Value;

use crate::support::{Run, World, committed, is_installed, this_process};

/// The shells, and the file with the completions of each.
pub(crate) const COMPLETIONS: [(&str, &str); 6] = [
    ("bash", "rpctl.bash"),
    ("zsh", "_rpctl"),
    ("fish", "rpctl.fish"),
    ("powershell", "_rpctl.ps1"),
    ("elvish", "rpctl.elv"),
    ("nushell", "rpctl.nu"),
];

/// Returns a world whose registry has one version of a service and two of another.
fn world() -> World {
    let world = World::new();
    let registry = Registry::new(world.path("registry"));
    let daemon = this_process(&world.endpoint("absent"));
    for (name, version) in [("zccache", "1.2.3"), ("build", "1.0.0"), ("build", "1.1.0")] {
        let path = registry.service_path(name, version).unwrap();
        let service = (name.to_owned(), version.to_owned());
        let file = path.strip_prefix(world.path("")).unwrap();
        world.manifest(file.to_str().unwrap(), &daemon, |manifest| {
            (manifest.service_name, manifest.service_version) = service;
        });
    }
    world
}

fn record(world: &World, name: &str) -> String {
    let path = world.path("registry").join(name);
    path.to_str().unwrap().to_owned()
}

/// Returns the output of a shell that has the program in its `PATH`.
fn shell(world: &World, shell: &Path, args: &[&str], script: &str) -> Vec<String> {
    let name = shell.file_name().unwrap().to_str().unwrap();
    let (_, file) = COMPLETIONS
        .into_iter()
        .find(|(of, _)| of.starts_with(name))
        .unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_rpctl"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut directories: Vec<PathBuf> = vec![program.parent().unwrap().to_owned()];
    directories.extend(std::env::split_paths(&path));
    let mut command: Command = world.command(shell);
    command
        .args(args)
        .arg(script)
        .env("PATH", std::env::join_paths(directories).unwrap())
        .env("COMPLETIONS", committed("completions"))
        .env("SCRIPT", committed("completions").join(file))
        .env("TERM", "dumb");
    let run = Run::of(&mut command);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    run.text().lines().map(str::to_owned).collect()
}

/// Returns the candidates that the program offers a script for the last of the words.
fn answer(mut command: Command, words: &[&str]) -> Vec<String> {
    command
        .env("RPCTL_COMPLETE", "fish")
        .args(["--", "rpctl"])
        .args(words);
    let run = Run::of(&mut command);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    let value = |line: &str| line.split('\t').next().unwrap().to_owned();
    run.text().lines().map(value).collect()
}

fn program(world: &World) -> Command {
    world.command(env!("CARGO_BIN_EXE_rpctl"))
}

#[test]
fn services_and_records_come_from_the_registry() {
    let world = world();
    let services = answer(program(&world), &["kill", "--service", ""]);
    assert_eq!(services, ["build@1.0.0", "build@1.1.0", "zccache"]);
    let start = world.path("registry/b");
    let records = answer(program(&world), &["probe", start.to_str().unwrap()]);
    let names = ["build-1.0.0.pb", "build-1.1.0.pb"];
    assert_eq!(records, names.map(|name| record(&world, name)));
}

#[test]
fn signals_are_offered_by_their_short_names() {
    let world = world();
    for words in [&["signal", ""][..], &["shutdown", "--signal", ""]] {
        let signals = answer(program(&world), words);
        for name in ["HUP", "INT", "QUIT"] {
            assert!(signals.iter().any(|one| one == name), "{signals:?}");
        }
    }
    let graceful = answer(program(&world), &["shutdown", "--signal", "K"]);
    assert_eq!(graceful, [] as [&str; 0]);
}

#[test]
fn a_path_that_a_terminal_would_obey_is_not_offered() {
    let world = world();
    for name in ["zccache\n2.pb", "zccache\u{1b}[2J.pb", "zccache 3.pb"] {
        std::fs::write(world.path("registry").join(name), "").unwrap();
    }
    let start = world.path("registry/z");
    let names = ["zccache 3.pb", "zccache-1.2.3.pb"];
    for words in [
        &["probe"][..],
        &["probe", "--endpoint"],
        &["record", "--pid-file"],
        &["record", "--socket"],
        &["record", "--exe"],
        &["record", "--record"],
        &["spawn-self", "--record"],
        &["spawn-self", "--sidecar"],
        &["spawn-self", "--endpoint"],
    ] {
        let files = answer(
            program(&world),
            &[words, &[start.to_str().unwrap()]].concat(),
        );
        assert_eq!(files, names.map(|name| record(&world, name)), "{words:?}");
    }
}

#[test]
fn powershell_is_offered_no_path_that_it_would_evaluate() {
    let world = world();
    for name in ["zccache $(id).pb", "zccache;id.pb", "zccache`id`.pb"] {
        std::fs::write(world.path("registry").join(name), "").unwrap();
    }
    let start = world.path("registry/z");
    let mut command = program(&world);
    command.env("RPCTL_COMPLETE", "powershell").args([
        "--",
        "rpctl",
        "probe",
        start.to_str().unwrap(),
    ]);
    let offered = Run::of(&mut command);
    let plain = record(&world, "zccache-1.2.3.pb");
    assert_eq!(offered.text().trim_end(), plain, "{offered:?}");
}

#[test]
fn without_a_registry_no_service_is_offered() {
    let world = World::new();
    let mut command = program(&world);
    command
        .env_remove("RUNNING_PROCESS_MANIFEST_DIR")
        .env("HOME", "");
    assert!(answer(command, &["probe", "--service", ""]).is_empty());
}

#[test]
fn hidden_commands_and_options_are_not_offered() {
    let world = World::new();
    let commands = answer(program(&world), &[""]);
    assert!(commands.contains(&"list".to_owned()), "{commands:?}");
    assert!(!commands.contains(&"man".to_owned()), "{commands:?}");
    let options = answer(program(&world), &["spawn-self", "--"]);
    assert!(options.contains(&"--once".to_owned()), "{options:?}");
    assert!(!options.contains(&"--detach".to_owned()), "{options:?}");
}

#[test]
fn bash_completes_commands_services_and_records() {
    if !is_installed("bash") {
        return;
    }
    let world = world();
    let offers = |words: &str| {
        let script = format!(
            r#"
            source "$SCRIPT"
            complete -p rpctl | grep -q -e '-F _rpctl' || exit 9
            COMP_WORDS=({words}) COMP_CWORD=$(({count} - 1))
            _rpctl rpctl "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD - 1]}}"
            printf '%s\n' "${{COMPREPLY[@]}}"
            "#,
            count = words.split(' ').count()
        );
        let args = ["--noprofile", "--norc", "-c"];
        shell(&world, Path::new("bash"), &args, &script)
    };
    assert_eq!(offers("rpctl pro"), ["probe"]);
    assert_eq!(offers("rpctl probe --service zc"), ["zccache"]);
    let both = ["build@1.0.0", "build@1.1.0"];
    assert_eq!(offers("rpctl shutdown --service b"), both);
    let start = world.path("registry/z");
    let offered = offers(&format!("rpctl inspect-manifest {}", start.display()));
    assert_eq!(offered, [record(&world, "zccache-1.2.3.pb")]);
    assert_eq!(offers("rpctl probe --output js"), ["json"]);
    assert_eq!(offers("rpctl list --output n"), ["ndjson", "nagios"]);
    assert_eq!(offers("rpctl shutdown -o ''"), ["table", "json"]);
    assert_eq!(offers("rpctl spawn-self --output ''"), ["table", "json"]);
}

#[test]
fn fish_completes_commands_services_and_records() {
    if !is_installed("fish") {
        return;
    }
    let world = world();
    let offers = |line: &str| -> Vec<String> {
        let script = format!(r#"source "$SCRIPT"; complete --do-complete "{line}""#);
        let offers = shell(&world, Path::new("fish"), &["--no-config", "-c"], &script);
        let word = |line: &String| line.split('\t').next().unwrap().to_owned();
        offers.iter().map(word).collect()
    };
    assert_eq!(offers("rpctl pro"), ["probe"]);
    assert_eq!(offers("rpctl probe --service zc"), ["zccache"]);
    let both = ["build@1.0.0", "build@1.1.0"];
    assert_eq!(offers("rpctl kill --service b"), both);
    let start = world.path("registry/z");
    let offered = offers(&format!("rpctl kill {}", start.display()));
    assert_eq!(offered, [record(&world, "zccache-1.2.3.pb")]);
    assert_eq!(offers("rpctl probe --output js"), ["json"]);
}

/// zsh completes only in a terminal, which its module zpty provides.
#[test]
fn zsh_completes_commands_services_and_records() {
    if !is_installed("zsh") {
        return;
    }
    let world = world();
    let becomes = |line: &str| {
        let script = format!(
            r#"
            zmodload zsh/zpty
            zpty inner zsh -f -i
            zpty -w inner 'PS1= fpath=($COMPLETIONS $fpath); autoload -Uz compinit'
            zpty -w inner 'compinit -u -d ./dump'
            zpty -w inner 'rpctl() {{ (($+RPCTL_COMPLETE)) && command rpctl $@ || print -r "words=$#:$*=" }}'
            zpty -w -n inner $'{line}\t\nexit\n'
            zpty -r -m inner line '*words=<->:*=*'
            print -r -- ${{${{(M)${{(f)line}}:#*words=<->:*}}##*words=}}
            "#
        );
        let lines = shell(&world, Path::new("zsh"), &["-f", "-c"], &script);
        lines.concat().trim().to_owned()
    };
    assert_eq!(becomes("rpctl pro"), "1:probe=");
    assert_eq!(
        becomes("rpctl probe --service zc"),
        "3:probe --service zccache="
    );
    let start = world.path("registry/z");
    let zccache = record(&world, "zccache-1.2.3.pb");
    let line = format!("rpctl shutdown {}", start.display());
    assert_eq!(becomes(&line), format!("2:shutdown {zccache}="));
    assert_eq!(becomes("rpctl probe --output js"), "3:probe --output json=");
}

/// Without a terminal elvish has no editor: a map replaces it.
#[test]
fn elvish_completes_commands_services_and_records() {
    if !is_installed("elvish") {
        return;
    }
    let world = world();
    let offers = |words: &str| {
        let script = format!(
            r"
            var completion: = (ns [&arg-completer=[&]])
            var edit: = (ns [&completion:=$completion:])
            eval (slurp < $E:SCRIPT) &ns=(ns [&edit:=$edit:])
            $edit:completion:arg-completer[rpctl] {words}
            "
        );
        shell(&world, Path::new("elvish"), &["-norc", "-c"], &script)
    };
    assert_eq!(offers("rpctl pro"), ["probe"]);
    assert_eq!(offers("rpctl probe --service zc"), ["zccache"]);
    let both = ["build@1.0.0", "build@1.1.0"];
    assert_eq!(offers("rpctl kill --service b"), both);
    let start = record(&world, "z");
    let offered = offers(&format!("rpctl kill {start}"));
    assert_eq!(offered, [record(&world, "zccache-1.2.3.pb")]);
    std::fs::write(world.path("daemon.pb"), "").unwrap();
    assert_eq!(offers("rpctl kill ./dae"), ["./daemon.pb"]);
}

/// Without a terminal nushell completes in a file, for editors.
#[test]
fn nushell_completes_commands_services_and_records() {
    let Some(nu) = nushell() else { return };
    let world = world();
    let offers = |line: &str| -> Vec<String> {
        let script = std::fs::read_to_string(committed("completions/rpctl.nu")).unwrap();
        let text = format!("{script}\n{line}");
        let file = world.path("line.nu");
        std::fs::write(&file, &text).unwrap();
        let at = text.len().to_string();
        let args = ["--no-config-file", "--ide-complete", &at];
        let printed = shell(&world, &nu, &args, file.to_str().unwrap()).concat();
        let offers: Value = serde_json::from_str(&printed).unwrap();
        let offers = offers["completions"].as_array().unwrap();
        let word = |offer: &Value| offer.as_str().unwrap().trim().to_owned();
        offers.iter().map(word).collect()
    };
    assert_eq!(offers("rpctl pro"), ["probe"]);
    assert_eq!(offers("rpctl probe --service zc"), ["zccache"]);
    let both = ["build@1.0.0", "build@1.1.0"];
    assert_eq!(offers("rpctl kill --service b"), both);
    let start = world.path("registry/z");
    let offered = offers(&format!("rpctl kill {}", start.display()));
    assert_eq!(offered, [record(&world, "zccache-1.2.3.pb")]);
    assert_eq!(offers("rpctl probe --output js"), ["json"]);
}

/// Returns the path of nushell, which npm may have installed outside `PATH`.
fn nushell() -> Option<PathBuf> {
    match std::env::var_os("RPCTL_TEST_NU") {
        Some(path) => Some(path.into()),
        None => is_installed("nu").then(|| "nu".into()),
    }
}
