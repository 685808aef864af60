//! A service in Python, made with the bindings of running-process 4.10.17.

use std::path::PathBuf;

use nix::sys::signal::Signal;
use rpctl::record::{CacheManifest, CacheRoot, Content, DigestChoice, Format, save};

use super::running::{Running, command, only_listed};
use crate::support::{World, python_env};

const SERVICE: &str = r#"
import sys
from running_process import _native

server = _native.NativeServiceServer("py-svc", "1.0.0", 0xF001, *sys.argv[1:])
while True:
    server.recv(0.5)
"#;

struct Service {
    // Ends before the directory goes that it writes to.
    daemon: Running,
    world: World,
    identity_file: PathBuf,
}

impl Service {
    fn start() -> Option<Self> {
        let python = python_env()?.join("bin/python");
        let world = World::new();
        let directory = world.path("services");
        std::fs::create_dir(&directory).unwrap();
        let identity_file = directory.join("py-svc.identity.json");
        let mut command = command(&world, &python);
        command.args(["-c", SERVICE]).arg(&directory);
        let daemon = Running::start(&world, &mut command, &identity_file);
        Some(Self {
            daemon,
            world,
            identity_file,
        })
    }

    /// A manifest that leads to the service by a root of kind `runtime`.
    fn manifest(&self) -> PathBuf {
        let path = self.world.path("py-svc-1.0.0.pb");
        let manifest = CacheManifest {
            service_name: "py-svc".to_owned(),
            service_version: "1.0.0".to_owned(),
            manifest_schema_version: rpctl::record::SCHEMA_VERSION,
            media_type: rpctl::record::MEDIA_TYPE.to_owned(),
            roots: vec![CacheRoot {
                path: self.world.path("services").to_str().unwrap().to_owned(),
                kind: 4,
                ..CacheRoot::default()
            }],
            ..CacheManifest::default()
        };
        let content = Content::Manifest(Box::new(manifest));
        save(&path, &content, Format::ManifestProtobuf, DigestChoice::All).unwrap();
        path
    }
}

#[test]
fn a_python_service_is_verified_by_every_record() {
    let Some(service) = Service::start() else {
        return;
    };
    service
        .world
        .probe(&service.identity_file)
        .assert_verdict(0, "verified", None);
    let document = service
        .world
        .probe(&service.manifest())
        .assert_verdict(0, "verified", None);
    let found = document["target"]["identity_file"].as_str();
    assert_eq!(found, service.identity_file.to_str());
}

#[test]
fn a_python_service_is_listed_from_where_it_keeps_its_identity() {
    let runtime = "run/running-process/services/py-svc.identity.json";
    let without = ".local/share/running-process/services/py-svc.identity.json";
    for (place, has_runtime) in [(runtime, true), (without, false)] {
        let Some(python) = python_env() else {
            return;
        };
        let world = World::new();
        let mut command = command(&world, &python.join("bin/python"));
        command.args(["-c", SERVICE]);
        if !has_runtime {
            command.env_remove("XDG_RUNTIME_DIR");
        }
        let mut daemon = Running::start(&world, &mut command, &world.path(place));
        assert_eq!(only_listed(&world), ["verified", "py-svc", "", place]);
        daemon.end(Signal::SIGKILL);
        assert_eq!(only_listed(&world), ["not_running", "py-svc", "", place]);
    }
}

#[test]
fn a_killed_python_service_is_not_running() {
    let Some(mut service) = Service::start() else {
        return;
    };
    service.daemon.end(Signal::SIGKILL);
    for record in [&service.identity_file, &service.manifest()] {
        service
            .world
            .probe(record)
            .assert_verdict(3, "not_running", Some("process_exited"));
    }
}

#[test]
fn a_stopped_python_service_is_unresponsive() {
    let Some(service) = Service::start() else {
        return;
    };
    service.daemon.signal(Signal::SIGSTOP);
    let record = service.identity_file.to_str().unwrap();
    service
        .world
        .rpctl(["probe", "--json", "--timeout", "1s", record])
        .assert_verdict(6, "unresponsive", Some("endpoint_silent"));
}
