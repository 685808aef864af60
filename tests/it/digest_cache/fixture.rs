//! A daemon whose executable may be kept in mind, and the file where it is.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::sys::statfs::{EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC};
use rpctl::DaemonProcess;
use serde_json::Value;

use crate::support::{Run, World, check, copy_program, resize_program, skipped};

/// Age of a change from which on a digest is kept.
pub(super) const SETTLED: Duration = Duration::from_secs(2);

/// A place where digests are kept of what is in it; says so where the directory
/// for temporary files is none.
pub(super) fn world() -> Option<World> {
    let world = World::new();
    let about = nix::sys::statfs::statfs(&world.path(".")).unwrap();
    let device = std::fs::metadata(world.path(".")).unwrap().dev();
    let (major, minor) = (nix::sys::stat::major(device), nix::sys::stat::minor(device));
    let device = std::fs::canonicalize(format!("/sys/dev/block/{major}:{minor}"));
    let is_hardware = device.is_ok_and(|device| !device.starts_with("/sys/devices/virtual"));
    let tells = [EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC].contains(&about.filesystem_type());
    if !tells || !is_hardware {
        skipped("temporary files are not on ext4 or XFS on a disk");
    }
    (tells && is_hardware).then_some(world)
}

/// A copy of the program that ends in a byte which changes nothing, old enough to
/// be kept.
pub(super) fn settled_program(world: &World, name: &str) -> PathBuf {
    let program = fresh_program(world, name);
    settle(&program);
    program
}

/// Copies the program; its times are those of this moment.
pub(super) fn fresh_program(world: &World, name: &str) -> PathBuf {
    let program = world.path(name);
    copy_program(&program);
    resize_program(&program, "+1");
    program
}

/// Let the change time of a file come of age: here the clock is the subject.
pub(crate) fn settle(program: &Path) {
    let changed = changed_ns(program);
    let settled = u64::try_from(changed).unwrap() + u64::try_from(SETTLED.as_nanos()).unwrap();
    let settled = UNIX_EPOCH + Duration::from_nanos(settled);
    while let Ok(left) = settled.duration_since(SystemTime::now()) {
        thread::sleep(left + Duration::from_millis(1));
    }
}

pub(super) fn changed_ns(program: &Path) -> i64 {
    let metadata = std::fs::metadata(program).unwrap();
    metadata.ctime() * 1_000_000_000 + metadata.ctime_nsec()
}

/// A probe that keeps digests.
pub(super) fn probe(world: &World, record: &Path) -> Run {
    Run::of(&mut keeping(world, record))
}

pub(super) fn keeping(world: &World, record: &Path) -> Command {
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command
        .args(["probe", "--json", "--timeout", "30s", "--digest-cache"])
        .arg(record);
    command
}

/// Whether the digest came from an earlier run.
pub(super) fn is_cached(run: &Run) -> bool {
    let document = run.json();
    let detail = check(&document, "digest")["detail"].as_str();
    detail.is_some_and(|detail| detail.starts_with("cached, computed "))
}

/// The executable was hashed, and is not the recorded one.
#[track_caller]
pub(super) fn assert_wrong_digest(run: &Run) {
    let document = run.json();
    let outcome = check(&document, "digest")["outcome"].as_str();
    assert_eq!((run.code, outcome), (Some(5), Some("fail")));
}

/// The file of kept digests.
pub(super) fn file(world: &World) -> PathBuf {
    world.path(".cache/rpctl/digests.json")
}

pub(super) fn content(world: &World) -> Value {
    serde_json::from_slice(&std::fs::read(file(world)).unwrap()).unwrap()
}

/// Alter the file in place, as its owner can.
pub(super) fn edit(world: &World, edit: impl FnOnce(&mut Value)) {
    let mut document = content(world);
    edit(&mut document);
    std::fs::write(file(world), document.to_string()).unwrap();
}

/// The identity with digests that no executable has, and one of them in hex.
pub(super) fn forged(identity: &DaemonProcess) -> (DaemonProcess, String) {
    let mut forged = identity.clone();
    forged.exe_digest.sha256 = None;
    forged.exe_digest.blake3 = Some([0xab; 32]);
    (forged, "ab".repeat(32))
}
