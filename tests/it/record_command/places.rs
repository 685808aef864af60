//! The user's own place for process records.

use std::os::unix::process::CommandExt;
use std::process::Command;

use super::{PROGRAM, command, load, sleeper};
use crate::support::{KillOnDrop, NOBODY, Run, World, is_installed, is_root};

/// A user without an entry in passwd(5), and so without a home.
const UNKNOWN: u32 = 54_321;

#[test]
fn the_state_directory_is_the_place_without_a_runtime_directory() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    let mut sleep = Command::new("sleep");
    let child = KillOnDrop(sleep.arg("1000").uid(NOBODY).gid(NOBODY).spawn().unwrap());
    for (variable, directory) in [("HOME", "home/.local/state"), ("XDG_STATE_HOME", "home")] {
        std::fs::create_dir_all(world.path("home")).unwrap();
        let owned = Command::new("chown")
            .arg("65534")
            .arg(world.path("home"))
            .status();
        assert!(owned.unwrap().success());
        let mut record = world.command(&program);
        record
            .env_remove("XDG_RUNTIME_DIR")
            .env(variable, world.path("home"))
            .args([
                "record",
                "--service",
                "x",
                "--pid",
                &child.0.id().to_string(),
            ])
            .uid(NOBODY)
            .gid(NOBODY);
        let run = Run::of(&mut record);
        assert_eq!(run.code, Some(0), "{run:?}");
        let path = world.path(directory).join("rpctl/records/x.json");
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains("process-record"), "{text}");
    }
}

#[test]
fn root_records_where_no_login_ends() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let child = sleeper();
    let script = r#"mount -t tmpfs tmpfs /run || exit 99
        "$1" record --pid "$2" --service x >&2 && cat /run/rpctl/records/x.json"#;
    for runtime in [None, Some("/run/user/0"), Some("")] {
        let mut unshare = world.command("unshare");
        match runtime {
            Some(runtime) => unshare.env("XDG_RUNTIME_DIR", runtime),
            None => unshare.env_remove("XDG_RUNTIME_DIR"),
        };
        unshare.args(["--mount", "sh", "-c", script, "sh", PROGRAM]);
        let run = Run::of(unshare.arg(child.0.id().to_string()));
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(run.json()["process"]["pid"], child.0.id());
    }
}

#[test]
fn without_any_place_a_file_must_be_named() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    let mut sleep = Command::new("sleep");
    let child = KillOnDrop(sleep.arg("1000").uid(UNKNOWN).gid(UNKNOWN).spawn().unwrap());
    let mut record = world.command(&program);
    record
        .env_remove("XDG_RUNTIME_DIR")
        .env("HOME", "")
        .args(["record", "--pid", &child.0.id().to_string()])
        .uid(UNKNOWN)
        .gid(UNKNOWN);
    let run = Run::of(&mut record);
    super::assert_refused(&run, 2, &["--record PATH"]);
}

#[test]
fn a_named_file_is_the_place_whatever_the_service_is() {
    let world = World::new();
    let child = sleeper();
    let args = ["--service", "x", "--record", "a b.json"];
    let run = Run::of(&mut command(&world, &child, &args));
    assert_eq!(run.code, Some(0), "{run:?}");
    let path = world.path("a b.json");
    assert_eq!(load(&path).service_name.as_deref(), Some("x"));
    let next = format!("rpctl probe '{}'", path.display());
    assert!(run.text().contains(&next), "{run:?}");
}
