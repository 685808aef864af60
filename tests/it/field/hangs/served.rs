//! Records on file systems that a user serves, who can show any file with any owner.

use std::path::{Path, PathBuf};

use super::mount::HangingMount;
use crate::support::{Daemon, Run, World, patient};

/// A user without a name.
const ANN: u32 = 4001;

/// A file system of a user with the record of a daemon of root.
fn record_served_by(user: u32) -> Option<(HangingMount, Daemon)> {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = daemon.record().to_owned();
    let mount = HangingMount::of_user(user, world, &[record])?;
    Some((mount, daemon))
}

fn kill(mount: &HangingMount, record: &Path) -> Run {
    mount.patient_rpctl(["kill", "--json", "--dry-run", record.to_str().unwrap()])
}

#[track_caller]
fn assert_refused(run: &Run, kind: &str) {
    assert_eq!(run.code, Some(9), "{run:?}");
    let document = run.json().to_string();
    assert!(document.contains("user ID 4001 serves"), "{document}");
    assert!(document.contains(kind), "{document}");
}

/// Mounts something where only the programs of `mount` see it.
fn mounted(mount: &HangingMount, arguments: &[&str], point: PathBuf) -> PathBuf {
    let run = Run::of(mount.command("mount").args(arguments).arg(&point));
    assert_eq!(run.code, Some(0), "{run:?}");
    point
}

#[test]
fn a_record_on_a_mount_that_root_serves_is_trusted() {
    let Some((mount, daemon)) = record_served_by(0) else {
        return;
    };
    let run = kill(&mount, &mount.path("daemon.pb"));
    assert_eq!(run.code, Some(0), "{run:?}");
    mount.end_with(daemon);
}

#[test]
fn a_user_who_serves_a_file_system_writes_its_records() {
    let Some((mount, daemon)) = record_served_by(ANN) else {
        return;
    };
    let record = mount.path("daemon.pb");
    assert_refused(&kill(&mount, &record), "(fuse)");
    let link = mount.world.path("link");
    std::os::unix::fs::symlink(&record, &link).unwrap();
    assert_refused(&kill(&mount, &link), "(fuse)");
    // Only the file is on the mount of the user.
    std::fs::write(mount.world.path("file"), "").unwrap();
    let arguments = ["--bind", record.to_str().unwrap()];
    let file = mounted(&mount, &arguments, mount.world.path("file"));
    assert_refused(&kill(&mount, &file), "(fuse)");
    mount.end_with(daemon);
}

#[test]
fn a_served_record_on_standard_input_is_the_servers() {
    let Some((mount, daemon)) = record_served_by(ANN) else {
        return;
    };
    let script = r#"record=$1; shift; exec "$@" < "$record""#;
    let mut command = mount.command("sh");
    command.args(["-c", script, "sh"]);
    command.arg(mount.path("daemon.pb"));
    command.arg(env!("CARGO_BIN_EXE_rpctl"));
    command.args(patient(["kill", "--json", "--dry-run", "-"]));
    assert_refused(&Run::of(&mut command), "(fuse)");
    mount.end_with(daemon);
}

#[test]
fn an_overlay_shows_what_the_server_of_a_layer_shows() {
    let Some((mount, daemon)) = record_served_by(ANN) else {
        return;
    };
    let world = &mount.world;
    for name in ["empty", "over"] {
        std::fs::create_dir(world.path(name)).unwrap();
    }
    let (lower, empty) = (mount.path(""), world.path("empty"));
    let lower = lower.to_str().unwrap().trim_end_matches('/');
    let layers = format!("lowerdir={lower}:{}", empty.display());
    let arguments = ["-t", "overlay", "-o", &layers, "test"];
    let over = mounted(&mount, &arguments, world.path("over"));
    assert_refused(&kill(&mount, &over.join("daemon.pb")), "(fuse)");
    mount.end_with(daemon);
}
