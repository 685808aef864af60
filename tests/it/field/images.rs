//! Running images that the recorded path does not name: without a name, unlinked before the
//! record was made, below another mount, on a detached file system.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::{MemfdFlags, memfd_create};

use crate::support::{Daemon, Run, World, check, copy_program, is_installed, is_root};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rpctl");

/// The path of a file that the test holds open.
fn held(file: &impl AsRawFd) -> PathBuf {
    format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd()).into()
}

/// Asserts that a daemon is verified, with this beginning of the warning about its path.
#[track_caller]
fn assert_warned(probed: &Run, why: &str) {
    let document = probed.assert_verdict(0, "verified", Some("warnings"));
    let exe = check(&document, "exe_path");
    assert_eq!(exe["outcome"], "warn", "{exe:#}");
    let detail = exe["detail"].as_str().unwrap();
    assert!(detail.starts_with(why), "{detail}");
}

#[track_caller]
fn assert_stops(world: &World, daemon: &mut Daemon) {
    let record = daemon.record().to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", record]);
    assert_eq!(run.json()["action"]["outcome"], "terminated", "{run:?}");
    assert!(daemon.wait().success());
}

#[test]
fn a_daemon_that_runs_from_memory_is_verified_and_stopped() {
    let world = World::new();
    let mut file = File::from(memfd_create("daemon", MemfdFlags::CLOEXEC).unwrap());
    file.write_all(&std::fs::read(PROGRAM).unwrap()).unwrap();
    let mut daemon = Daemon::start_program(&world, &held(&file));
    let probed = world.probe(daemon.record());
    assert_warned(&probed, "the image is a file in memory (memfd)");
    assert_stops(&world, &mut daemon);
}

#[test]
fn a_daemon_unlinked_before_its_record_is_verified_and_stopped() {
    let world = World::new();
    let copy = world.path("copy");
    copy_program(&copy);
    let file = File::open(&copy).unwrap();
    std::fs::remove_file(&copy).unwrap();
    let mut daemon = Daemon::start_program(&world, &held(&file));
    let recorded = daemon.identity.exe_path.to_str().unwrap();
    assert!(recorded.ends_with("/copy (deleted)"), "{recorded}");
    assert_warned(
        &world.probe(daemon.record()),
        "deleted before the record was made",
    );
    // Another file at that path is no stranger either.
    std::fs::write(recorded, "another file").unwrap();
    assert_warned(
        &world.probe(daemon.record()),
        "deleted before the record was made",
    );
    assert_stops(&world, &mut daemon);
}

#[test]
fn a_path_that_differs_is_not_judged_without_a_digest() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let mut identity = daemon.identity.clone();
    identity.exe_path = world.path("elsewhere");
    identity.exe_digest = rpctl::ExeDigest::default();
    std::fs::remove_file(daemon.socket()).unwrap();
    let document = world
        .probe(&world.sidecar("s.json", &identity))
        .assert_verdict(4, "indeterminate", Some("no_common_digest"));
    assert_eq!(check(&document, "exe_path")["outcome"], "unknown");
}

#[test]
fn a_path_that_differs_fails_with_the_digest() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let mut identity = daemon.identity.clone();
    identity.exe_path = world.path("elsewhere");
    identity.exe_digest.blake3 = Some([7; 32]);
    identity.exe_digest.sha256 = None;
    std::fs::remove_file(daemon.socket()).unwrap();
    let document = world
        .probe(&world.sidecar("s.json", &identity))
        .assert_verdict(5, "mismatch", Some("digest_mismatch"));
    assert_eq!(check(&document, "exe_path")["outcome"], "fail");
}

/// A daemon in a mount namespace of its own, which mounts this file system first.
struct Mounted {
    world: World,
    daemon: Daemon,
}

