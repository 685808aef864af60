//! Each check, failing alone.

use serde_json::json;

use crate::role::Daemon;
use crate::support::{World, check, checks_with, failed, read};

#[test]
fn a_daemon_that_is_what_it_records_is_verified() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let document = world.probe(&daemon.record).json();
    assert_eq!(document["verdict"], "verified", "{document:#}");
    for id in [
        "endpoint",
        "peer",
        "nonce",
        "boot_id",
        "pid",
        "start_time",
        "exe_path",
        "digest",
    ] {
        assert_eq!(
            check(&document, id)["outcome"],
            "pass",
            "{id}: {document:#}"
        );
    }
    assert_eq!(failed(&document), Vec::<String>::new(), "{document:#}");
}

#[test]
fn a_record_of_a_future_schema_is_invalid() {
    let world = World::new();
    let record = world.path("m.json");
    std::fs::write(
        &record,
        r#"{"manifest_schema_version": 9, "service_name": "x"}"#,
    )
    .unwrap();
    let document = world.probe(&record);
    let document = document.assert_verdict(8, "invalid_record", Some("record_invalid"));
    assert_eq!(failed(&document), ["record"]);
}

#[test]
fn the_endpoint_alone_fails_without_its_pipe() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = world.edited(&daemon.record, |record| {
        record["ipc_endpoint"]["path"] = world.pipe().into();
    });
    let document = world.probe(&record);
    let document = document.assert_verdict(6, "unresponsive", Some("endpoint_missing"));
    assert_eq!(failed(&document), ["endpoint"], "{document:#}");
}

#[test]
fn the_endpoint_is_invalid_if_no_pipe_has_its_name() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    for name in [r"\\server\pipe\x", r"C:\daemon.sock", "/run/daemon.sock"] {
        let record = world.edited(&daemon.record, |record| {
            record["ipc_endpoint"]["path"] = name.into();
        });
        let document = world.probe(&record);
        let document = document.assert_verdict(6, "unresponsive", Some("endpoint_invalid"));
        assert_eq!(failed(&document), ["endpoint"], "{document:#}");
    }
}

#[test]
fn a_pipe_is_found_with_its_prefix_and_in_another_case() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    for path in [
        format!(r"\\.\pipe\{}", daemon.pipe),
        daemon.pipe.to_uppercase(),
    ] {
        let run = world.rpctl(&[
            "probe",
            "--json",
            daemon.record.to_str().unwrap(),
            "--endpoint",
            &path,
        ]);
        assert_eq!(run.code, Some(0), "{run:?}");
    }
}

#[test]
fn the_peer_fails_if_another_process_serves_the_pipe() {
    let world = World::new();
    let (mut recorded, serving) = (Daemon::exiting(&world, 0), Daemon::start(&world));
    let record = world.edited(&serving.record, |record| {
        record["pid"] = recorded.pid().into()
    });
    let document = world.probe(&record).json();
    assert_eq!(document["verdict"], "mismatch", "{document:#}");
    let peer = check(&document, "peer");
    assert_eq!(peer["outcome"], "fail", "{document:#}");
    let actual = peer["actual"].as_str().unwrap();
    assert!(actual.contains(&serving.pid().to_string()), "{actual}");
    assert!(recorded.is_alive());
}

#[test]
fn the_nonce_alone_fails_for_another_identity() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = world.edited(&daemon.record, |record| {
        record["ipc_endpoint"]["namespace_id"] = "another".into();
    });
    let document = world.probe(&record);
    let document = document.assert_verdict(5, "mismatch", Some("identity_mismatch"));
    assert_eq!(failed(&document), ["nonce"], "{document:#}");
}

#[test]
fn the_pid_fails_for_a_process_that_has_ended() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    daemon.end();
    let document = world.probe(&daemon.record);
    let document = document.assert_verdict(3, "not_running", Some("process_exited"));
    assert_eq!(check(&document, "pid")["outcome"], "fail", "{document:#}");
}

