//! A daemon whose manifest does not name it.

use std::path::PathBuf;

use rpctl::DaemonProcess;
use rpctl::record::CacheRoot;
use serde_json::Value;

use crate::support::{Run, TestServer, World, check, this_process};

// Kinds of root.
pub(super) const DATA: i32 = 1;
pub(super) const LOCKS: i32 = 3;
pub(super) const RUNTIME: i32 = 4;

/// A daemon that is up and kept its identity to itself, and its manifest.
pub(super) struct Fixture {
    pub(super) world: World,
    pub(super) identity: DaemonProcess,
    _served: TestServer,
}

impl Fixture {
    pub(super) fn new() -> Self {
        let world = World::new();
        let identity = this_process(&world.endpoint("s"));
        let served = TestServer::truly(&identity);
        for directory in ["locks", "run", "data"] {
            std::fs::create_dir(world.path(directory)).unwrap();
        }
        Self {
            world,
            identity,
            _served: served,
        }
    }

    /// Keep the identity in a file; its path.
    pub(super) fn keep(&self, name: &str) -> PathBuf {
        self.world.sidecar(name, &self.identity)
    }

    /// A manifest of the service `test` that names roots and no daemon.
    pub(super) fn manifest(&self, roots: &[(i32, &str)]) -> PathBuf {
        self.world.manifest("m.json", &self.identity, |manifest| {
            manifest.current_daemon = None;
            manifest.roots = roots
                .iter()
                .map(|&(kind, path)| CacheRoot {
                    kind,
                    path: self.path(path),
                    ..CacheRoot::default()
                })
                .collect();
        })
    }

    pub(super) fn path(&self, name: &str) -> String {
        self.world.path(name).to_str().unwrap().to_owned()
    }

    pub(super) fn probe(&self, roots: &[(i32, &str)]) -> Run {
        self.world.probe(&self.manifest(roots))
    }

    /// Probe, and assert that the files lead to a report each.
    #[track_caller]
    pub(super) fn assert_found(&self, roots: &[(i32, &str)], files: &[&str]) {
        let run = self.probe(roots);
        let document = run.json();
        let reports = document["reports"]
            .as_array()
            .map_or_else(|| vec![&document], |reports| reports.iter().collect());
        let found: Vec<&str> = reports
            .iter()
            .filter_map(|report| report["target"]["identity_file"].as_str())
            .collect();
        let expected: Vec<String> = files.iter().map(|name| self.path(name)).collect();
        assert_eq!(found, expected, "{document:#}");
        assert_eq!(run.code, Some(0), "{document:#}");
    }

    /// Probe, and assert that no identity is found; what is said about that.
    #[track_caller]
    pub(super) fn assert_none(&self, roots: &[(i32, &str)]) -> String {
        let reason = Some("no_daemon_recorded");
        let document = self.probe(roots).assert_verdict(3, "not_running", reason);
        assert_eq!(document["target"]["identity_file"], Value::Null);
        said(&document)
    }

    /// Probe, and assert that an identity may be where it was not looked; what is
    /// said about that.
    #[track_caller]
    pub(super) fn assert_hidden(&self, roots: &[(i32, &str)]) -> String {
        let reason = Some("identity_hidden");
        let document = self.probe(roots).assert_verdict(4, "indeterminate", reason);
        assert_eq!(document["target"]["identity_file"], Value::Null);
        said(&document)
    }
}

/// What the record check says.
pub(super) fn said(document: &Value) -> String {
    let detail = check(document, "record")["detail"].as_str();
    detail.unwrap().to_owned()
}
