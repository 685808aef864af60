//! Who could have written a PID file, and files that are none.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use super::{NOBODY, daemon, probe, probe_sleep, run, write};
use crate::support::{World, check, is_root};

#[track_caller]
fn assert_distrusted(world: &World, path: &Path) {
    // The file may belong to another user than the process.
    let user = nix::unistd::geteuid().to_string();
    let options = ["--exe", "/bin/sleep", "--user", &user];
    let document = probe(world, path, &options).assert_verdict(0, "verified", Some("warnings"));
    assert_eq!(
        check(&document, "record")["outcome"],
        "warn",
        "{document:#}"
    );
    for command in ["shutdown", "kill"] {
        let refused = run(world, command, path, &options);
        assert_eq!(refused.code, Some(9), "{refused:?}");
    }
    let options = [&options[..], &["--trust-record", "--dry-run"]].concat();
    let accepted = run(world, "kill", path, &options);
    assert_eq!(accepted.code, Some(0), "{accepted:?}");
}

#[test]
fn a_file_that_everyone_may_write_is_not_trusted() {
    let world = World::new();
    let (_child, path) = daemon(&world);
    std::fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
    assert_distrusted(&world, &path);
}

#[test]
fn a_file_in_a_directory_of_everyone_is_not_trusted() {
    let world = World::new();
    let (_child, path) = daemon(&world);
    let public = world.path("public");
    std::fs::create_dir(&public).unwrap();
    std::fs::set_permissions(&public, Permissions::from_mode(0o777)).unwrap();
    let moved = public.join("daemon.pid");
    std::fs::rename(&path, &moved).unwrap();
    assert_distrusted(&world, &moved);
    // As in /tmp, none but the owner may replace the file.
    std::fs::set_permissions(&public, Permissions::from_mode(0o1777)).unwrap();
    probe_sleep(&world, &moved).assert_verdict(0, "verified", Some("pid_file"));
}

#[test]
fn a_file_of_another_user_is_not_trusted() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let (_child, path) = daemon(&world);
    chown(&path, Some(NOBODY), None).unwrap();
    assert_distrusted(&world, &path);
}

#[test]
fn a_first_line_that_is_no_pid_is_explained() {
    let world = World::new();
    for (text, why) in [
        ("", "the record is empty"),
        (" \n", "the record is empty"),
        (
            "nginx\n",
            "neither JSON nor a protobuf record of a daemon nor a PID file",
        ),
        (
            "0\n",
            r#"the first line is "0", and no process has the number 0"#,
        ),
        ("-812\n", r#"the first line is "-812", and it is negative"#),
        (
            "0x32c\n",
            r#"the first line is "0x32c", and it is not one decimal number"#,
        ),
        (
            "12 13\n",
            r#"the first line is "12 13", and it is not one decimal number"#,
        ),
        (
            "4194304\n",
            r#"the first line is "4194304", and it is too large for a process ID"#,
        ),
    ] {
        let path = write(&world, text);
        let run = probe(&world, &path, &[]);
        let document = run.assert_verdict(8, "invalid_record", Some("record_invalid"));
        assert_eq!(check(&document, "record")["detail"], why);
    }
}

#[test]
fn a_pid_file_is_inspected_and_has_no_other_form() {
    let world = World::new();
    let (child, path) = daemon(&world);
    let shown = run(&world, "inspect-manifest", &path, &[]);
    let document = shown.json();
    assert_eq!(shown.code, Some(0), "{document:#}");
    assert_eq!(document["record"]["pid"], child.0.id());
    assert_eq!(document["target"]["format"], "pid_file");
    for form in ["json", "protobuf", "sidecar"] {
        let converted = run(&world, "inspect-manifest", &path, &["--convert", form]);
        assert_eq!(converted.code, Some(2), "{converted:?}");
        let why = "the record is a PID file";
        assert!(converted.text().contains(why), "{converted:?}");
    }
}
