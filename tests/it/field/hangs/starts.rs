//! The start of a daemon, with the environment or the options on a mount that hangs.

use super::mount::HangingMount;
use super::server::Silence;
use crate::support::{Run, World};

/// A place of `spawn-self`, and how to choose it.
#[derive(Clone, Copy, Debug)]
enum Place {
    Variable(&'static str),
    Option(&'static str),
}

const PLACES: [Place; 6] = [
    Place::Variable("TMPDIR"),
    Place::Variable("XDG_RUNTIME_DIR"),
    Place::Variable("RUNNING_PROCESS_MANIFEST_DIR"),
    Place::Option("--endpoint"),
    Place::Option("--record"),
    Place::Option("--sidecar"),
];

/// Starts a daemon with one place on the mount. Its other files are elsewhere.
fn start(mount: &HangingMount, place: Place, mode: &str) -> Run {
    let mut command = mount.command(env!("CARGO_BIN_EXE_rpctl"));
    command.args(["spawn-self", "--json", "--idle-timeout", "30s", mode]);
    match place {
        Place::Variable(name) => {
            if name == "TMPDIR" {
                command.env_remove("XDG_RUNTIME_DIR");
            }
            command.env(name, mount.path(""));
        }
        Place::Option(name) => {
            command.arg(name).arg(mount.path("daemon.json"));
        }
    }
    Run::of(&mut command)
}

fn assert_names_the_mount(run: &Run, mount: &HangingMount, what: &str) {
    assert_eq!(run.code, Some(4), "{what}: {run:?}");
    let error = &run.json()["error"];
    assert_eq!(error["kind"], "file_system_hangs", "{what}: {run:?}");
    let message = error["message"].as_str().unwrap();
    let point = mount.path("");
    let point = point.to_str().unwrap().trim_end_matches('/');
    let hang = format!("the file system at {point} (fuse) does not answer");
    assert!(message.contains(&hang), "{what}: {message}");
    for wrong in ["is no record", "not a private directory"] {
        assert!(!message.contains(wrong), "{what}: {message}");
    }
    assert!(!error.to_string().contains("remove"), "{what}: {error}");
}

#[test]
fn a_start_names_the_hung_mount_of_each_place() {
    for silence in [Silence::Unread, Silence::Unanswered] {
        let Some(mount) = HangingMount::silent(silence) else {
            return;
        };
        for place in PLACES {
            for mode in ["--foreground", "--digest=sha256"] {
                let run = start(&mount, place, mode);
                assert_names_the_mount(&run, &mount, &format!("{silence:?} {place:?} {mode}"));
            }
        }
        let run = start(&mount, Place::Variable("TMPDIR"), "--once");
        assert_names_the_mount(&run, &mount, "--once");
        mount.end();
    }
}

/// The mount answers until a directory is opened, or something created there.
#[test]
fn a_start_on_a_mount_that_stops_to_answer_ends() {
    for silence in [Silence::Changes, Silence::Directories] {
        let Some(mount) = HangingMount::silent(silence) else {
            return;
        };
        for name in ["--endpoint", "--record", "--sidecar"] {
            let run = start(&mount, Place::Option(name), "--foreground");
            assert_names_the_mount(&run, &mount, &format!("{silence:?} {name}"));
        }
        mount.end();
    }
    let Some(mount) = HangingMount::silent(Silence::Changes) else {
        return;
    };
    let run = start(&mount, Place::Variable("TMPDIR"), "--once");
    assert_names_the_mount(&run, &mount, "--once");
    mount.end();
}

#[test]
fn a_file_that_hangs_when_read_is_not_to_be_removed() {
    let world = World::new();
    let file = world.path("daemon.json");
    std::fs::write(&file, "{}").unwrap();
    let Some(mut mount) = HangingMount::with(world, &[file]) else {
        return;
    };
    mount.fall(Silence::Content);
    for name in ["--record", "--sidecar"] {
        let run = start(&mount, Place::Option(name), "--foreground");
        assert_names_the_mount(&run, &mount, name);
    }
    mount.end();
}
