//! The check of the digest, and what hashing costs.

use std::process::{Command, Stdio};

use crate::support::{
    Daemon, Run, TestServer, World, check, copy_program, failed, most_memory, resize_program,
    this_process,
};

#[test]
fn digest_alone_fails_when_the_image_is_another_build() {
    for flip in [
        |identity: &mut rpctl::DaemonProcess| identity.exe_digest.blake3.as_mut().unwrap()[0] ^= 1,
        |identity: &mut rpctl::DaemonProcess| {
            identity.exe_digest.blake3 = None;
            identity.exe_digest.sha256.as_mut().unwrap()[31] ^= 1;
        },
    ] {
        let world = World::new();
        let mut identity = this_process(&world.endpoint("s"));
        flip(&mut identity);
        let _served = TestServer::truly(&identity);
        let record = world.sidecar("s.json", &identity);
        let document = world
            .probe(&record)
            .assert_verdict(5, "mismatch", Some("digest_mismatch"));
        assert_eq!(failed(&document), ["digest"]);
    }
}

#[test]
fn a_record_without_a_digest_proves_nothing() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    identity.exe_digest = rpctl::ExeDigest::default();
    let _served = TestServer::truly(&identity);
    let record = world.sidecar("s.json", &identity);
    let document =
        world
            .probe(&record)
            .assert_verdict(4, "indeterminate", Some("no_common_digest"));
    assert_eq!(check(&document, "digest")["outcome"], "skip");
}

#[test]
fn probing_300_mib_takes_less_than_16_mib_of_memory() {
    let world = World::new();
    let program = world.path("rpctl-large");
    copy_program(&program);
    // What follows the sections of an executable is not loaded.
    resize_program(&program, "300M");
    let daemon = Daemon::start_program(&world, &program);

    let (code, most) = most_memory(
        &world,
        [
            "probe",
            "--timeout",
            "30s",
            daemon.record().to_str().unwrap(),
        ],
    );
    assert_eq!(code, 0);
    assert!(most < 16 << 10, "{most} KiB");
}

/// Eight gigabytes are not written for this: all of the file is a hole.
#[test]
fn hashing_a_huge_executable_is_given_up_in_time() {
    let world = World::new();
    let program = world.path("huge");
    copy_program(&program);
    resize_program(&program, "8G");
    let mut process = Command::new(&program)
        .args(["inspect-manifest", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut identity = this_process(&world.endpoint("s"));
    identity.pid = process.id();
    identity.exe_path.clone_from(&program);
    identity.started_at_unix_ms += 86_400_000;
    let record = world.sidecar("s.json", &identity);
    let probe = |more: &[&str]| {
        let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
        command.args(["probe", "--json", "--hash-timeout", "100ms"]);
        Run::of(command.args(more).arg(&record))
    };
    let run = probe(&[]);
    let document = run.assert_verdict(4, "indeterminate", Some("hashing_timed_out"));
    let detail = check(&document, "digest")["detail"].as_str().unwrap();
    assert!(detail.ends_with("given up after 100ms"), "{detail}");

    // And so it is for every record that names it.
    let records = [&record; 20].map(|record| record.to_str().unwrap());
    let run = probe(&records);
    let documents = run.json();
    let reports = documents["reports"].as_array().unwrap();
    assert_eq!(reports.len(), 21);
    for report in reports {
        assert_eq!(report["reason"], "hashing_timed_out", "{report}");
    }
    process.kill().unwrap();
    process.wait().unwrap();
}
