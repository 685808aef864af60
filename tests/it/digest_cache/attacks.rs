//! A wrong executable, or a wrong memory of one, is not taken for the right one.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rpctl::DaemonProcess;
use rpctl::digest_cache::DigestCache;
use serde_json::Value;

use super::fixture::{
    assert_wrong_digest, content, edit, file, forged, is_cached, keeping, probe, settle,
    settled_program, world,
};
use crate::support::{
    Daemon, Run, World, copy_program, is_installed, is_root, resize_program, skipped,
};

/// A record of `daemon` with the digest of the executable it had `before`.
fn record_with_old_digest(world: &World, daemon: &Daemon, before: &DaemonProcess) -> Run {
    let claim = DaemonProcess {
        exe_digest: before.exe_digest,
        ..daemon.identity.clone()
    };
    probe(world, &world.sidecar("claim.json", &claim))
}

#[test]
fn a_file_put_in_the_place_of_another_is_hashed() {
    let Some(world) = world() else { return };
    let program = settled_program(&world, "program");
    let mut daemon = Daemon::start_program(&world, &program);
    let before = daemon.identity.clone();
    probe(&world, daemon.record());
    assert!(is_cached(&probe(&world, daemon.record())));
    daemon.kill();

    let other = settled_program(&world, "other");
    resize_program(&other, "+1");
    std::fs::rename(&other, &program).unwrap();
    let daemon = Daemon::start_program(&world, &program);
    let run = record_with_old_digest(&world, &daemon, &before);
    assert_wrong_digest(&run);
}

#[test]
fn a_file_modified_in_place_with_its_times_set_back_is_hashed() {
    let Some(world) = world() else { return };
    let program = settled_program(&world, "program");
    let mut daemon = Daemon::start_program(&world, &program);
    let before = daemon.identity.clone();
    probe(&world, daemon.record());
    assert!(is_cached(&probe(&world, daemon.record())));
    daemon.kill();

    let original = std::fs::metadata(&program).unwrap();
    // Another process writes: see `copy_program`.
    let modify = r#"printf x | dd of="$1" bs=1 seek="$(($(stat -c %s "$1") - 1))" conv=notrunc status=none
        touch -d "@$2" "$1""#;
    let time = format!("{}.{:09}", original.mtime(), original.mtime_nsec());
    let modified = Command::new("sh")
        .args(["-ec", modify, "sh"])
        .arg(&program)
        .arg(time)
        .status();
    assert!(modified.unwrap().success());
    settle(&program);
    let known = |metadata: &std::fs::Metadata| {
        (
            (metadata.dev(), metadata.ino(), metadata.size()),
            (metadata.mtime(), metadata.mtime_nsec()),
        )
    };
    assert_eq!(
        known(&original),
        known(&std::fs::metadata(&program).unwrap())
    );

    let daemon = Daemon::start_program(&world, &program);
    assert_ne!(daemon.identity.exe_digest, before.exe_digest);
    let run = record_with_old_digest(&world, &daemon, &before);
    assert_wrong_digest(&run);
}

#[test]
fn a_digest_from_before_the_clock_was_set_back_is_not_used() {
    let Some(world) = world() else { return };
    let daemon = Daemon::start_program(&world, &settled_program(&world, "program"));
    probe(&world, daemon.record());
    edit(&world, |document| {
        let at = &mut document["entries"][0]["at"]["unix_ns"];
        *at = (at.as_i64().unwrap() + 3_600_000_000_000).into();
    });
    assert!(!is_cached(&probe(&world, daemon.record())));
    assert!(is_cached(&probe(&world, daemon.record())));
}

#[test]
fn a_digest_from_another_clock_since_boot_is_not_used() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let Some(world) = world() else { return };
    let daemon = Daemon::start_program(&world, &settled_program(&world, "program"));
    probe(&world, daemon.record());
    assert!(is_cached(&probe(&world, daemon.record())));
    let mut command = world.command("unshare");
    command
        .args(["--time", "--boottime", "3600", "--fork"])
        .arg(env!("CARGO_BIN_EXE_rpctl"))
        .args(["probe", "--json", "--timeout", "30s", "--digest-cache"])
        .arg(daemon.record());
    assert!(!is_cached(&Run::of(&mut command)));
}

