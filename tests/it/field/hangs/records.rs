//! Records on a mount that hangs, and records that name files there.

use std::path::{Path, PathBuf};

use rpctl::record::{self, CacheRoot, Content, DigestChoice, Format, RootKind};
use rpctl::{DaemonProcess, Endpoint};

use super::mount::HangingMount;
use super::server::Silence;
use crate::support::{Daemon, MAX_PID, World, check, this_process};

/// How the file systems of these tests hang that hold nothing.
const EMPTY: [Silence; 2] = [Silence::Unread, Silence::Unanswered];

/// The identity of this process, listening at a path.
fn at(socket: &Path) -> DaemonProcess {
    this_process(&Endpoint {
        namespace_id: "test".to_owned(),
        path: socket.to_str().unwrap().to_owned(),
    })
}

#[test]
fn a_socket_on_a_hung_mount_is_unknown() {
    for silence in EMPTY {
        let Some(mount) = HangingMount::silent(silence) else {
            return;
        };
        let record = mount.world.sidecar("a.json", &at(&mount.path("socket")));
        let run = mount.probe(&record);
        let document = run.assert_verdict(4, "indeterminate", Some("file_system_hangs"));
        let endpoint = check(&document, "endpoint");
        assert_eq!(endpoint["outcome"], "unknown");
        let place = format!(
            "{} (fuse)",
            mount.path("").to_str().unwrap().trim_end_matches('/')
        );
        let detail = endpoint["detail"].as_str().unwrap();
        assert!(detail.contains(&place), "{detail}");
        // The others are as they are.
        assert_eq!(check(&document, "digest")["outcome"], "pass");
        mount.end();
    }
}

#[test]
fn a_dead_daemon_is_gone_wherever_its_socket_was() {
    let Some(mount) = HangingMount::silent(Silence::Unanswered) else {
        return;
    };
    let mut identity = at(&mount.path("socket"));
    identity.pid = MAX_PID;
    let record = mount.world.sidecar("a.json", &identity);
    let run = mount.probe(&record);
    run.assert_verdict(3, "not_running", Some("process_exited"));
    mount.end();
}

#[test]
fn an_executable_on_a_hung_mount_is_unknown() {
    for silence in EMPTY {
        let Some(mount) = HangingMount::silent(silence) else {
            return;
        };
        let mut identity = at(&mount.world.path("none"));
        identity.exe_path = mount.path("bin/daemon");
        let record = mount.world.sidecar("a.json", &identity);
        let run = mount.probe(&record);
        let document = run.assert_verdict(4, "indeterminate", Some("file_system_hangs"));
        assert_eq!(check(&document, "exe_path")["outcome"], "unknown");
        mount.end();
    }
}

#[test]
fn a_link_to_a_hung_mount_is_not_followed_for_ever() {
    let Some(mount) = HangingMount::silent(Silence::Unanswered) else {
        return;
    };
    let link = mount.world.path("link");
    std::os::unix::fs::symlink(mount.path("deep"), &link).unwrap();
    let record = mount.world.sidecar("a.json", &at(&link.join("socket")));
    let run = mount.probe(&record);
    run.assert_verdict(4, "indeterminate", Some("file_system_hangs"));
    mount.end();
}

#[test]
fn a_record_on_a_hung_mount_is_not_a_bad_one() {
    for silence in EMPTY {
        let Some(mount) = HangingMount::silent(silence) else {
            return;
        };
        let record = mount.path("a.json");
        let run = mount.probe(&record);
        let document = run.assert_verdict(4, "indeterminate", Some("file_system_hangs"));
        assert_eq!(check(&document, "record")["outcome"], "unknown");
        let run = mount.rpctl(["inspect-manifest".as_ref(), record.as_os_str()]);
        assert_eq!(run.code, Some(4), "{run:?}");
        mount.end();
    }
}

#[test]
fn a_record_whose_content_never_comes_is_not_a_bad_one() {
    let world = World::new();
    let file = world.sidecar("a.json", &at(&world.path("none")));
    let Some(mut mount) = HangingMount::with(world, &[file]) else {
        return;
    };
    mount.fall(Silence::Content);
    let record = mount.path("a.json");
    let run = mount.probe(&record);
    run.assert_verdict(4, "indeterminate", Some("file_system_hangs"));
    mount.end();
}

