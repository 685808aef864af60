//! The places of other programs in the registry, with records as these write them. Records of
//! the programs themselves are in `third_party`.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;

use rpctl::record::{self, Content, DigestChoice, Format};
use rpctl::{DaemonProcess, HostIdentity};
use serde_json::{Value, json};

use super::fixture::{gone, pruned, record, record_of, verdicts};
use crate::support::{Run, World, is_root, this_process};

/// Each place, below the directory of a world, and the service that is listed for its record.
const PLACES: [(&str, &str, &str); 7] = [
    (
        "run/running-process/services/py-svc.identity.json",
        "py-svc",
        "",
    ),
    (
        ".local/share/running-process/services/old-svc.identity.json",
        "old-svc",
        "",
    ),
    ("run/running-process/broker-v2/daemon-web.json", "web", ""),
    (
        ".cache/running-process/broker-v2/daemon-night.json",
        "night",
        "",
    ),
    (
        ".soldr/cache/soldr-daemon/broker-route-claim.pb",
        "soldr",
        "",
    ),
    (".clud/state/daemon-identity.json", "clud", ""),
    (
        ".zccache/v1.15.8/daemon.running-process.json",
        "zccache",
        "1.15.8",
    ),
];

fn format_of(path: &str) -> Format {
    if path.contains("soldr") {
        Format::DaemonProtobuf
    } else {
        Format::SidecarJson
    }
}

fn write(world: &World, path: &str, daemon: &DaemonProcess) -> PathBuf {
    let content = Content::Daemon(daemon.to_proto());
    let place = world.path(path);
    record::save(&place, &content, format_of(path), DigestChoice::Blake3).unwrap();
    place
}

/// For each report of a list, the service with its version, and the path of the record.
fn listed(document: &Value) -> Vec<(String, PathBuf)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let reports = document["reports"].as_array().unwrap().iter();
    reports
        .map(|report| {
            let target = &report["target"];
            let (name, version) = (&target["service_name"], &target["service_version"]);
            (
                text(name) + "@" + &text(version),
                text(&target["record"]).into(),
            )
        })
        .collect()
}

#[test]
fn records_of_every_place_are_listed_and_meant_by_name() {
    let world = World::new();
    let mut expected = Vec::new();
    for (at, (path, name, version)) in PLACES.into_iter().enumerate() {
        let daemon = this_process(&world.endpoint(&at.to_string()));
        expected.push((format!("{name}@{version}"), write(&world, path, &daemon)));
    }
    let document = world.rpctl(["list", "--json"]).json();
    assert_eq!(listed(&document), expected);
    for (path, name, _) in PLACES {
        let document = world.rpctl(["probe", "--json", name]).json();
        assert_eq!(
            document["target"]["record"].as_str(),
            world.path(path).to_str()
        );
    }
    let kept = world.rpctl(["prune", "--json"]).json();
    assert_eq!(kept["kept"].as_array().unwrap().len(), PLACES.len());
}

#[test]
fn names_of_every_place_are_completed() {
    let world = World::new();
    for (at, (path, ..)) in PLACES.into_iter().enumerate() {
        write(
            &world,
            path,
            &this_process(&world.endpoint(&at.to_string())),
        );
    }
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command
        .args(["--", "rpctl", "probe", "--service", ""])
        .env("RPCTL_COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", "3");
    let run = Run::of(&mut command);
    let mut names: Vec<&str> = run.text().split(['\n', '\u{b}']).collect();
    names.sort_unstable();
    let mut expected = PLACES.map(|(_, name, _)| name);
    expected.sort_unstable();
    assert_eq!(names, expected);
}

