//! Files of the kernel as records, and the links of `/proc` that lead to real ones.

use std::fs::{File, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use serde_json::Value;

use crate::support::{Run, World, golden_file, is_root};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rpctl");

fn assert_refused(run: &Run, name: &str) {
    let document = run.json();
    assert_eq!(run.code, Some(8), "{document:#}");
    assert_eq!(document["error"]["kind"], "not_regular", "{document:#}");
    let message = document["error"]["message"].as_str().unwrap();
    let expected = format!("{name} is a pseudo file of the kernel");
    assert!(message.contains(&expected), "{message}");
}

/// Reading `/proc/kmsg` takes messages of the kernel from the system's log.
#[test]
fn a_file_that_the_kernel_makes_up_is_not_read() {
    let world = World::new();
    let link = world.path("link.json");
    symlink("/proc/uptime", &link).unwrap();
    for path in [
        Path::new("/proc/kmsg"),
        Path::new("/proc/self/status"),
        Path::new("/proc/sys/kernel/ostype"),
        Path::new("/sys/kernel/uevent_seqnum"),
        &*link,
    ] {
        for command in ["inspect-manifest", "probe"] {
            let run = world.rpctl([command.as_ref(), "--json".as_ref(), path.as_os_str()]);
            assert_refused(&run, path.to_str().unwrap());
        }
    }
}

#[test]
fn a_file_of_the_kernel_is_not_read_from_standard_input() {
    let world = World::new();
    let mut command = world.command(PROGRAM);
    command.args(["inspect-manifest", "--json", "-"]);
    let kernel = File::open("/proc/uptime").unwrap();
    assert_refused(&Run::of(command.stdin(kernel)), "standard input");
}

/// The text of such a link is no path for the file of a descriptor.
#[test]
fn the_links_of_proc_lead_to_the_files_that_are_open() {
    let world = World::new();
    let record = world.path("record.json");
    std::fs::copy(golden_file("sidecar-fixed.json"), &record).unwrap();
    let inspect = |path: &str| {
        let mut command = world.command(PROGRAM);
        command.args(["inspect-manifest", "--json", path]);
        Run::of(command.stdin(File::open(&record).unwrap()))
    };
    let findings = |run: &Run| {
        assert_eq!(run.code, Some(0), "{run:?}");
        run.json()["findings"].clone()
    };
    for path in [
        "/dev/stdin",
        "/proc/self/fd/0",
        "/dev/fd/0",
        "/proc/thread-self/fd/0",
        "/proc/self/cwd/record.json",
        "/proc/self/root/proc/self/cwd/record.json",
    ] {
        assert_eq!(findings(&inspect(path)), Value::Array(vec![]), "{path}");
    }
    if !is_root() {
        return;
    }
    let mode = Permissions::from_mode(0o777);
    std::fs::set_permissions(world.path(""), mode).unwrap();
    for path in ["/dev/stdin", "/proc/self/cwd/record.json"] {
        let findings = findings(&inspect(path));
        assert_eq!(findings[0]["finding"], "replaceable", "{path} {findings}");
    }
}

/// A private directory is worth as much as those above it.
#[test]
fn no_socket_is_put_below_the_directory_of_another() {
    if !is_root() {
        return;
    }
    let world = World::new();
    std::fs::create_dir_all(world.path("theirs/tmp")).unwrap();
    chown(world.path("theirs"), Some(4002), Some(4002)).unwrap();
    let mut command = world.command(PROGRAM);
    command
        .args(["spawn-self", "--json"])
        .env("TMPDIR", world.path("theirs/tmp"))
        .env("XDG_RUNTIME_DIR", world.path("theirs/tmp"));
    let run = Run::of(&mut command);
    assert_eq!(run.code, Some(9), "{run:?}");
    assert_eq!(run.json()["error"]["kind"], "directory_not_private");
}

/// Makes the way to the directory `way/tmp` one that another user can change.
type Spoil = fn(&Path);

/// Every command that makes a directory of its own there refuses to.
#[test]
fn a_way_that_others_can_change_leads_to_no_private_directory() {
    const SPOIL: [Spoil; 4] = [
        |_| {},
        |way| chown(way, Some(4002), None).unwrap(),
        |way| std::fs::set_permissions(way, Permissions::from_mode(0o777)).unwrap(),
        |way| {
            let real = way.with_file_name("real");
            std::fs::rename(way, &real).unwrap();
            symlink(&real, way).unwrap();
            std::os::unix::fs::lchown(way, Some(4002), None).unwrap();
        },
    ];
    if !is_root() {
        return;
    }
    for (spoil, is_safe) in SPOIL.into_iter().zip([true, false, false, false]) {
        for options in [&["--once"][..], &["--foreground"]] {
            let world = World::new();
            std::fs::create_dir_all(world.path("way/tmp")).unwrap();
            spoil(&world.path("way"));
            let mut command = world.command(PROGRAM);
            command.args(["spawn-self", "--json"]).args(options);
            command
                .env_remove("XDG_RUNTIME_DIR")
                .env("TMPDIR", world.path("way/tmp"));
            if is_safe {
                if options == ["--once"] {
                    assert_eq!(Run::of(&mut command).code, Some(0));
                }
                continue;
            }
            let run = Run::of(&mut command);
            assert_eq!(run.code, Some(9), "{options:?}: {run:?}");
            assert_eq!(run.json()["error"]["kind"], "directory_not_private");
            let entries = std::fs::read_dir(world.path("way/tmp")).unwrap();
            let names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            let is_test = |name: &std::ffi::OsString| name.to_str().unwrap().starts_with('.');
            assert!(!names.iter().any(is_test), "{names:?}");
        }
    }
}
