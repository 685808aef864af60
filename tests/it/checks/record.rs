//! The checks of the record and of the host that it is from.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use rpctl::record::HostMessage;

use crate::support::{Daemon, TestServer, World, check, checks_with, failed, this_process};

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