#[test]
fn a_digest_of_another_boot_is_not_used() {
    let Some(world) = world() else { return };
    let daemon = Daemon::start_program(&world, &settled_program(&world, "program"));
    probe(&world, daemon.record());
    edit(&world, |document| {
        document["boot_id"] = "00000000-0000-4000-8000-000000000000".into();
    });
    assert!(!is_cached(&probe(&world, daemon.record())));
    // Nothing of the other boot stays.
    let entries = content(&world)["entries"].as_array().unwrap().len();
    assert_eq!(entries, 1);
}

/// A daemon, a record of it that names no executable there is, and a memory that
/// would make it pass.
fn planted(world: &World) -> (Daemon, PathBuf) {
    let daemon = Daemon::start_program(world, &settled_program(world, "program"));
    probe(world, daemon.record());
    let (claim, digest) = forged(&daemon.identity);
    edit(world, |document| {
        let entry: &mut Value = &mut document["entries"][0];
        entry["image"]["algorithm"] = "blake3".into();
        entry["digest"] = digest.into();
    });
    (daemon, world.sidecar("claim.json", &claim))
}

#[test]
fn a_file_that_another_user_could_have_written_is_refused() {
    if !is_root() {
        return;
    }
    let Some(world) = world() else { return };
    let (_daemon, claim) = planted(&world);
    let kept = file(&world);
    let directory = kept.parent().unwrap();
    let chmod = |path: &Path, mode| {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    };
    let assert_refused = |why: &str| {
        let run = probe(&world, &claim);
        assert_wrong_digest(&run);
        assert!(run.stderr.contains(why), "{why}: {}", run.stderr);
    };

    chown(&kept, Some(65_534), None).unwrap();
    assert_refused("it belongs to user ID 65534");
    chown(&kept, Some(0), None).unwrap();

    for mode in [0o620, 0o602, 0o644] {
        chmod(&kept, mode);
        assert_refused(&format!("it is not for its owner alone (mode {mode:04o})"));
    }
    chmod(&kept, 0o600);

    chmod(directory, 0o777);
    assert_refused("all users can write to the directory");
    chmod(directory, 0o700);
    chown(directory, Some(65_534), None).unwrap();
    assert_refused("belongs to user ID 65534");
    chown(directory, Some(0), None).unwrap();

    let aside = world.path("aside.json");
    std::fs::rename(&kept, &aside).unwrap();
    symlink(&aside, &kept).unwrap();
    std::os::unix::fs::lchown(&kept, Some(65_534), None).unwrap();
    assert_refused("belongs to user ID 65534");
    std::fs::remove_file(&kept).unwrap();
    std::fs::create_dir(&kept).unwrap();
    assert_refused("it is not a regular file");
}

#[test]
fn nothing_is_made_in_the_place_of_another() {
    if !is_root() {
        return;
    }
    let Some(world) = world() else { return };
    let daemon = Daemon::start_program(&world, &settled_program(&world, "program"));
    let theirs = world.path("theirs");
    std::fs::create_dir(&theirs).unwrap();
    chown(&theirs, Some(65_534), None).unwrap();
    let mut command = keeping(&world, daemon.record());
    let run = Run::of(command.env("XDG_CACHE_HOME", theirs.join("caches")));
    run.assert_verdict(0, "verified", None);
    assert!(run.stderr.contains("belongs to user ID 65534"), "{run:?}");
    assert_eq!(std::fs::read_dir(&theirs).unwrap().count(), 0);
}

/// A settled program is hashed every time, and nothing is kept of it.
#[track_caller]
fn assert_never_kept(world: &World, daemon: &Daemon) {
    for _ in 0..2 {
        let run = probe(world, daemon.record());
        assert_eq!(run.json()["verdict"], "verified", "{run:?}");
        assert!(!is_cached(&run), "{run:?}");
    }
    assert!(!file(world).exists());
}