#[test]
fn variables_of_the_programs_move_their_places() {
    let world = World::new();
    let claim = "s/cache/soldr-daemon/generations/soldr-daemon-0a/broker-route-claim.pb";
    let files = [
        claim,
        "c/daemon-identity.json",
        "z/v2.0.0/daemon-dev.running-process.json",
    ];
    for (at, path) in files.into_iter().enumerate() {
        write(
            &world,
            path,
            &this_process(&world.endpoint(&at.to_string())),
        );
    }
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command
        .args(["list", "--json"])
        .env("SOLDR_CACHE_DIR", world.path("s"))
        .env("CLUD_DAEMON_STATE_DIR", world.path("c"))
        .env("ZCCACHE_CACHE_DIR", world.path("z"));
    let document = Run::of(&mut command).json();
    let paths: Vec<PathBuf> = listed(&document)
        .into_iter()
        .map(|(_, path)| path)
        .collect();
    assert_eq!(paths, files.map(|path| world.path(path)));
}

/// A manifest of caches that leads to the sidecar of zccache.
fn manifest(world: &World, daemon: &DaemonProcess) -> PathBuf {
    record_of(world, "zccache-1.15.8", daemon, |manifest| {
        "zccache".clone_into(&mut manifest.service_name);
        "1.15.8".clone_into(&mut manifest.service_version);
        manifest.current_daemon = None;
        manifest.roots = vec![record::CacheRoot {
            path: world.path(".zccache/v1.15.8").to_str().unwrap().to_owned(),
            kind: record::RootKind::Locks.into(),
            ..record::CacheRoot::default()
        }];
    })
}

#[test]
fn a_daemon_is_listed_once_whether_it_lives_or_not() {
    for is_alive in [true, false] {
        let world = World::new();
        let daemon = if is_alive {
            this_process(&world.endpoint("socket"))
        } else {
            gone(&world, "socket")
        };
        let manifest = manifest(&world, &daemon);
        write(
            &world,
            ".zccache/v1.15.8/daemon.running-process.json",
            &daemon,
        );
        // The slot that all generations of soldr share, and that of one.
        let (slot, generation) = (PLACES[4].0, "generations/soldr-daemon-0a");
        let soldr = write(&world, slot, &this_process(&world.endpoint("soldr")));
        let copy = soldr.parent().unwrap().join(generation);
        fs::create_dir_all(&copy).unwrap();
        fs::copy(&soldr, copy.join("broker-route-claim.pb")).unwrap();
        for args in [["list", "--json"], ["probe", "--all"]] {
            let run = world.rpctl(args.into_iter().chain(["-o", "json"]));
            let paths: Vec<PathBuf> = listed(&run.json()).into_iter().map(|it| it.1).collect();
            assert_eq!(paths, [manifest.clone(), soldr.clone()], "{args:?}");
        }
        let document = world.rpctl(["probe", "--json", "zccache"]).json();
        assert_eq!(document["target"]["record"].as_str(), manifest.to_str());
    }
}

#[test]
fn a_stale_identity_file_is_pruned_once_by_its_manifest() {
    let world = World::new();
    let daemon = gone(&world, "socket");
    // Its dead socket proves that it was here.
    drop(UnixListener::bind(world.path("socket")).unwrap());
    let manifest = manifest(&world, &daemon);
    let sidecar = write(
        &world,
        ".zccache/v1.15.8/daemon.running-process.json",
        &daemon,
    );
    let (removed, kept) = pruned(&world.rpctl(["prune", "--json"]));
    assert_eq!(
        (removed, kept),
        (vec![sidecar.clone(), world.path("socket")], vec![])
    );
    assert!(!sidecar.exists() && manifest.exists());
}

