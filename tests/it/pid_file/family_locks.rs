//! Locks on a PID file that a parent or a child of the process holds.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::locks::{locker, take_lock};
use super::{daemon, date, probe, run, write};
use crate::support::{KillOnDrop, World, before_boot_ms, before_start_ms, check, is_installed};

/// A supervisor may lock the file of its daemon, and a daemon leave its lock to a child.
#[test]
fn the_lock_of_a_parent_speaks_against_no_process() {
    let world = World::new();
    // A lock of a process would end with any descriptor of the file that this one closes.
    for kind in ["description", "flock"] {
        let (_child, path) = daemon(&world);
        let file = File::options().write(true).open(&path).unwrap();
        let _held = take_lock(&file, kind);
        let required = ["--exe", "/bin/sleep"];
        let found = probe(&world, &path, &required);
        found.assert_verdict(0, "verified", Some("pid_file"));
        let found = run(
            &world,
            "kill",
            &path,
            &[&required[..], &["--dry-run"]].concat(),
        );
        let document = found.json();
        assert_eq!(found.code, Some(0), "{document:#}");
        assert_family(&document, std::process::id());
    }
}

/// Asserts that a report names the process of the family that holds the lock.
#[track_caller]
fn assert_family(document: &Value, holder: u32) {
    let peer = check(document, "peer");
    assert_eq!(peer["outcome"], "skip", "{peer}");
    let actual = peer["actual"].as_str().unwrap();
    assert!(actual.starts_with(&format!("PID {holder} (")), "{peer}");
    let detail = peer["detail"].as_str().unwrap();
    assert!(detail.contains("of its family"), "{peer}");
}

/// Starts a process whose child has locked the file, with the number of the parent in it. Returns
/// it and the PID of the child.
fn parent_of_locker(world: &World, kind: &str) -> Option<(KillOnDrop, u32, PathBuf)> {
    let path = write(world, "1\n");
    let mut parent = world.command("python3");
    parent.args(["-c", PARENT, kind, path.to_str().unwrap()]);
    let parent = is_installed("python3").then(|| locker(parent))?;
    let child = std::fs::read_to_string(world.path("child")).unwrap();
    Some((parent, child.trim().parse().unwrap(), path))
}

/// Gives the lock on its file to its child, as a master that leaves it to its worker does.
const PARENT: &str = r#"
import fcntl, os, signal, sys
kind, path = sys.argv[1:]
file = open(path, "w")
ready, done = os.pipe()
child = os.fork()
if child == 0:
    lock = fcntl.lockf if kind == "posix" else fcntl.flock
    lock(file, fcntl.LOCK_EX)
    os.write(done, b"x")
    # It ends with its parent.
    os.close(done)
    sys.stdin.read()
    os._exit(0)
os.read(ready, 1)
file.write("%d\n" % os.getpid())
file.flush()
file.close()
with open("child", "w") as note: note.write("%d" % child)
print("\nlocked", flush=True)
signal.pause()
"#;

/// The clock was set since it has written the file, or its number was reused by another process of
/// the family.
#[test]
fn a_lock_of_its_child_outweighs_the_times_of_the_file() {
    let world = World::new();
    for kind in ["posix", "flock"] {
        let Some((parent, child, path)) = parent_of_locker(&world, kind) else {
            return;
        };
        assert_in_use(&world, parent.0.id(), child, &path);
    }
}

/// Asserts that no time of a file proves the end of a process whose child has locked it, and that
/// this lock is no proof for a signal.
#[track_caller]
fn assert_in_use(world: &World, parent: u32, child: u32, path: &Path) {
    let own = std::fs::read_link(format!("/proc/{parent}/exe")).unwrap();
    let required = ["--exe", own.to_str().unwrap()];
    for (time, reason) in [
        (before_start_ms(parent), "younger_process"),
        (before_boot_ms(), "time_unusable"),
    ] {
        date(path, time);
        for options in [&[][..], &required] {
            let found = probe(world, path, options);
            let document = found.assert_verdict(4, "indeterminate", Some(reason));
            assert_family(&document, child);
        }
        for command in ["shutdown", "kill", "signal"] {
            let signal = ["HUP"];
            let signal = if command == "signal" {
                &signal[..]
            } else {
                &[]
            };
            let options = [signal, &required].concat();
            let refused = run(world, command, path, &options);
            refused.assert_verdict(4, "indeterminate", Some(reason));
        }
        let other = probe(world, path, &["--exe", "/bin/sleep"]);
        other.assert_verdict(5, "mismatch", Some("path_mismatch"));
    }
}

#[test]
fn a_lock_of_its_child_is_no_proof_of_a_process() {
    let world = World::new();
    for kind in ["posix", "flock"] {
        let Some((_parent, _child, path)) = parent_of_locker(&world, kind) else {
            return;
        };
        let found = probe(&world, &path, &[]);
        found.assert_verdict(4, "indeterminate", Some("pid_file_only"));
        for options in [&[][..], &["--user", "nobody"]] {
            let refused = run(&world, "kill", &path, options);
            assert!([4, 5].contains(&refused.code.unwrap()), "{refused:?}");
        }
        let user = std::fs::metadata(&path).unwrap().uid().to_string();
        let refused = run(&world, "kill", &path, &["--user", &user]);
        assert_eq!(refused.code, Some(9), "{refused:?}");
    }
}
