//! Records within the limit of size that would take far more than their size.

use std::path::PathBuf;

use prost::Message;
use rpctl::record::{CacheManifest, CacheRoot};

use super::{protobuf, sound_manifest};
use crate::support::{World, most_memory};

/// What a run on an ordinary record stays below, in KiB.
const ORDINARY: u64 = 32 << 10;

/// What a run may take on a record that is as large as it may be, in KiB.
const MOST: u64 = 128 << 10;

/// Nearly a mebibyte: what is around the elements needs room as well.
const ROOM: usize = (1 << 20) - 1024;

fn kept(world: &World, name: &str, record: impl AsRef<[u8]>) -> PathBuf {
    let path = world.path(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(record.as_ref().len() <= 1 << 20);
    std::fs::write(&path, record).unwrap();
    path
}

/// A protobuf manifest of nothing but empty roots: two bytes each.
fn empty_roots() -> Vec<u8> {
    let named = CacheManifest {
        service_name: "test".to_owned(),
        service_version: "1.2.3".to_owned(),
        ..CacheManifest::default()
    };
    let mut record = named.encode_to_vec();
    record.extend(b"\x52\x00".repeat(ROOM / 2));
    record
}

/// A JSON manifest with as many elements in a list as there is room for.
fn json_list(key: &str, element: &str) -> String {
    let list = vec![element; ROOM / (element.len() + 1)].join(",");
    format!("{{\"service_name\":\"test\",\"service_version\":\"1.2.3\",\"{key}\":[{list}]}}")
}

fn json_map(key: &str) -> String {
    let entries: Vec<String> = (0..ROOM / 12)
        .map(|n| format!("\"{n:05x}\":\"\""))
        .collect();
    format!("{{\"roots\":[{{\"{key}\":{{{}}}}}]}}", entries.join(","))
}

#[track_caller]
fn assert_cheap(world: &World, arguments: &[&str], code: i32, bound: u64) {
    let (ended, most) = most_memory(world, arguments);
    assert_eq!(ended, code, "{arguments:?}");
    assert!(most < bound, "{arguments:?}: {most} KiB");
}

#[test]
fn too_many_elements_are_refused_before_they_are_built() {
    let world = World::new();
    for (name, record) in [
        ("roots.pb", empty_roots()),
        ("roots.json", json_list("roots", "{}").into()),
        ("mapping.json", json_list("dependsOn", "{}").into()),
        ("provides.json", json_list("provides", "\"\"").into()),
        ("labels.json", json_map("labels").into()),
    ] {
        let path = kept(&world, name, record);
        let path = path.to_str().unwrap();
        let run = world.rpctl(["inspect-manifest", "--json", path]);
        let document = run.json();
        assert_eq!(document["error"]["kind"], "too_many_elements", "{name}");
        let message = document["error"]["message"].as_str().unwrap();
        let place = if name == "roots.pb" {
            "roots"
        } else {
            "line 1, column "
        };
        assert!(message.contains(place), "{message}");
        assert!(message.ends_with(": more than 1024 elements"), "{message}");
        assert_cheap(&world, &["inspect-manifest", path], 8, ORDINARY);
        assert_cheap(&world, &["probe", path], 8, ORDINARY);
    }
}

/// Shown by table and as JSON, what there may be takes a small multiple.
#[test]
fn the_largest_record_is_shown_in_little_memory() {
    let world = World::new();
    let root = CacheRoot {
        exclude_globs: vec![String::new(); ROOM / 2 / 1024 - 8],
        ..CacheRoot::default()
    };
    let manifest = CacheManifest {
        roots: vec![root; 1024],
        ..sound_manifest()
    };
    let path = kept(&world, "m.pb", protobuf(&manifest));
    let path = path.to_str().unwrap();
    assert_cheap(&world, &["inspect-manifest", path], 0, MOST);
    assert_cheap(&world, &["inspect-manifest", "--json", path], 0, MOST);
    // A result that is not shown is not rendered.
    assert_cheap(&world, &["inspect-manifest", "-q", path], 0, ORDINARY);
}

#[test]
fn a_label_of_any_length_widens_no_line_but_its_own() {
    let world = World::new();
    let long = "k".repeat(100_000);
    let labels = [
        (long.clone(), "far".to_owned()),
        ("k".to_owned(), "near".to_owned()),
    ];
    let manifest = CacheManifest {
        roots: vec![CacheRoot {
            labels: labels.into(),
            ..CacheRoot::default()
        }],
        ..sound_manifest()
    };
    let path = kept(&world, "m.pb", protobuf(&manifest));
    let run = world.rpctl(["inspect-manifest", path.to_str().unwrap()]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let ends_of = |line: &str| (line.len(), line.trim().to_owned());
    let shown: Vec<_> = run.text().lines().map(ends_of).collect();
    assert!(shown.contains(&(4 + long.len() + 2 + 3, format!("{long}  far"))));
    let near = shown.iter().find(|(_, text)| text.ends_with("near"));
    assert!(near.is_some_and(|(length, _)| *length < 80), "{near:?}");
}

#[test]
fn a_registry_of_greedy_records_is_searched_in_little_memory() {
    let world = World::new();
    let manifest = CacheManifest {
        roots: vec![
            CacheRoot {
                exclude_globs: vec![String::new(); 500],
                ..CacheRoot::default()
            };
            1000
        ],
        current_daemon: None,
        ..sound_manifest()
    };
    for number in 0..6 {
        kept(&world, &format!("registry/{number}.pb"), empty_roots());
        let within = format!("registry/w{number}.pb");
        kept(&world, &within, protobuf(&manifest));
    }
    // They are read one after the other; of what is free again, each thread's share
    // of the heap keeps some.
    let bound = ORDINARY + (48 << 10);
    // None of them leads to a daemon.
    assert_cheap(&world, &["probe"], 2, bound);
    assert_cheap(&world, &["probe", "--service", "zccache"], 2, bound);
    assert_cheap(&world, &["list"], 0, bound);
}
