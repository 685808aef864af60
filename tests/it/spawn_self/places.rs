//! Where socket and record go: by default, when asked, and when it cannot be.

use std::fs::Permissions;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use super::{Hatched, Nest, assert_refused, hint, message};
use crate::support::{Run, is_root};

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn hatch(nest: &Nest, edit: impl FnOnce(&mut Command)) -> Hatched {
    let mut command = nest.spawning();
    edit(&mut command);
    Hatched::of(&Run::of(&mut command))
}

fn private(path: &Path, mode: u32) {
    std::fs::DirBuilder::new().mode(mode).create(path).unwrap();
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn the_socket_goes_below_the_runtime_directory_and_the_record_into_the_registry() {
    let nest = Nest::new();
    let daemon = nest.hatch([""; 0]);
    let socket = format!("run/rpctl/rpctl-self-{VERSION}.sock");
    let record = format!("registry/rpctl-self-{VERSION}.pb");
    assert_eq!(daemon.socket(), nest.path(&socket));
    assert_eq!(daemon.manifest(), nest.path(&record));
}

#[test]
fn without_a_private_runtime_directory_the_socket_goes_into_a_private_temporary_one() {
    let set = |value: Option<&str>| {
        let nest = Nest::new();
        private(&nest.path("shared"), 0o777);
        let value = value.map(|value| value.replace('@', nest.path("").to_str().unwrap()));
        let daemon = hatch(&nest, |command| {
            match &value {
                Some(value) => command.env("XDG_RUNTIME_DIR", value),
                None => command.env_remove("XDG_RUNTIME_DIR"),
            };
        });
        let user = nix::unistd::getuid();
        let expected = format!("tmp/rpctl-{user}/rpctl-self-{VERSION}.sock");
        assert_eq!(daemon.socket(), nest.path(&expected), "{value:?}");
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
    let nest = Nest::new();
    private(&nest.path("run"), 0o700);
    private(&nest.path("run/rpctl"), 0o777);
    let user = nix::unistd::getuid();
    private(&nest.path(&format!("tmp/rpctl-{user}")), 0o777);
    let run = nest.spawn_self([""; 0]);
    let document = assert_refused(&run, 9, "directory_not_private");
    assert!(hint(&document).contains("--endpoint"), "{document:#}");
    assert!(nest.files().is_empty());
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
        let nest = Nest::new();
        let value = value.replace('@', nest.path("").to_str().unwrap());
        let daemon = hatch(&nest, |command| {
            command.env_remove("RUNNING_PROCESS_MANIFEST_DIR");
            command.env(variable, value);
        });
        assert_eq!(daemon.manifest().parent().unwrap(), nest.path(expected));
    }
}

#[test]
fn a_user_without_a_home_has_no_registry_and_needs_none_for_a_record_elsewhere() {
    if !is_root() {
        return;
    }
    let nest = Nest::new();
    let mut command = nest.spawning_as_stranger();
    command
        .env_remove("RUNNING_PROCESS_MANIFEST_DIR")
        .env_remove("HOME");
    let run = Run::of(&mut command);
    let document = assert_refused(&run, 2, "no_registry");
    assert!(hint(&document).contains("--record"), "{document:#}");
    Hatched::of(&Run::of(command.args(["--record", "m.pb"])));
}

#[test]
fn an_unset_home_matters_only_where_the_registry_is_looked_for() {
    let nest = Nest::new();
    hatch(&nest, |command| {
        command.env_remove("HOME");
    });
}

#[test]
fn relative_paths_are_those_of_the_caller() {
    let nest = Nest::new();
    std::fs::create_dir(nest.path("here")).unwrap();
    let daemon = hatch(&nest, |command| {
        command.current_dir(nest.path("here"));
        command.args(["--endpoint", "s", "--record", "../m.json"]);
    });
    assert_eq!(daemon.socket(), nest.path("here/s"));
    nest.probe(&nest.path("m.json"))
        .assert_verdict(0, "verified", None);
}

#[test]
fn the_directory_of_the_registry_is_made_for_its_owner_alone() {
    let nest = Nest::new();
    let daemon = hatch(&nest, |command| {
        command.env("RUNNING_PROCESS_MANIFEST_DIR", nest.path("a/b"));
    });
    assert_eq!(daemon.manifest().parent().unwrap(), nest.path("a/b"));
    for directory in ["a", "a/b"] {
        let metadata = std::fs::metadata(nest.path(directory)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o700);
    }
    nest.probe(daemon.manifest())
        .assert_verdict(0, "verified", None);
}

#[test]
fn a_directory_that_was_named_is_not_made_but_what_makes_it_is_said() {
    for option in ["--endpoint", "--record", "--sidecar"] {
        for attached in [&[][..], &["--foreground"]] {
            let nest = Nest::new();
            let directory = nest.path("my own/dir");
            let path = directory.join("it");
            let mut command = nest.spawning();
            let run = Run::of(command.arg(option).arg(path).args(attached));
            let document = assert_refused(&run, 2, "place_unusable");
            let message = message(&document);
            assert!(message.contains("no directory"), "{document:#}");
            let make = format!("mkdir -p '{}'", directory.display());
            assert!(hint(&document).contains(&make), "{document:#}");
            assert!(!nest.path("my own").exists());
        }
    }
}

#[test]
fn a_path_too_long_for_a_socket_is_refused_with_the_limit_and_a_way_out() {
    let nest = Nest::new();
    let path = nest.path(&"x".repeat(108));
    let run = nest.spawn_self(["--endpoint", path.to_str().unwrap()]);
    let document = assert_refused(&run, 2, "endpoint_unusable");
    let message = message(&document);
    let length = path.to_str().unwrap().len();
    assert!(message.contains(&format!("{length} bytes")) && message.contains("at most 107"));
    assert!(hint(&document).contains("--endpoint"));
    assert!(nest.files().is_empty());
}

#[test]
fn the_longest_path_of_a_socket_is_served_and_probed() {
    let nest = Nest::new();
    let left = 107 - nest.path("").to_str().unwrap().len();
    let path = nest.path(&"x".repeat(left));
    let daemon = nest.hatch(["--endpoint", path.to_str().unwrap()]);
    assert_eq!(daemon.socket().to_str().unwrap().len(), 107);
    nest.probe(daemon.manifest())
        .assert_verdict(0, "verified", None);
}

#[test]
fn a_place_below_a_file_is_an_error_of_usage_and_nothing_stays() {
    for option in ["--endpoint", "--record", "--sidecar"] {
        let nest = Nest::new();
        std::fs::write(nest.path("file"), "").unwrap();
        let path = nest.path("file/below/it");
        let run = nest.spawn_self([option, path.to_str().unwrap()]);
        let document = assert_refused(&run, 2, "place_unusable");
        assert!(message(&document).contains("file/below"), "{document:#}");
        assert!(hint(&document).contains(option), "{document:#}");
        assert_eq!(nest.files(), [nest.path("file")]);
    }
}

#[test]
fn a_place_that_is_not_the_users_to_write_to_is_an_error_of_usage() {
    if !is_root() {
        return;
    }
    for option in ["--endpoint", "--record", "--sidecar"] {
        let nest = Nest::new();
        private(&nest.path("roots"), 0o755);
        let path = nest.path("roots/file");
        let mut command = nest.spawning_as_stranger();
        let run = Run::of(command.arg(option).arg(&path));
        let document = assert_refused(&run, 2, "place_unusable");
        assert!(message(&document).contains("roots"), "{document:#}");
        assert!(message(&document).contains("ermission denied"));
        assert!(hint(&document).contains(option), "{document:#}");
        assert_eq!(nest.files(), [nest.path("rpctl")]);
    }
}