#[test]
fn a_number_that_the_system_would_round_is_no_process() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = world.edited(&daemon.record, |record| {
        record["pid"] = (daemon.pid() + 1).into();
    });
    let document = world.probe(&record).json();
    assert_eq!(check(&document, "pid")["outcome"], "fail", "{document:#}");
}

#[test]
fn the_digest_fails_for_another_program() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = world.edited(&daemon.record, |record| {
        record["legacy_exe_sha256"] = vec![7; 32].into();
        record["exe_hash"] = vec![7; 32].into();
    });
    let document = world.probe(&record).json();
    assert_eq!(document["verdict"], "mismatch", "{document:#}");
    assert_eq!(
        check(&document, "digest")["outcome"],
        "fail",
        "{document:#}"
    );
}

#[test]
fn the_path_alone_warns_for_a_copy_of_the_program() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let copy = world.path("copy.exe");
    std::fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    let record = world.edited(&daemon.record, |record| {
        record["exe_path"] = copy.to_str().unwrap().into();
    });
    let document = world.probe(&record).json();
    let path = check(&document, "exe_path");
    assert_eq!(path["outcome"], "warn", "{document:#}");
}

#[test]
fn the_path_passes_in_any_form_that_names_the_file() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let path = read(&daemon.record)["exe_path"]
        .as_str()
        .unwrap()
        .to_owned();
    for form in [
        path.replace('\\', "/"),
        path.to_lowercase(),
        format!(r"\\?\{path}"),
    ] {
        // The standard library of Linux below Wine has its own case.
        if form == path.to_lowercase() && std::fs::metadata(&form).is_err() {
            continue;
        }
        let record = world.edited(&daemon.record, |record| record["exe_path"] = form.into());
        let document = world.probe(&record).json();
        assert_eq!(
            check(&document, "exe_path")["outcome"],
            "pass",
            "{document:#}"
        );
    }
}

#[test]
fn the_start_time_warns_of_a_process_younger_than_its_record() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = world.edited(&daemon.record, |record| {
        let made = record["started_at_unix_ms"].as_u64().unwrap();
        record["started_at_unix_ms"] = (made - 20_000).into();
    });
    let document = world.probe(&record).json();
    let start = check(&document, "start_time");
    assert_eq!(start["outcome"], "warn", "{document:#}");
}

#[test]
fn a_boot_of_another_number_is_another_boot() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = world.edited(&daemon.record, |record| {
        record["boot_id"] = "windows-boot-41".into();
        record["started_at_unix_ms"] = 1.into();
    });
    let document = world.probe(&record).json();
    assert_eq!(
        check(&document, "boot_id")["outcome"],
        "fail",
        "{document:#}"
    );
    assert_ne!(document["verdict"], "verified");
}

#[test]
fn the_host_of_another_machine_is_told() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let identity = read(&daemon.record);
    let record = world.path("m.json");
    let manifest = json!({
        "manifest_schema_version": 1,
        "media_type": "application/vnd.running-process.cache-manifest.v1",
        "service_name": "test",
        "service_version": "1.2.3",
        "current_daemon": identity,
        "host": {"hostname": "elsewhere", "machine_id": "another", "boot_id": "windows-boot-7"},
    });
    std::fs::write(&record, manifest.to_string()).unwrap();
    let document = world.probe(&record);
    let document = document.assert_verdict(4, "indeterminate", Some("foreign_host"));
    assert_eq!(check(&document, "pid")["outcome"], "skip");
}

#[test]
fn the_user_of_the_record_is_that_of_the_process() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let document = world.probe(&daemon.record).json();
    let user = check(&document, "user");
    assert_eq!(user["outcome"], "pass", "{document:#}");
    assert_eq!(user["expected"], user["actual"]);
    assert!(!checks_with(&document, &["pass"]).is_empty());
}
