//! The JSON of a process record.

use rpctl::process::{
    PROCESS_RECORD_MEDIA_TYPE, ProcessRecord, RecordedListener, TcpListenerRecord,
    UnixListenerRecord,
};
use serde_json::{Value, json};

use super::{edited, sleeper};
use crate::support::{Validator, committed};

fn document() -> Value {
    json!({
        "media_type": PROCESS_RECORD_MEDIA_TYPE,
        "service_name": "redis",
        "service_version": "7.2.5",
        "recorded_at_unix_ms": 1_760_000_000_000_u64,
        "rpctl_version": "0.1.0",
        "host": {
            "hostname": "here",
            "machine_id": "0123456789abcdef0123456789abcdef",
            "boot_id": "00000000-0000-4000-8000-000000000000",
            "fs_dev_id": 2049,
            "namespace_id": "mnt:[1]:pid:[2]",
        },
        "process": {
            "pid": 4711,
            "start": { "ticks": 123_456_789, "ticks_per_second": 100 },
            "pidfs_inode": u64::MAX,
            "users": { "real": 1, "effective": 2, "saved": 3, "file_system": 4 },
            "exe": {
                "path": "/usr/bin/redis-server",
                "sha256": "00112233445566778899aabbccddeeff".repeat(2),
                "blake3": "ff".repeat(32),
                "file": {
                    "device": 2049,
                    "inode": u64::MAX,
                    "size": 5,
                    "modified_unix_ns": 1_760_000_000_123_456_789_i64,
                    "changed_unix_ns": -1,
                },
            },
            "command_name": "redis-server",
        },
        "listeners": [
            {
                "kind": "unix",
                "path": "/run/redis.sock",
                "device": 25,
                "inode": 1000,
                "socket_inode": 31_337,
            },
            {
                "kind": "tcp",
                "address": "127.0.0.1",
                "port": 6379,
                "socket_inode": 31_338,
                "network_namespace": 4_026_531_840_u64,
            },
            { "kind": "tcp", "address": "::", "port": 6379, "socket_inode": 31_339 },
        ],
    })
}

fn parse(document: &Value) -> Result<ProcessRecord, String> {
    serde_json::from_str(&document.to_string()).map_err(|error| error.to_string())
}

#[test]
fn every_field_survives_reading_and_writing() {
    let record = parse(&document()).unwrap();
    assert_eq!(serde_json::to_value(&record).unwrap(), document());
    let exe = record.process.exe.unwrap();
    assert_eq!(exe.digests().blake3, Some([0xff; 32]));
    assert_eq!(exe.digests().sha256.unwrap()[..3], [0, 0x11, 0x22]);
    assert_eq!(
        record.listeners[..2],
        [
            RecordedListener::Unix(UnixListenerRecord {
                path: "/run/redis.sock".to_owned(),
                device: Some(25),
                inode: Some(1000),
                socket_inode: 31_337,
                network_namespace: None,
            }),
            RecordedListener::Tcp(TcpListenerRecord {
                address: "127.0.0.1".parse().unwrap(),
                port: 6379,
                socket_inode: 31_338,
                network_namespace: Some(4_026_531_840),
            }),
        ]
    );
}

#[test]
fn a_captured_record_survives_reading_and_writing() {
    let child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    assert_eq!(edited(&record, |_| {}), record);
}

#[test]
fn unknown_fields_and_listeners_are_ignored() {
    let mut document = document();
    document["future"] = json!([1]);
    document["process"]["future"] = json!({});
    document["process"]["exe"]["future"] = json!("x");
    let vsock = json!({ "kind": "vsock", "cid": 3, "port": 1 });
    document["listeners"].as_array_mut().unwrap().push(vsock);
    let record = parse(&document).unwrap();
    assert_eq!(record.listeners[3], RecordedListener::Unknown);
}

#[test]
fn another_version_is_refused_by_name() {
    let mut document = document();
    document["media_type"] = "application/vnd.rpctl.process-record.v2+json".into();
    let error = parse(&document).unwrap_err();
    assert!(error.contains("version 2"), "{error}");
    document["media_type"] = "Application/vnd.rpctl.Process-Record.v2+JSON".into();
    let error = parse(&document).unwrap_err();
    assert!(error.contains("version 2"), "{error}");
    document["media_type"] = "application/json".into();
    let error = parse(&document).unwrap_err();
    assert!(error.contains("not the media type"), "{error}");
}

