//! Each check fails where it should, alone where that is possible, and the
//! program says so by exit code and reason.

use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::support::{
    Daemon, Run, TestServer, World, before_boot_ms, before_start_ms, check, checks_with,
    copy_program, failed, misbehaving, most_memory, resize_program, this_process,
};
use nix::sys::signal::Signal;
use rpctl::record::HostMessage;

#[test]
fn a_daemon_that_is_what_it_records_passes_every_check() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let document = world
        .probe(daemon.record())
        .assert_verdict(0, "verified", None);
    let all = [
        "record",
        "host",
        "endpoint",
        "peer",
        "nonce",
        "boot_id",
        "pid",
        "user",
        "start_time",
        "exe_path",
        "digest",
    ];
    assert_eq!(checks_with(&document, &["pass"]), all);
}

#[test]
fn record_alone_fails_when_a_rule_is_broken() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let record = world.manifest("m.json", &identity, |manifest| {
        manifest.service_name = "Not A Name".to_owned();
    });
    let document = world
        .probe(&record)
        .assert_verdict(8, "invalid_record", Some("record_invalid"));
    assert_eq!(failed(&document), ["record"]);
    assert_eq!(checks_with(&document, &["skip"]).len(), 10);
}

#[test]
fn record_alone_warns_when_others_may_write_the_file() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    std::fs::set_permissions(daemon.record(), Permissions::from_mode(0o666)).unwrap();
    let document = world
        .probe(daemon.record())
        .assert_verdict(0, "verified", Some("warnings"));
    assert_eq!(checks_with(&document, &["warn"]), ["record"]);
}

#[test]
fn host_alone_fails_for_a_record_of_another_machine() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
    let record = world.manifest("m.json", &identity, |manifest| {
        manifest.host = Some(HostMessage {
            hostname: "elsewhere".to_owned(),
            machine_id: "00000000000000000000000000000001".to_owned(),
            ..HostMessage::default()
        });
    });
    let document = world
        .probe(&record)
        .assert_verdict(4, "indeterminate", Some("foreign_host"));
    assert_eq!(failed(&document), ["host"]);
}

#[test]
fn the_right_machine_says_nothing_about_the_pid_namespace() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    for namespaces in ["", "unknown", "xyz"] {
        let record = world.manifest("m.json", &daemon.identity, |manifest| {
            manifest.host.as_mut().unwrap().namespace_id = namespaces.to_owned();
        });
        let document = world.probe(&record).assert_verdict(0, "verified", None);
        let host = check(&document, "host");
        assert_eq!(host["outcome"], "skip", "{namespaces}");
        let detail = host["detail"].as_str().unwrap();
        assert!(detail.contains("names no PID namespace"), "{detail}");
    }
}

#[test]
fn host_alone_fails_for_a_record_of_another_pid_namespace() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = world.manifest("m.json", &daemon.identity, |manifest| {
        let host = manifest.host.as_mut().unwrap();
        let (mount, _) = host.namespace_id.split_once(":pid:").unwrap();
        host.namespace_id = format!("{mount}:pid:[1]");
    });
    let document =
        world
            .probe(&record)
            .assert_verdict(4, "indeterminate", Some("foreign_namespace"));
    assert_eq!(failed(&document), ["host"]);
}

#[test]
fn endpoint_alone_fails_when_the_socket_file_is_gone() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    std::fs::remove_file(world.path("daemon.sock")).unwrap();
    let document =
        world
            .probe(daemon.record())
            .assert_verdict(6, "unresponsive", Some("endpoint_missing"));
    assert_eq!(failed(&document), ["endpoint"]);
}

#[test]
fn an_endpoint_other_than_the_one_asked_for_is_not_contacted() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let run = world.rpctl([
        "probe",
        "--json",
        "--endpoint",
        "/run/other.sock",
        daemon.record().to_str().unwrap(),
    ]);
    let document = run.assert_verdict(5, "mismatch", Some("endpoint_differs"));
    assert_eq!(failed(&document), ["endpoint"]);
    assert_eq!(check(&document, "nonce")["outcome"], "skip");
}

#[test]
fn peer_alone_fails_when_a_stranger_answers_correctly() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    daemon.signal(Signal::SIGSTOP);
    std::fs::remove_file(world.path("daemon.sock")).unwrap();
    let _stranger = TestServer::truly(&daemon.identity);
    let document = world
        .probe(daemon.record())
        .assert_verdict(5, "mismatch", Some("squatted"));
    assert_eq!(failed(&document), ["peer"]);
    assert_eq!(check(&document, "nonce")["outcome"], "pass");
}