impl Mounted {
    /// Starts the copy `bin/rpctl`; `prepare` has run before, with the copy as `$1`.
    fn start(prepare: &str) -> Option<Self> {
        if !is_root() || !is_installed("unshare") || !is_installed("nsenter") {
            return None;
        }
        let world = World::new();
        std::fs::create_dir(world.path("bin")).unwrap();
        copy_program(&world.path("bin/rpctl"));
        copy_program(&world.path("same"));
        let script = format!(r#"{prepare}; exec bin/rpctl "$@""#);
        let mut command = world.command("unshare");
        command.args(["--mount", "sh", "-c", &script, "rpctl"]);
        let daemon = Daemon::start_command(&world, command);
        Some(Self { world, daemon })
    }

    /// Runs a command in the mount namespace of the daemon.
    fn inside<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        let mut command: Command = self.world.command("nsenter");
        let pid = self.daemon.pid().to_string();
        command
            .args(["--mount", "--target", &pid])
            .arg(format!("--wdns={}", self.world.path("").display()))
            .args(arguments);
        Run::of(&mut command)
    }

    fn mount(&self, script: &str) {
        let run = self.inside(["sh", "-ec", script]);
        assert_eq!(run.code, Some(0), "{run:?}");
    }

    fn probe(&self) -> Run {
        let record = self.daemon.record().to_str().unwrap();
        self.inside([PROGRAM, "probe", "--json", "--timeout", "30s", record])
    }

    #[track_caller]
    fn assert_stops_inside(mut self) {
        let record = self.daemon.record().to_str().unwrap();
        let run = self.inside([PROGRAM, "shutdown", "--json", record]);
        assert_eq!(run.json()["action"]["outcome"], "terminated", "{run:?}");
        assert!(self.daemon.wait().success());
    }
}

#[test]
fn a_file_mounted_over_the_executable_hides_no_daemon() {
    let Some(mounted) = Mounted::start("true") else {
        return;
    };
    let recorded = mounted.daemon.identity.exe_path.clone();
    assert!(recorded.ends_with("bin/rpctl"), "{}", recorded.display());
    mounted.mount("mount --bind /bin/sh bin/rpctl");
    assert_warned(&mounted.probe(), "hidden since start");
    // A file of equal content is not the running one, either.
    mounted.mount("umount bin/rpctl; mount --bind same bin/rpctl");
    assert_warned(&mounted.probe(), "hidden since start");
    mounted.assert_stops_inside();
}

#[test]
fn a_directory_mounted_over_the_executables_hides_no_daemon() {
    let Some(mounted) = Mounted::start("true") else {
        return;
    };
    mounted.mount("mount -t tmpfs none bin");
    assert_warned(&mounted.probe(), "hidden since start");
    mounted.assert_stops_inside();
}

#[test]
fn a_daemon_on_a_detached_file_system_is_verified_and_stopped() {
    let prepare = "mount -t tmpfs none bin && cp same bin/rpctl";
    let Some(mounted) = Mounted::start(prepare) else {
        return;
    };
    mounted.mount("umount --lazy bin");
    assert_warned(&mounted.probe(), "no path names the running image");
    // And if the directory below has another build.
    std::fs::remove_file(mounted.world.path("bin/rpctl")).unwrap();
    assert_warned(&mounted.probe(), "no path names the running image");
    mounted.assert_stops_inside();
}

/// Returns whether a path names the file that a process runs, as the test sees it.
fn names_the_image_of(path: &Path, pid: u32) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |path: &Path| std::fs::metadata(path).map(|file| (file.dev(), file.ino()));
    let image = format!("/proc/{pid}/exe");
    id(path).is_ok_and(|id_of_path| id(Path::new(&image)).unwrap() == id_of_path)
}

#[test]
fn a_file_system_of_another_namespace_is_looked_at_there() {
    let prepare = "mount -t tmpfs none bin && cp same bin/rpctl";
    let Some(mounted) = Mounted::start(prepare) else {
        return;
    };
    let daemon = &mounted.daemon;
    assert!(!names_the_image_of(&daemon.identity.exe_path, daemon.pid()));
    let document =
        mounted
            .world
            .probe(daemon.record())
            .assert_verdict(0, "verified", Some("warnings"));
    let exe = check(&document, "exe_path");
    assert_eq!(exe["outcome"], "pass", "{exe:#}");
}
