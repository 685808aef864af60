//! `rpctl inspect-manifest`: the document, and that nothing else is touched.

use std::io::ErrorKind;
use std::os::unix::net::UnixListener;

use data_encoding::HEXLOWER;
use rpctl::record::load;
use serde_json::json;

use super::inspect::{golden, inspect};
use super::piped;
use crate::support::{Run, World, is_installed, this_process};

#[test]
fn the_document_has_the_record_its_target_and_its_findings() {
    let world = World::new();
    let record = golden(&world, "sidecar-fixed.json");
    let run = inspect(&world, &["--json"], &record);
    let digest = HEXLOWER.encode(&(0..32).collect::<Vec<u8>>());
    let endpoint = json!({
        "namespace_id": "mnt:[4026531841]:pid:[4026531836]",
        "path": "/run/user/1000/rp/zccache.sock",
    });
    let found = run.json();
    let expected = json!({
        "schema_version": 1,
        "command": "inspect-manifest",
        "exit_code": 0,
        "time": found["time"],
        "rpctl_version": env!("CARGO_PKG_VERSION"),
        "hostname": found["hostname"],
        "summary": "valid: identity sidecar (JSON)",
        "hints": [],
        "target": {
            "record": record,
            "format": "sidecar_json",
            "identity_file": null,
            "service_name": null,
            "service_version": null,
            "pid": 4242,
            "endpoint": endpoint,
        },
        "size_bytes": 581,
        "findings": [],
        "record": {
            "pid": 4242,
            "exe_path": "/opt/zccache/bin/zccache-daemon",
            "exe_sha256": digest,
            "ipc_endpoint": endpoint,
            "started_at_unix_ms": 1_767_225_600_123_u64,
            "boot_id": "b7c1a9f2-0000-4000-8000-000000000001",
            "idle_timeout_secs": 600,
        },
    });
    assert_eq!(found, expected);
    let text = serde_json::to_string_pretty(&expected).unwrap();
    assert_eq!(run.text(), format!("{text}\n"), "the order of the keys");
}

#[test]
fn the_document_of_a_manifest_has_every_field_of_it() {
    let world = World::new();
    let record = golden(&world, "manifest-full.pb");
    let document = inspect(&world, &["--json"], &record).json();
    assert_eq!(document["target"]["service_name"], "zccache");
    assert_eq!(document["target"]["service_version"], "1.15.12");
    let loaded = load(&record).unwrap();
    let expected = serde_json::to_value(loaded.content.manifest().unwrap()).unwrap();
    assert_eq!(document["record"], expected);

    let bytes = std::fs::read(&record).unwrap();
    let piped = piped(&world, ["inspect-manifest", "--json", "-"], &bytes).json();
    assert_eq!(piped["target"]["record"], "-");
    assert_eq!(piped["record"], expected);
}

#[test]
fn no_process_is_contacted_by_an_inspection() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let listener = UnixListener::bind(&identity.ipc_endpoint.path).unwrap();
    listener.set_nonblocking(true).unwrap();
    let record = world.sidecar("s.json", &identity);
    for options in [
        &[][..],
        &["--json"],
        &["--convert", "json"],
        &["--convert", "protobuf"],
    ] {
        assert_eq!(inspect(&world, options, &record).code, Some(0));
    }
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    world.rpctl(["probe", "--timeout", "50ms", record.to_str().unwrap()]);
    assert!(listener.accept().is_ok());
}

#[test]
fn protobuf_is_not_sent_to_a_terminal() {
    if !is_installed("script") {
        return;
    }
    let world = World::new();
    let record = golden(&world, "manifest-full.pb");
    let on_a_terminal = |form: &str| {
        let program = env!("CARGO_BIN_EXE_rpctl");
        let line = format!(
            "'{program}' inspect-manifest --convert {form} '{}'",
            record.display()
        );
        Run::of(world.command("script").args(["-qec", &line, "/dev/null"]))
    };
    let run = on_a_terminal("protobuf");
    assert_eq!(run.code, Some(2), "{run:?}");
    let said = run.text().replace('\r', "");
    let expected = "rpctl: protobuf is binary, and standard output is a terminal\n  \
                    next: send it to a file: --convert protobuf > record.pb\n";
    assert_eq!(said, expected);
    let run = on_a_terminal("json");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.text().starts_with('{'), "{run:?}");
}