#[test]
fn nonce_alone_fails_when_the_process_speaks_otherwise() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    misbehaving(&identity.ipc_endpoint, |mut stream| {
        // The client may leave as soon as it has seen the first byte.
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let record = world.sidecar("s.json", &identity);
    let document =
        world
            .probe(&record)
            .assert_verdict(6, "unresponsive", Some("not_probe_protocol"));
    assert_eq!(failed(&document), ["nonce"]);
}

#[test]
fn nonce_lists_every_field_in_which_the_answer_differs() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let mut other = identity.clone();
    other.boot_id = "another boot".to_owned();
    other.ipc_endpoint.namespace_id = "another label".to_owned();
    let _served = TestServer::with(&identity.ipc_endpoint, other);
    let record = world.sidecar("s.json", &identity);
    let document = world
        .probe(&record)
        .assert_verdict(5, "mismatch", Some("identity_mismatch"));
    assert_eq!(failed(&document), ["nonce"]);
    let detail = check(&document, "nonce")["detail"].as_str().unwrap();
    assert!(
        detail.contains("another boot") && detail.contains("another label"),
        "{detail}"
    );
}

#[test]
fn boot_id_alone_fails_when_the_answer_has_an_earlier_boot() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    identity.boot_id = "00000000-0000-4000-8000-000000000001".to_owned();
    identity.started_at_unix_ms = before_boot_ms();
    let _served = TestServer::truly(&identity);
    let record = world.sidecar("s.json", &identity);
    let document = world
        .probe(&record)
        .assert_verdict(5, "mismatch", Some("boot_id_mismatch"));
    assert_eq!(failed(&document), ["boot_id"]);
}

#[test]
fn a_record_of_an_earlier_boot_without_answer_is_not_running() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    identity.boot_id = "00000000-0000-4000-8000-000000000001".to_owned();
    identity.started_at_unix_ms = before_boot_ms();
    let record = world.sidecar("s.json", &identity);
    let document = world
        .probe(&record)
        .assert_verdict(3, "not_running", Some("rebooted"));
    assert_eq!(failed(&document), ["endpoint", "boot_id"]);
    assert_eq!(check(&document, "pid")["outcome"], "skip");
}

/// A process that does not exist serves no socket, so `endpoint` fails with it.
#[test]
fn pid_fails_when_the_process_has_exited() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    daemon.kill();
    let document =
        world
            .probe(daemon.record())
            .assert_verdict(3, "not_running", Some("process_exited"));
    assert_eq!(failed(&document), ["endpoint", "pid"]);
    assert_eq!(check(&document, "endpoint")["actual"], "refused");
}

#[test]
fn pid_fails_for_a_zombie_and_names_its_parent() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    daemon.kill_unreaped();
    let document = world
        .probe(daemon.record())
        .assert_verdict(3, "not_running", Some("zombie"));
    let detail = check(&document, "pid")["detail"].as_str().unwrap();
    let parent = std::process::id();
    assert_eq!(detail, format!("exited, not yet reaped by parent {parent}"));
}

#[test]
fn start_time_alone_warns_for_a_process_younger_than_the_record() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
    identity.started_at_unix_ms = before_start_ms(identity.pid);
    let record = world.sidecar("s.json", &identity);
    let document = world
        .probe(&record)
        .assert_verdict(0, "verified", Some("warnings"));
    assert_eq!(checks_with(&document, &["warn"]), ["start_time"]);

    let record = record.to_str().unwrap();
    let document = world
        .rpctl(["probe", "--json", "--strict", record])
        .assert_verdict(4, "indeterminate", Some("strict"));
    assert_eq!(checks_with(&document, &["warn"]), ["start_time"]);
}

#[test]
fn exe_path_alone_warns_of_a_copy_of_the_running_program() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    let copy = world.path("copy");
    std::fs::copy(&identity.exe_path, &copy).unwrap();
    identity.exe_path = copy;
    let _served = TestServer::truly(&identity);
    let record = world.sidecar("s.json", &identity);
    let document = world
        .probe(&record)
        .assert_verdict(0, "verified", Some("warnings"));
    assert_eq!(checks_with(&document, &["warn"]), ["exe_path"]);
}

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
fn a_manifest_that_names_no_daemon_is_not_running() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let record = world.manifest("m.json", &identity, |manifest| {
        manifest.current_daemon = None;
    });
    let document =
        world
            .probe(&record)
            .assert_verdict(3, "not_running", Some("no_daemon_recorded"));
    assert!(failed(&document).is_empty());
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

#[test]
fn another_program_with_the_recorded_pid_is_named() {
    let world = World::new();
    let mut sleeper = Command::new("sleep").arg("1000").spawn().unwrap();
    let mut identity = this_process(&world.endpoint("s"));
    identity.pid = sleeper.id();
    identity.started_at_unix_ms = before_start_ms(sleeper.id());
    let record = world.sidecar("s.json", &identity);
    let document = world
        .probe(&record)
        .assert_verdict(3, "not_running", Some("pid_reused"));
    let actual = check(&document, "pid")["actual"].as_str().unwrap();
    assert!(actual.contains("/sleep, user"), "{actual}");
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
}
