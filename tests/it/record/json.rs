//! JSON records as other programs write them.

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use rpctl::record::{
    Content, Disposition, Format, OperationKind, Record, RootKind, TeardownKind, load, load_bytes,
};
use serde_json::{Value, json};

use super::{faults, protobuf, sound_manifest};
use crate::support::golden_file;

fn read(text: &str) -> Record {
    load_bytes(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A sidecar in rpctl's own words.
fn sidecar() -> Value {
    json!({
        "pid": 4242,
        "exe_path": "/opt/zccache",
        "exe_sha256": vec![0xfb; 32],
        "boot_id": "b7c1a9f2-0000-4000-8000-000000000001",
        "ipc_endpoint": {"namespace_id": "shared", "path": "/run/zccache.sock"},
        "started_at_unix_ms": 1_767_225_600_123_u64,
        "idle_timeout_secs": 600,
    })
}

/// The sidecar with one value written differently.
fn sidecar_with(key: &str, value: Value) -> Record {
    let mut sidecar = sidecar();
    sidecar[key] = value;
    read(&sidecar.to_string())
}

/// The JSON was made from the protobuf by Google's own library.
#[test]
fn protobufs_json_mapping_equals_the_binary_manifest() {
    let mapped = load(&golden_file("manifest-full.protobuf.json")).unwrap();
    assert_eq!(mapped.format, Format::ManifestJson);
    let original = load(&golden_file("manifest-full.pb")).unwrap();
    assert_eq!(mapped.content, original.content);
}

#[test]
fn a_camel_case_sidecar_equals_the_one_in_snake_case() {
    let camel_case = json!({
        "idleTimeoutSecs": "600",
        "startedAtUnixMs": "1767225600123",
        "ipcEndpoint": {"path": "/run/zccache.sock", "namespaceId": "shared"},
        "bootId": "b7c1a9f2-0000-4000-8000-000000000001",
        "exeSha256": BASE64.encode(&[0xfb; 32]),
        "exePath": "/opt/zccache",
        "pid": "4242",
        "unknown": {"to": ["this", "version"]},
    });
    let record = read(&camel_case.to_string());
    assert_eq!(record.format, Format::SidecarJson);
    assert_eq!(record.content, read(&sidecar().to_string()).content);
}

#[test]
fn a_digest_may_be_hex_base64_or_an_array() {
    let digest = [0xfb; 32];
    let expected = read(&sidecar().to_string()).content;
    for text in [
        HEXLOWER.encode(&digest),
        HEXUPPER.encode(&digest),
        BASE64.encode(&digest),
        BASE64_NOPAD.encode(&digest),
        BASE64URL.encode(&digest),
        BASE64URL_NOPAD.encode(&digest),
    ] {
        let record = sidecar_with("exe_sha256", json!(text));
        assert_eq!(record.content, expected, "{text}");
    }
}

#[test]
fn null_and_nothing_are_the_default() {
    let null = sidecar_with("idle_timeout_secs", Value::Null);
    let mut without = sidecar();
    without.as_object_mut().unwrap().remove("idle_timeout_secs");
    assert_eq!(null.content, read(&without.to_string()).content);
    assert_eq!(null.daemon().unwrap().idle_timeout_secs, None);

    let bare = json!({"service_name": "zccache", "service_version": "1.15.12"});
    let mut nulls = bare.clone();
    for key in [
        "roots",
        "current_daemon",
        "provides",
        "bundle_id",
        "created_at_unix_ms",
        "manifest_schema_version",
        "self_sha256",
        "host",
    ] {
        nulls[key] = Value::Null;
    }
    let (bare, nulls) = (read(&bare.to_string()), read(&nulls.to_string()));
    assert_eq!(bare.content, nulls.content);
}

#[test]
fn the_legacy_key_of_the_blake3_generation_supplies_the_sha256() {
    let mut legacy = sidecar();
    let keys = legacy.as_object_mut().unwrap();
    let digest = keys.remove("exe_sha256").unwrap();
    keys.insert("legacy_exe_sha256".to_owned(), digest);
    let expected = read(&sidecar().to_string()).content;
    assert_eq!(read(&legacy.to_string()).content, expected);
}

#[test]
fn an_enum_value_may_be_a_name_of_either_spelling_or_a_number() {
    fn check(names: &[(i32, &str, &str)], record: impl Fn(Value) -> Value) {
        let content = |kind| read(&record(kind).to_string()).content;
        for &(number, name, protobuf_name) in names {
            assert_eq!(name, name.to_lowercase());
            assert!(protobuf_name.ends_with(&name.to_uppercase()));
            let expected = content(json!(number));
            assert_eq!(content(json!(name)), expected, "{name}");
            assert_eq!(content(json!(protobuf_name)), expected, "{protobuf_name}");
            let Content::Manifest(manifest) = &expected else {
                panic!("{expected:?}");
            };
            let text = serde_json::to_string(manifest).unwrap();
            assert!(text.contains(&format!("\"{name}\"")), "{name}: {text}");
        }
    }
    macro_rules! names {
        ($enum:ident) => {
            &$enum::ALL
                .iter()
                .map(|&value| (value.into(), value.name(), value.protobuf_name()))
                .collect::<Vec<_>>()
        };
    }
    check(names!(RootKind), |kind| json!({"roots": [{"kind": kind}]}));
    check(
        names!(Disposition),
        |kind| json!({"roots": [{"disposition": kind}]}),
    );
    check(
        names!(TeardownKind),
        |kind| json!({"roots": [{"teardown_hook": {"kind": kind}}]}),
    );
    check(
        names!(OperationKind),
        |kind| json!({"current_operation": {"kind": kind}}),
    );
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let text = serde_json::to_string_pretty(&sidecar()).unwrap();
    let windows = format!("\u{feff}\r\n{}\r\n", text.replace('\n', "\r\n"));
    assert_eq!(read(&windows).content, read(&text).content);
}

#[test]
fn a_sidecar_that_lacks_its_pid_is_still_taken_for_one() {
    for key in ["exe_path", "exePath", "ipc_endpoint", "ipcEndpoint"] {
        let error = load_bytes(json!({ key: null }).to_string().as_bytes()).unwrap_err();
        assert_eq!(error.kind(), "json", "{key}: {error}");
    }
}

/// The length of the name may be a space, a quotation mark or a digit.
#[test]
fn a_service_name_of_any_length_is_not_taken_for_json() {
    for length in 1..=64 {
        let mut manifest = sound_manifest();
        manifest.service_name = "a".repeat(length);
        let record = load_bytes(&protobuf(&manifest));
        let record = record.unwrap_or_else(|error| panic!("{length}: {error}"));
        assert_eq!(record.format, Format::ManifestProtobuf, "{length}");
        assert!(
            faults(&record).is_empty(),
            "{length}: {:?}",
            record.findings
        );
    }
}