#[test]
fn a_disk_that_fails_makes_no_record_invalid() {
    let world = World::new();
    let file = world.sidecar("daemon-identity.json", &at(&world.path("none")));
    let Some(mut mount) = HangingMount::with(world, &[file]) else {
        return;
    };
    mount.fall(Silence::Faulty);
    for record in [mount.path("daemon-identity.json"), manifest_of(&mount)] {
        let run = mount.probe(&record);
        let document = run.assert_verdict(4, "indeterminate", Some("record_unreadable"));
        let said = document["summary"].as_str().unwrap();
        assert!(said.contains("Input/output error"), "{said}");
    }
    mount.end();
}

#[test]
fn an_identity_whose_content_never_comes_is_not_a_bad_one() {
    let world = World::new();
    let file = world.sidecar("daemon-identity.json", &at(&world.path("none")));
    let Some(mut mount) = HangingMount::with(world, &[file]) else {
        return;
    };
    mount.fall(Silence::Content);
    let run = mount.probe(&manifest_of(&mount));
    let document = run.assert_verdict(4, "indeterminate", Some("file_system_hangs"));
    assert_eq!(check(&document, "record")["outcome"], "unknown");
    let identity = mount.path("daemon-identity.json");
    let said = document["summary"].as_str().unwrap();
    assert!(said.contains(identity.to_str().unwrap()), "{said}");
    mount.end();
}

#[test]
fn a_record_on_a_mount_that_answers_is_read() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let Some(mount) = HangingMount::with(world, &[daemon.record().to_owned()]) else {
        return;
    };
    let record = mount.path("daemon.pb");
    let record = record.to_str().unwrap();
    let run = mount.patient_rpctl(["probe", "--json", record]);
    // The daemon sees other mounts.
    run.assert_verdict(0, "verified", Some("warnings"));
    mount.end_with(daemon);
}

/// Writes a manifest without a daemon, with a root on a mount.
fn manifest_of(mount: &HangingMount) -> PathBuf {
    let none = at(&mount.world.path("none"));
    mount.world.manifest("a.json", &none, |manifest| {
        manifest.current_daemon = None;
        manifest.roots = vec![CacheRoot {
            path: mount.path("").to_str().unwrap().to_owned(),
            kind: RootKind::Locks.into(),
            ..CacheRoot::default()
        }];
    })
}

#[test]
fn a_root_on_a_hung_mount_may_hold_the_identity() {
    let Some(mount) = HangingMount::silent(Silence::Unanswered) else {
        return;
    };
    let run = mount.probe(&manifest_of(&mount));
    let document = run.assert_verdict(4, "indeterminate", Some("identity_hidden"));
    let detail = check(&document, "record")["detail"].as_str().unwrap();
    assert!(detail.contains("does not answer"), "{detail}");
    mount.end();
}

#[test]
fn hung_records_keep_no_other_from_being_verified() {
    let Some(mount) = HangingMount::silent(Silence::Unanswered) else {
        return;
    };
    let daemon = Daemon::registered(&mount.world, "good");
    for number in 0..40 {
        let name = format!("registry/hung-{number}.pb");
        let socket = mount.path(&format!("socket{number}"));
        let content = Content::Daemon(at(&socket).to_proto());
        let (format, digest) = (Format::DaemonProtobuf, DigestChoice::Sha256);
        record::save(&mount.world.path(&name), &content, format, digest).unwrap();
    }
    let run = mount.patient_rpctl(["list", "--json", "--timeout", "1s"]);
    let document = run.json();
    let reports = document["reports"].as_array().unwrap();
    let reason = |report: &serde_json::Value| report["reason"].as_str().map(str::to_owned);
    let hung = reports
        .iter()
        .filter(|it| reason(it).as_deref() == Some("file_system_hangs"));
    assert_eq!(hung.count(), 40, "{document:#}");
    let verified = reports.iter().filter(|it| it["verdict"] == "verified");
    assert_eq!(verified.count(), 1, "{document:#}");
    mount.end_with(daemon);
}
