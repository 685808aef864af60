//! User namespaces, in which the users of the directories above have no ID.

use std::os::unix::fs::chown;
use std::path::Path;

use super::writers::{ANN, BOB, record_in};
use crate::support::{Run, World, is_installed, is_root, skipped};

/// In a user namespace without root, the root of the file system belongs to the overflow
/// user, as do the directories of every other user.
#[test]
fn in_a_user_namespace_the_systems_directories_are_trusted() {
    if !is_root() || !is_installed("unshare") || !is_installed("setpriv") {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    // The world itself would belong to root, who is unknown there.
    chown(world.path(""), Some(ANN), Some(ANN)).unwrap();
    let path = record_in(&world, (ANN, ANN), 0o755);
    let inside = |map: &str, path: &Path| {
        let mut command = world.command("setpriv");
        command
            .args([
                "--reuid=4001",
                "--regid=4001",
                "--clear-groups",
                "unshare",
                map,
            ])
            .arg(&program)
            .args(["inspect-manifest", "--json"])
            .arg(path);
        Run::of(&mut command)
    };
    for map in ["--map-root-user", "--map-current-user"] {
        let run = inside(map, &path);
        if run.stderr.contains("unshare") {
            return skipped("user namespaces are not for every user");
        }
        assert_eq!(
            run.json()["findings"].as_array().unwrap().len(),
            0,
            "{run:?}"
        );
    }
    // The directory of another user looks like one of root.
    std::fs::create_dir(world.path("theirs")).unwrap();
    std::fs::rename(&path, world.path("theirs/record.json")).unwrap();
    chown(world.path("theirs"), Some(BOB), Some(BOB)).unwrap();
    let run = inside("--map-root-user", &world.path("theirs/record.json"));
    let text = run.json()["findings"].to_string();
    assert!(text.contains("belongs to user ID 65534"), "{text}");
}

/// The users of a container without root: its root is user 100000 here, and those that follow
/// have an ID there.
const ROOT: u32 = 100_000;

/// Becomes root of such a container, and executes the arguments.
const CONTAINED: &str = r#"
import ctypes, os, sys
read, write = os.pipe()
if os.fork() == 0:
    os.read(read, 1)
    for name in "uid_map", "gid_map":
        with open(f"/proc/{os.getppid()}/{name}", "w") as file:
            file.write("0 100000 65536")
    os._exit(0)
if ctypes.CDLL(None).unshare(0x10000000):
    sys.exit("no unshare")
os.write(write, b"go")
os.wait()
os.setgroups([])
os.setresgid(0, 0, 0)
os.setresuid(0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"#;

#[test]
fn in_a_rootless_container_the_records_of_its_users_are_judged() {
    const USER: u32 = ROOT + 1000;
    if !is_root() || !is_installed("python3") {
        return;
    }
    let cases = [
        // Its root, who has the ID of the caller there.
        (ROOT, ROOT, 0o755, None),
        (USER, USER, 0o755, Some("belongs to user ID 1000")),
        (ROOT, USER, 0o755, None),
        (ROOT, USER, 0o775, Some("group ID 1000 can write")),
        // The root outside, and any other user there, are one and the same inside.
        (0, 0, 0o755, Some("belongs to user ID 65534")),
        (BOB, BOB, 0o755, Some("belongs to user ID 65534")),
    ];
    for (owner, group, mode, said) in cases {
        let world = World::new();
        world.open_to_all();
        chown(world.path(""), Some(ROOT), Some(ROOT)).unwrap();
        let record = record_in(&world, (owner, group), mode);
        let mut command = world.command("python3");
        command.args(["-c", CONTAINED]).arg(world.path("rpctl"));
        let run = Run::of(command.args(["inspect-manifest", "--json"]).arg(record));
        if run.stderr.contains("no unshare") {
            return skipped("user namespaces cannot be made here");
        }
        let findings = run.json()["findings"].to_string();
        match said {
            None => assert_eq!(findings, "[]", "{owner} {group}"),
            Some(said) => assert!(findings.contains(said), "{owner} {group}: {findings}"),
        }
    }
}