#[test]
fn what_names_no_process_is_refused() {
    let faults: [(&str, Value, &str); 9] = [
        ("/process/pid", json!(0), "not a process ID"),
        ("/process/pid", json!(1 << 22), "not a process ID"),
        ("/process/pid", json!(1_u64 << 31), "not a process ID"),
        ("/process/pid", json!("4711"), "invalid type"),
        ("/process/start/ticks", json!(-1), "invalid value"),
        ("/process/exe/sha256", json!("ff"), "64 hexadecimal"),
        (
            "/process/exe/blake3",
            json!("é".repeat(32)),
            "64 hexadecimal",
        ),
        ("/host", Value::Null, "invalid type"),
        (
            "/listeners/2/socket_inode",
            json!(1_u64 << 32),
            "not the inode number of a socket",
        ),
    ];
    for (place, value, expected) in faults {
        let mut document = document();
        *document.pointer_mut(place).unwrap() = value;
        let error = parse(&document).unwrap_err();
        assert!(error.contains(expected), "{place}: {error}");
    }
    for missing in ["media_type", "recorded_at_unix_ms", "host", "process"] {
        let mut document = document();
        document.as_object_mut().unwrap().remove(missing);
        let error = parse(&document).unwrap_err();
        assert!(error.contains(missing), "{error}");
    }
}

#[test]
fn a_time_that_cannot_be_right_is_a_finding() {
    let record = ProcessRecord::current().unwrap();
    let details = |record: &ProcessRecord| -> Vec<String> {
        let text = serde_json::to_vec(record).unwrap();
        let findings = rpctl::record::load_bytes(&text).unwrap().findings;
        findings.into_iter().map(|finding| finding.detail).collect()
    };
    assert_eq!(details(&record), [""; 0]);
    let start = record.started_at_unix_ms().unwrap();
    let zero = "recorded_at_unix_ms is 0, so the record does not say when it was made";
    let early = |time: u64| {
        format!("recorded_at_unix_ms is {time}, before the recorded process was started")
    };
    for (time, expected) in [
        (0, zero.to_owned()),
        (1, early(1)),
        (start - 10_000, early(start - 10_000)),
    ] {
        let mut edited = record.clone();
        edited.recorded_at_unix_ms = time;
        assert_eq!(details(&edited), [expected]);
    }
    // The start of another boot cannot be dated.
    let mut edited = record;
    edited.recorded_at_unix_ms = 1;
    edited.host.boot_id = "00000000-0000-4000-8000-000000000001".to_owned();
    assert_eq!(details(&edited), [""; 0]);
}

/// Upper and lower case do not count in a media type.
#[test]
fn a_media_type_in_upper_case_is_the_same_one() {
    let mut document = document();
    document["media_type"] = PROCESS_RECORD_MEDIA_TYPE.to_uppercase().into();
    let record = parse(&document).unwrap();
    let written = serde_json::to_value(&record).unwrap();
    assert_eq!(written["media_type"], PROCESS_RECORD_MEDIA_TYPE);
    let loaded = rpctl::record::load_bytes(document.to_string().as_bytes()).unwrap();
    assert_eq!(loaded.content.process(), Some(&record));
}

/// The values of an object in their order are no object.
#[test]
fn an_array_is_no_object_at_any_place() {
    for place in [
        "/host",
        "/process",
        "/process/start",
        "/process/users",
        "/process/exe",
        "/process/exe/file",
        "/listeners/0",
        "/listeners/1",
    ] {
        let mut document = document();
        let object = document.pointer_mut(place).unwrap();
        let values: Vec<Value> = object.as_object().unwrap().values().cloned().collect();
        *object = values.into();
        let error = parse(&document).unwrap_err();
        assert!(error.contains("expected an object"), "{place}: {error}");
        let read = rpctl::record::load_bytes(document.to_string().as_bytes());
        let error = read.unwrap_err().to_string();
        assert!(error.contains("expected an object"), "{place}: {error}");
    }
}

/// What the schema refuses, the library refuses; both accept what is written.
#[test]
fn the_schema_describes_what_is_written_and_read() {
    let schema = std::fs::read(committed("src/process-record.schema.json")).unwrap();
    let validator = Validator::new(serde_json::from_slice(&schema).unwrap());
    let captured = ProcessRecord::current().unwrap();
    let captured = captured.with_service("test", Some("1.2.3")).unwrap();
    for written in [document(), serde_json::to_value(&captured).unwrap()] {
        assert_eq!(validator.fault(&written), None);
    }
    let places = [
        "/process/pid",
        "/media_type",
        "/process/exe/sha256",
        "/listeners/1/port",
        "/listeners/0/socket_inode",
        "/listeners/1/socket_inode",
        "/process/start",
    ];
    for place in places {
        let mut document = document();
        let value = document.pointer_mut(place).unwrap();
        *value = match *value {
            Value::Number(_) if place.ends_with("inode") => json!(1_u64 << 32),
            Value::Object(_) => json!([123_456_789, 100]),
            _ => json!({}),
        };
        assert!(validator.fault(&document).is_some(), "{place}");
        assert!(parse(&document).is_err(), "{place}");
    }
}
