//! The file that is written, and the file that was there before.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use super::{PROGRAM, assert_refused, load, place, record, sleeper};
use crate::support::{Run, World, is_installed, is_root};

/// Returns the names in a directory, sorted.
fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_record_is_private_and_so_are_new_directories() {
    let world = World::new();
    let child = sleeper();
    let path = world.path("new/er/a.json");
    let run = record(&world, &child, &["--record", "new/er/a.json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().mode() & 0o7777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&world.path("new/er")), 0o700);
    assert_eq!(mode(&world.path("new")), 0o700);
    assert_eq!(names(&world.path("new/er")), ["a.json"]);
}

#[test]
fn the_record_of_a_living_process_is_replaced_only_on_demand() {
    let world = World::new();
    let (old, new) = (sleeper(), sleeper());
    let args = ["--service", "x"];
    assert_eq!(record(&world, &old, &args).code, Some(0));
    let path = place(&world, "x");
    let again = record(&world, &old, &args);
    assert_refused(
        &again,
        9,
        &["this process is recorded already", "--replace"],
    );
    let refused = record(&world, &new, &args);
    let runs = format!("runs: PID {}", old.0.id());
    assert_refused(&refused, 9, &[&runs, "--replace"]);
    assert_eq!(load(&path).process.pid, old.0.id());
    let run = record(&world, &new, &["--service", "x", "--replace"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(load(&path).process.pid, new.0.id());
}

#[test]
fn the_record_of_a_process_that_has_gone_is_replaced() {
    let world = World::new();
    let old = sleeper();
    assert_eq!(record(&world, &old, &["--service", "x"]).code, Some(0));
    drop(old);
    let new = sleeper();
    let run = record(&world, &new, &["--service", "x"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(load(place(&world, "x")).process.pid, new.0.id());
}

#[test]
fn the_record_of_another_host_is_replaced_only_on_demand() {
    let world = World::new();
    let child = sleeper();
    assert_eq!(record(&world, &child, &["--record", "x"]).code, Some(0));
    let path = world.path("x");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
    document["host"]["machine_id"] = "0123456789abcdef0123456789abcdef".into();
    document["host"]["boot_id"] = "01234567-89ab-4cde-8f01-23456789abcd".into();
    std::fs::write(&path, document.to_string()).unwrap();
    let run = record(&world, &child, &["--record", "x"]);
    assert_refused(&run, 9, &["may run", "--replace"]);
    let run = record(&world, &child, &["--record", "x", "--replace"]);
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn a_file_that_is_no_process_record_is_never_replaced() {
    let world = World::new();
    let child = sleeper();
    for content in [
        "a letter",
        "{}",
        r#"{"media_type":"application/vnd.rpctl.process-record.v2+json"}"#,
    ] {
        std::fs::write(world.path("x"), content).unwrap();
        for args in [&["--record", "x"][..], &["--record", "x", "--replace"]] {
            let run = record(&world, &child, args);
            assert_refused(&run, 9, &["is not a process record", "never replaced"]);
        }
        assert_eq!(std::fs::read_to_string(world.path("x")).unwrap(), content);
    }
    for other in [".", "/dev/null"] {
        let run = record(&world, &child, &["--record", other, "--replace"]);
        assert_ne!(run.code, Some(0), "{run:?}");
    }
    // An empty file is lost to no reader: mktemp(1) makes one.
    std::fs::write(world.path("x"), "").unwrap();
    let run = record(&world, &child, &["--record", "x"]);
    assert_eq!(run.code, Some(0), "{run:?}");
}

/// Runs a script in a mount namespace, with the program as `$1`, a PID as `$2`, and a
/// directory of this world on a file system with these options.
fn on_disk(world: &World, options: &str, script: &str) -> Option<Run> {
    if !is_root() || !is_installed("unshare") {
        return None;
    }
    let child = sleeper();
    std::fs::create_dir(world.path("disk")).unwrap();
    let mut command = world.command("unshare");
    command.args(["--mount", "sh", "-c"]);
    command.arg(format!(
        "mount -t tmpfs -o {options} tmpfs disk || exit 99; {script}"
    ));
    command.args(["sh", PROGRAM, &child.0.id().to_string()]);
    Some(Run::of(&mut command))
}

#[test]
fn nothing_is_left_on_a_disk_that_is_full() {
    let script = r#"dd if=/dev/zero of=disk/fill bs=4k count=99 2>/dev/null
        "$1" record --pid "$2" --record disk/a; code=$?; ls -A disk; exit $code"#;
    if let Some(run) = on_disk(&World::new(), "size=64k", script) {
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.stderr.contains("next: make room"), "{run:?}");
        assert_eq!(run.text(), "fill\n");
    }
}

#[test]
fn a_place_that_cannot_be_written_is_a_usage_error() {
    let script = r#""$1" record --pid "$2" --record disk/a; code=$?; ls -A disk; exit $code"#;
    if let Some(run) = on_disk(&World::new(), "ro", script) {
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains("with --record"), "{run:?}");
        assert_eq!(run.text(), "");
    }
}

#[test]
fn nothing_is_left_if_a_file_may_not_grow() {
    let world = World::new();
    let child = sleeper();
    let mut command = world.command("sh");
    let script =
        r#"ulimit -f 0; "$1" record --pid "$2" --record d/a; code=$?; ls -A d; exit $code"#;
    command.args(["-c", script, "sh", PROGRAM, &child.0.id().to_string()]);
    let run = Run::of(&mut command);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(run.text(), "", "{run:?}");
}

#[test]
fn a_record_that_others_could_replace_is_written_with_a_warning() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let child = sleeper();
    std::fs::create_dir(world.path("theirs")).unwrap();
    let owned = Command::new("chown")
        .arg("65534")
        .arg(world.path("theirs"))
        .status();
    assert!(owned.unwrap().success());
    let run = record(&world, &child, &["--record", "theirs/a"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr.contains("others could replace this record"),
        "{run:?}"
    );
}