/// On tmpfs, a page that was read through a mapping can be written through it, and
/// the change time stays.
#[test]
fn a_digest_of_a_file_on_tmpfs_is_never_kept() {
    let shared_memory = Path::new("/dev/shm");
    if !shared_memory.is_dir() {
        skipped("/dev/shm is missing");
        return;
    }
    let Some(world) = world() else { return };
    let directory = tempfile::tempdir_in(shared_memory).unwrap();
    let program = directory.path().join("program");
    copy_program(&program);
    settle(&program);
    assert_never_kept(&world, &Daemon::start_program(&world, &program));
}

/// A user who can write to the file of a loop device changes the content of the device
/// behind the back of the file system on it.
#[test]
fn a_digest_of_a_file_on_a_loop_device_is_never_kept() {
    if !is_root() || !is_installed("unshare") || !is_installed("mkfs.ext4") {
        return;
    }
    let Some(world) = world() else { return };
    copy_program(&world.path("program"));
    std::fs::create_dir(world.path("mounted")).unwrap();
    let script = r#"
        truncate -s 128M image
        mkfs.ext4 -q image
        mount -o loop image mounted
        cp --preserve=mode program mounted/
        exec mounted/program "$@""#;
    let command = world.apart(&["--mount"], script);
    let daemon = Daemon::start_command(&world, command);
    settle(&PathBuf::from(format!("/proc/{}/exe", daemon.pid())));
    assert_never_kept(&world, &daemon);
}

#[test]
fn nothing_is_signalled_on_a_remembered_digest() {
    let Some(world) = world() else { return };
    let (daemon, claim) = planted(&world);
    // The owner of the memory can fool himself: this is what it is worth.
    assert!(is_cached(&probe(&world, &claim)));
    for command in ["shutdown", "kill"] {
        let mut run = world.command(env!("CARGO_BIN_EXE_rpctl"));
        run.args([command, "--json", "--probe-timeout", "30s"]);
        run.arg(&claim);
        assert_wrong_digest(&Run::of(run.env("RPCTL_DIGEST_CACHE", "1")));
    }
    probe(&world, daemon.record()).assert_verdict(0, "verified", None);
}

#[test]
fn a_truncated_file_is_no_file() {
    let Some(world) = world() else { return };
    let daemon = Daemon::start_program(&world, &settled_program(&world, "program"));
    probe(&world, daemon.record());
    let kept = file(&world);
    let whole = std::fs::read(&kept).unwrap();
    for len in 0..whole.len() {
        std::fs::write(&kept, &whole[..len]).unwrap();
        DigestCache::open(&kept).unwrap();
    }
    for len in [0, 1, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&kept, &whole[..len]).unwrap();
        assert!(!is_cached(&probe(&world, daemon.record())), "{len}");
        assert!(is_cached(&probe(&world, daemon.record())), "{len}");
    }
    std::fs::write(&kept, vec![b' '; 3 << 20]).unwrap();
    assert!(!is_cached(&probe(&world, daemon.record())));
}

#[test]
fn of_several_writers_at_once_each_leaves_a_whole_file() {
    const WRITERS: usize = 6;
    const ROUNDS: usize = 10;
    let Some(world) = world() else { return };
    let daemon = Daemon::start_program(&world, &settled_program(&world, "program"));
    probe(&world, daemon.record());
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let entries = content(&world)["entries"].as_array().unwrap().len();
                assert!(entries >= 1);
            }
        });
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..ROUNDS {
                        // What another boot left is replaced by every writer.
                        let mut other = content(&world);
                        other["boot_id"] = "other".into();
                        let aside = tempfile::NamedTempFile::new_in(world.path(".")).unwrap();
                        std::fs::write(aside.path(), other.to_string()).unwrap();
                        aside.persist(file(&world)).unwrap();
                        let run = Run::of(&mut keeping(&world, daemon.record()));
                        run.assert_verdict(0, "verified", None);
                        assert_eq!(run.stderr, "");
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
    let left: Vec<_> = std::fs::read_dir(world.path(".cache/rpctl"))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
}