#[test]
fn another_schema_is_no_failure() {
    let world = World::new();
    let run = world.rpctl(["spawn-self", "--service", "here", "--idle-timeout", "10m"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let other = world.path("registry/here-2.0.0.v2.pb");
    fs::write(&other, b"\x0a\x04here\x12\x052.0.0\x1a\x02v2").unwrap();
    for args in [
        &["list"][..],
        &["probe", "--all"],
        &["probe", "--all", "--wait", "60s"],
    ] {
        let run = world.rpctl([args, &["--json"]].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(verdicts(&run.json()).len(), 1);
        let said = format!(
            "{} is not listed: this is a \"v2\" manifest",
            other.display()
        );
        assert!(run.stderr.contains(&said), "{run:?}");
    }
    // It is what was named here.
    let run = world.probe(&other);
    assert_eq!(run.code, Some(8), "{run:?}");
    assert_eq!(world.rpctl(["shutdown", "here"]).code, Some(0));
}

#[test]
fn a_file_that_is_no_record_is_one_line() {
    let world = World::new();
    record(&world, "sound", |_| {});
    for path in [
        "run/running-process/services/x.identity.json",
        "registry/x.json",
    ] {
        let path = world.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "no record").unwrap();
    }
    let document = world.rpctl(["list", "--json"]).json();
    let listed = verdicts(&document).into_iter();
    let listed: Vec<(String, String)> = listed.collect();
    let line = |name: &str, verdict: &str| (name.to_owned(), verdict.to_owned());
    let expected = [
        line("sound.pb", "unresponsive"),
        line("x.json", "invalid_record"),
        line("x.identity.json", "invalid_record"),
    ];
    assert_eq!(listed, expected);
}

#[test]
fn a_place_that_cannot_be_read_is_one_line() {
    const STRANGER: u32 = 54_321;
    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    for (path, mode) in [
        (".zccache", 0o700),
        (".soldr/cache/soldr-daemon", 0o700),
        ("file", 0o700),
    ] {
        fs::create_dir_all(world.path(path)).unwrap();
        fs::set_permissions(world.path(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    chown(world.path("file"), Some(STRANGER), None).unwrap();
    // No directory, and so nothing that could hold a record.
    fs::write(world.path(".clud"), "").unwrap();
    let mut command = world.command(&program);
    command
        .args(["probe", "--all", "--json"])
        .uid(STRANGER)
        .gid(STRANGER);
    let run = Run::of(&mut command);
    let hidden = [".soldr/cache/soldr-daemon", ".zccache"];
    let paths: Vec<PathBuf> = listed(&run.json()).into_iter().map(|it| it.1).collect();
    assert_eq!(
        paths,
        hidden.map(|path| world.path(path)),
        "{:#}",
        run.json()
    );
    assert_eq!(run.code, Some(4), "{run:?}");
    let reports = run.json()["reports"].clone();
    assert_eq!(reports[0]["reason"], "record_unreadable", "{reports:#}");
}

/// A sidecar that says whose it is, and where it was written.
#[test]
fn a_sidecar_with_names_is_listed_and_pruned_by_them() {
    let world = World::new();
    let mut sidecar = serde_json::to_value(gone(&world, "socket")).unwrap();
    sidecar["service_name"] = json!("named");
    sidecar["service_version"] = json!("3.2.1");
    let path = world.path("run/running-process/services/other.identity.json");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, sidecar.to_string()).unwrap();
    let run = world.rpctl(["list", "--json"]);
    assert_eq!(listed(&run.json())[0].0, "named@3.2.1");
    let (_, kept) = pruned(&world.rpctl(["prune", "--json"]));
    assert_eq!(
        kept,
        [("other.identity.json".to_owned(), "elsewhere".to_owned())]
    );

    sidecar["host"] = serde_json::to_value(HostIdentity::current(&path)).unwrap();
    fs::write(&path, sidecar.to_string()).unwrap();
    let shown = world.rpctl(["inspect-manifest", "--json", "named"]).json();
    assert_eq!(shown["record"]["service_version"], "3.2.1", "{shown:#}");
    assert_eq!(shown["record"]["host"], sidecar["host"]);
    let file = path.to_str().unwrap();
    let run = world.rpctl(["inspect-manifest", "--convert", "sidecar", file]);
    assert_eq!(serde_json::from_str::<Value>(run.text()).unwrap(), sidecar);
    let (removed, _) = pruned(&world.rpctl(["prune", "--json"]));
    assert_eq!(removed, std::slice::from_ref(&path));

    sidecar["service_name"] = json!("No Name");
    fs::write(&path, sidecar.to_string()).unwrap();
    assert_eq!(world.probe(&path).code, Some(8));
}
