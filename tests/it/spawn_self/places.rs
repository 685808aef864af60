//! Where socket and record go: by default, when asked, and when it cannot be.

use std::fs::Permissions;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use super::{Fixture, Spawned, assert_refused, hint, message};
use crate::support::{Run, is_root};

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn spawn(fixture: &Fixture, edit: impl FnOnce(&mut Command)) -> Spawned {
    let mut command = fixture.spawning();
    edit(&mut command);
    Spawned::of(&Run::of(&mut command))
}

fn private(path: &Path, mode: u32) {
    std::fs::DirBuilder::new().mode(mode).create(path).unwrap();
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn socket_and_record_go_to_their_usual_places() {
    let fixture = Fixture::new();
    let daemon = fixture.spawn([""; 0]);
    let socket = format!("run/rpctl/rpctl-self-{VERSION}.sock");
    let record = format!("registry/rpctl-self-{VERSION}.pb");
    assert_eq!(daemon.socket(), fixture.path(&socket));
    assert_eq!(daemon.manifest(), fixture.path(&record));
}

#[test]
fn without_a_runtime_directory_the_socket_is_temporary() {
    let set = |value: Option<&str>| {
        let fixture = Fixture::new();
        private(&fixture.path("shared"), 0o777);
        let value = value.map(|value| value.replace('@', fixture.path("").to_str().unwrap()));
        let daemon = spawn(&fixture, |command| {
            match &value {
                Some(value) => command.env("XDG_RUNTIME_DIR", value),
                None => command.env_remove("XDG_RUNTIME_DIR"),
            };
        });
        let user = nix::unistd::getuid();
        let expected = format!("tmp/rpctl-{user}/rpctl-self-{VERSION}.sock");
        assert_eq!(daemon.socket(), fixture.path(&expected), "{value:?}");
    };
    for value in [
        None,
        Some(""),
        Some("run"),
        Some("@shared"),
        Some("/proc/no"),
    ] {
        set(value);
    }
}

#[test]
fn a_directory_that_others_can_write_to_is_not_used_by_default() {
    let fixture = Fixture::new();
    private(&fixture.path("run"), 0o700);
    private(&fixture.path("run/rpctl"), 0o777);
    let user = nix::unistd::getuid();
    private(&fixture.path(&format!("tmp/rpctl-{user}")), 0o777);
    let run = fixture.spawn_self([""; 0]);
    let document = assert_refused(&run, 9, "directory_not_private");
    assert!(hint(&document).contains("--endpoint"), "{document:#}");
    assert!(fixture.files().is_empty());
}

#[test]
fn the_registry_follows_the_settings_of_the_user() {
    for (variable, value, expected) in [
        ("RUNNING_PROCESS_MANIFEST_DIR", "relative", "relative"),
        ("XDG_DATA_HOME", "@data", "data/running-process/manifests"),
        (
            "XDG_DATA_HOME",
            "relative",
            ".local/share/running-process/manifests",
        ),
    ] {
        let fixture = Fixture::new();
        let value = value.replace('@', fixture.path("").to_str().unwrap());
        let daemon = spawn(&fixture, |command| {
            command.env_remove("RUNNING_PROCESS_MANIFEST_DIR");
            command.env(variable, value);
        });
        assert_eq!(daemon.manifest().parent().unwrap(), fixture.path(expected));
    }
}

#[test]
fn a_user_without_a_home_needs_no_registry() {
    if !is_root() {
        return;
    }
    let fixture = Fixture::new();
    let mut command = fixture.spawning_as_stranger();
    command
        .env_remove("RUNNING_PROCESS_MANIFEST_DIR")
        .env_remove("HOME");
    let run = Run::of(&mut command);
    let document = assert_refused(&run, 2, "no_registry");
    assert!(hint(&document).contains("--record"), "{document:#}");
    Spawned::of(&Run::of(command.args(["--record", "m.pb"])));
}

#[test]
fn an_unset_home_matters_only_where_the_registry_is_looked_for() {
    let fixture = Fixture::new();
    spawn(&fixture, |command| {
        command.env_remove("HOME");
    });
}

#[test]
fn relative_paths_are_those_of_the_caller() {
    let fixture = Fixture::new();
    std::fs::create_dir(fixture.path("here")).unwrap();
    let daemon = spawn(&fixture, |command| {
        command.current_dir(fixture.path("here"));
        command.args(["--endpoint", "s", "--record", "../m.json"]);
    });
    assert_eq!(daemon.socket(), fixture.path("here/s"));
    fixture
        .probe(&fixture.path("m.json"))
        .assert_verdict(0, "verified", None);
}

#[test]
fn the_directory_of_the_registry_is_made_for_its_owner_alone() {
    let fixture = Fixture::new();
    let daemon = spawn(&fixture, |command| {
        command.env("RUNNING_PROCESS_MANIFEST_DIR", fixture.path("a/b"));
    });
    assert_eq!(daemon.manifest().parent().unwrap(), fixture.path("a/b"));
    for directory in ["a", "a/b"] {
        let metadata = std::fs::metadata(fixture.path(directory)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o700);
    }
    fixture
        .probe(daemon.manifest())
        .assert_verdict(0, "verified", None);
}

#[test]
fn a_named_directory_is_not_made_but_hinted_at() {
    for option in ["--endpoint", "--record", "--sidecar"] {
        for attached in [&[][..], &["--foreground"]] {
            let fixture = Fixture::new();
            let directory = fixture.path("my own/dir");
            let path = directory.join("it");
            let mut command = fixture.spawning();
            let run = Run::of(command.arg(option).arg(path).args(attached));
            let document = assert_refused(&run, 2, "place_unusable");
            let message = message(&document);
            assert!(message.contains("no directory"), "{document:#}");
            let make = format!("mkdir -p '{}'", directory.display());
            assert!(hint(&document).contains(&make), "{document:#}");
            assert!(!fixture.path("my own").exists());
        }
    }
}

#[test]
fn a_refused_daemon_leaves_no_directory() {
    for attached in [&[][..], &["--foreground"]] {
        let fixture = Fixture::new();
        let record = fixture.path("it.json");
        std::fs::write(&record, "garbage").unwrap();
        let temporary = fixture.path("own-tmp");
        std::fs::create_dir(&temporary).unwrap();
        let mut command = fixture.spawning();
        command
            .env("TMPDIR", &temporary)
            .env_remove("XDG_RUNTIME_DIR");
        command.arg("--record").arg(&record).args(attached);
        assert_refused(&Run::of(&mut command), 9, "not_a_record");
        let left = std::fs::read_dir(&temporary).unwrap().count();
        assert_eq!(left, 0, "{attached:?}");
    }
}

#[test]
fn a_path_too_long_for_a_socket_is_refused_with_the_limit() {
    let fixture = Fixture::new();
    let path = fixture.path(&"x".repeat(108));
    let run = fixture.spawn_self(["--endpoint", path.to_str().unwrap()]);
    let document = assert_refused(&run, 2, "endpoint_unusable");
    let message = message(&document);
    let length = path.to_str().unwrap().len();
    assert!(message.contains(&format!("{length} bytes")) && message.contains("at most 107"));
    assert!(hint(&document).contains("--endpoint"));
    assert!(fixture.files().is_empty());
}

#[test]
fn the_longest_path_of_a_socket_is_served_and_probed() {
    let fixture = Fixture::new();
    let left = 107 - fixture.path("").to_str().unwrap().len();
    let path = fixture.path(&"x".repeat(left));
    let daemon = fixture.spawn(["--endpoint", path.to_str().unwrap()]);
    assert_eq!(daemon.socket().to_str().unwrap().len(), 107);
    fixture
        .probe(daemon.manifest())
        .assert_verdict(0, "verified", None);
}

#[test]
fn a_place_below_a_file_is_an_error_of_usage_and_nothing_stays() {
    for option in ["--endpoint", "--record", "--sidecar"] {
        let fixture = Fixture::new();
        std::fs::write(fixture.path("file"), "").unwrap();
        let path = fixture.path("file/below/it");
        let run = fixture.spawn_self([option, path.to_str().unwrap()]);
        let document = assert_refused(&run, 2, "place_unusable");
        assert!(message(&document).contains("file/below"), "{document:#}");
        assert!(hint(&document).contains(option), "{document:#}");
        assert_eq!(fixture.files(), [fixture.path("file")]);
    }
}

#[test]
fn a_place_that_cannot_be_written_is_an_error_of_usage() {
    if !is_root() {
        return;
    }
    for option in ["--endpoint", "--record", "--sidecar"] {
        let fixture = Fixture::new();
        private(&fixture.path("roots"), 0o755);
        let path = fixture.path("roots/file");
        let mut command = fixture.spawning_as_stranger();
        let run = Run::of(command.arg(option).arg(&path));
        let document = assert_refused(&run, 2, "place_unusable");
        assert!(message(&document).contains("roots"), "{document:#}");
        assert!(message(&document).contains("ermission denied"));
        assert!(hint(&document).contains(option), "{document:#}");
        assert_eq!(fixture.files(), [fixture.path("rpctl")]);
    }
}
