//! zccache 1.15.8, a compiler cache: BLAKE3 generation, with its identity beside
//! its manifest.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use nix::sys::signal::Signal;

use super::running::{Running, command, only_listed};
use crate::support::{Run, World, check, failed, python_env};

struct Zccache {
    // Ends before the directory goes that it writes to.
    daemon: Running,
    world: World,
}

impl Zccache {
    /// zccache from a copy of its executable, up and running.
    fn start() -> Option<Self> {
        let program = python_env()?.join("bin/zccache");
        let world = World::new();
        // Another process does it, so that no child inherits the copy being written.
        let copied = Command::new("cp")
            .args([program, world.path("zccache")])
            .status();
        assert!(copied.unwrap().success());
        let daemon = start_in(&world);
        Some(Self { daemon, world })
    }

    fn sidecar(&self) -> PathBuf {
        sidecar_in(&self.world)
    }

    fn registered(&self) -> PathBuf {
        let registry = ".local/share/running-process/manifests";
        self.world.path(registry).join("zccache-1.15.8.pb")
    }

    /// Both ways to its identity.
    fn records(&self) -> [PathBuf; 2] {
        [self.sidecar(), self.registered()]
    }

    #[track_caller]
    fn assert_verdict(&self, code: i32, verdict: &str, reason: Option<&str>) {
        for record in self.records() {
            self.world
                .probe(&record)
                .assert_verdict(code, verdict, reason);
        }
    }
}

fn sidecar_in(world: &World) -> PathBuf {
    world.path(".zccache/v1.15.8/daemon.running-process.json")
}

fn start_in(world: &World) -> Running {
    let mut command = command(world, &world.path("zccache"));
    command.args(["daemon-run", "--foreground"]);
    Running::start(world, &mut command, &sidecar_in(world))
}

#[test]
fn zccache_is_verified_by_its_sidecar_and_by_its_manifest() {
    let Some(zccache) = Zccache::start() else {
        return;
    };
    zccache.assert_verdict(0, "verified", None);
    let document = zccache.world.probe(&zccache.registered()).json();
    let target = &document["target"];
    assert_eq!(target["service_name"], "zccache");
    assert_eq!(target["service_version"], "1.15.8");
    assert_eq!(target["identity_file"].as_str(), zccache.sidecar().to_str());
    let said = check(&document, "record")["detail"].as_str().unwrap();
    assert!(said.contains(zccache.sidecar().to_str().unwrap()), "{said}");
    let digest = check(&document, "digest")["expected"].as_str().unwrap();
    assert!(digest.starts_with("blake3:"), "{digest}");
}

#[test]
fn zccache_is_listed_once_with_and_without_its_manifest() {
    let Some(mut zccache) = Zccache::start() else {
        return;
    };
    let manifest = ".local/share/running-process/manifests/zccache-1.15.8.pb";
    let sidecar = ".zccache/v1.15.8/daemon.running-process.json";
    for verdict in ["verified", "not_running"] {
        let expected = |record: &str| [verdict, "zccache", "1.15.8", record].map(str::to_owned);
        assert_eq!(only_listed(&zccache.world), expected(manifest));
        let aside = zccache.world.path("aside.pb");
        std::fs::rename(zccache.registered(), &aside).unwrap();
        assert_eq!(only_listed(&zccache.world), expected(sidecar));
        std::fs::rename(&aside, zccache.registered()).unwrap();
        if verdict == "verified" {
            zccache.daemon.end(Signal::SIGKILL);
        }
    }
}

#[test]
fn a_killed_zccache_is_not_running() {
    let Some(mut zccache) = Zccache::start() else {
        return;
    };
    zccache.daemon.end(Signal::SIGKILL);
    zccache.assert_verdict(3, "not_running", Some("process_exited"));
}

#[test]
fn a_zccache_that_ended_leaves_stale_records() {
    let Some(mut zccache) = Zccache::start() else {
        return;
    };
    zccache.daemon.end(Signal::SIGTERM);
    zccache.assert_verdict(3, "not_running", Some("process_exited"));
}

#[test]
fn a_stopped_zccache_is_unresponsive_within_the_budget() {
    let Some(zccache) = Zccache::start() else {
        return;
    };
    zccache.daemon.signal(Signal::SIGSTOP);
    // Other work on the machine may delay one run or the other.
    let took: Vec<u64> = (0..3)
        .map(|_| {
            let sidecar = zccache.sidecar();
            let args = ["probe", "--json", "--timeout", "500ms"].map(OsStr::new);
            let run = zccache
                .world
                .rpctl(args.into_iter().chain([sidecar.as_os_str()]));
            let document = run.assert_verdict(6, "unresponsive", Some("endpoint_silent"));
            assert_eq!(failed(&document), ["nonce"]);
            document["elapsed_us"].as_u64().unwrap()
        })
        .collect();
    let best = *took.iter().min().unwrap();
    assert!((500_000..=550_000).contains(&best), "{took:?}");

    zccache.daemon.signal(Signal::SIGCONT);
    zccache.assert_verdict(0, "verified", None);
}

#[test]
fn a_zccache_that_was_upgraded_is_verified_as_outdated() {
    let Some(zccache) = Zccache::start() else {
        return;
    };
    // As package managers do it: write beside, then rename over.
    let upgrade = zccache.world.path("zccache.new");
    std::fs::write(&upgrade, "#!/bin/sh\n").unwrap();
    std::fs::rename(upgrade, zccache.world.path("zccache")).unwrap();
    zccache.assert_verdict(0, "verified", Some("outdated"));
    let document = zccache.world.probe(&zccache.registered()).json();
    let exe_path = check(&document, "exe_path");
    assert_eq!(exe_path["outcome"], "warn");
    let detail = exe_path["detail"].as_str().unwrap();
    assert!(detail.starts_with("replaced since start"), "{detail}");
}

#[test]
fn an_earlier_zccache_is_superseded_by_a_newer_one() {
    let Some(mut zccache) = Zccache::start() else {
        return;
    };
    let kept = zccache.world.path("kept.json");
    std::fs::copy(zccache.sidecar(), &kept).unwrap();
    zccache.daemon.end(Signal::SIGKILL);
    zccache.daemon = start_in(&zccache.world);
    zccache.assert_verdict(0, "verified", None);
    zccache
        .world
        .probe(&kept)
        .assert_verdict(5, "mismatch", Some("superseded"));
}

#[test]
fn zccache_is_stopped_through_its_own_records() {
    for way in 0..2 {
        let Some(mut zccache) = Zccache::start() else {
            return;
        };
        let record = zccache.records()[way].clone();
        let args = ["shutdown", "--json", "--timeout", "60s"];
        let mut command = zccache.world.command(env!("CARGO_BIN_EXE_rpctl"));
        let run = Run::of(command.args(args).arg(record));
        assert_eq!(run.code, Some(0), "{:#}", run.json());
        assert_eq!(run.json()["action"]["outcome"], "terminated");
        zccache.daemon.collect();
    }
}
