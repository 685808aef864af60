//! Daemons and clients made with the established crate, in both directions: 4.4.0, whose
//! digests are SHA-256, and 4.10.21, whose are BLAKE3.

use std::io::{BufRead, BufReader, Read};
use std::os::windows::io::AsRawHandle;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use rpctl::{HandoffToken, Probe, WindowsHandleValue, record};

use crate::role::{ADOPTED, Daemon};
use crate::support::{World, check, failed, started};

/// The variables with the paths of the programs made with the releases.
const SHA256: &str = "RPCTL_TEST_PEER_SHA256";
const BLAKE3: &str = "RPCTL_TEST_PEER_BLAKE3";

/// Returns a program made with the crate; `None` if there is none.
fn program(variable: &str) -> Option<PathBuf> {
    let program = std::env::var_os(variable);
    if program.is_none() {
        assert!(
            std::env::var_os("RPCTL_TEST_REQUIRE_ALL").is_none(),
            "{variable} is not set"
        );
        println!("skipped: {variable} is not set");
    }
    program.map(Into::into)
}

/// Runs a test with each release.
fn with_both(test: impl Fn(&Path, &str)) {
    for (variable, digest) in [(SHA256, "sha256"), (BLAKE3, "blake3")] {
        if let Some(program) = program(variable) {
            test(&program, digest);
        }
    }
}

/// A daemon made with the crate, which is ended with this value.
struct Peer {
    child: Child,
    stdin: Option<ChildStdin>,
    records: Vec<PathBuf>,
}

impl Peer {
    fn start(program: &Path, kind: &str, world: &World) -> Self {
        let mut command = Command::new(program);
        command
            .args([kind, world.path(".").to_str().unwrap()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = started(|| command.spawn());
        let mut records = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            match line.unwrap().trim_end().split_once(' ') {
                Some((_, path)) => records.push(path.into()),
                None => break,
            }
        }
        Self {
            stdin: child.stdin.take(),
            child,
            records,
        }
    }

    fn sidecar(&self) -> &Path {
        &self.records[0]
    }

    /// Tells it of a handle that it has got.
    fn adopt(&mut self, handle: usize) {
        use std::io::Write;
        writeln!(self.stdin.as_mut().unwrap(), "{handle}").unwrap();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns what a client made with the crate says of a record.
fn ask(program: &Path, command: &str, record: &Path) -> Result<String, String> {
    let output = started(|| Command::new(program).arg(command).arg(record).output());
    let said = String::from_utf8(output.stdout).unwrap();
    let said = said.trim_end().to_owned();
    match output.status.code() {
        Some(0) => Ok(said),
        Some(1) => Err(said),
        _ => panic!("{command}: {}", output.status),
    }
}

/// Starts rpctl as a daemon with a sidecar, which stops by itself after a minute.
fn spawn_self(world: &World) -> PathBuf {
    let (pipe, sidecar) = (world.pipe(), world.path("self.json"));
    let run = world.rpctl(&[
        "spawn-self",
        "--json",
        "--idle-timeout=60s",
        "--endpoint",
        &pipe,
        "--sidecar",
        sidecar.to_str().unwrap(),
    ]);
    assert_eq!(run.code, Some(0), "{run:?}");
    sidecar
}

#[test]
fn our_probe_verifies_a_daemon_of_the_crate() {
    with_both(|program, digest| {
        let world = World::new();
        let peer = Peer::start(program, "daemon", &world);
        assert_eq!(peer.records.len(), 2);
        for record in &peer.records {
            let document = world.probe(record).json();
            assert_eq!(document["verdict"], "verified", "{document:#}");
            assert_eq!(failed(&document), Vec::<String>::new(), "{document:#}");
            assert_eq!(document["target"]["pid"], peer.child.id());
            for id in ["endpoint", "peer", "nonce", "boot_id", "pid", "exe_path"] {
                assert_eq!(check(&document, id)["outcome"], "pass", "{document:#}");
            }
            let actual = check(&document, "digest")["actual"].as_str().unwrap();
            assert!(actual.starts_with(digest), "{document:#}");
        }
    });
}

#[test]
fn our_kill_ends_a_daemon_of_the_crate() {
    with_both(|program, _| {
        let world = World::new();
        let mut peer = Peer::start(program, "daemon", &world);
        let run = world.rpctl(&["kill", "--json", peer.sidecar().to_str().unwrap()]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(peer.child.wait().unwrap().code(), Some(1));
        let gone = world.probe(peer.sidecar());
        gone.assert_verdict(3, "not_running", Some("process_exited"));
        assert!(ask(program, "verify-sidecar", peer.sidecar()).is_err());
    });
}

#[test]
fn a_daemon_of_the_crate_uses_the_handle_that_we_give() {
    with_both(|program, _| {
        let world = World::new();
        let mut peer = Peer::start(program, "daemon", &world);
        let record = record::load(peer.sidecar()).unwrap();
        let probe = Probe::from_record(&record).timeout(Duration::from_secs(30));
        let handle = probe.run().into_handle().unwrap();
        let (mut reader, writer) = std::io::pipe().unwrap();
        let value = WindowsHandleValue::new(writer.as_raw_handle().addr());
        let token = HandoffToken::generate().unwrap();
        let given = handle.try_duplicate_windows_handoff_handle(value, token);
        drop(writer);
        peer.adopt(given.unwrap().duplicated_handle.get());
        let mut received = Vec::new();
        reader.read_to_end(&mut received).unwrap();
        assert_eq!(received, ADOPTED);
    });
}

#[test]
fn a_daemon_without_a_sha256_is_verified() {
    let Some(program) = program(BLAKE3) else {
        return;
    };
    let world = World::new();
    let peer = Peer::start(&program, "daemon-without-sha256", &world);
    let document = world.probe(peer.sidecar()).json();
    assert_eq!(document["verdict"], "verified", "{document:#}");
}

#[test]
fn their_probe_verifies_our_daemon_until_it_is_killed() {
    let Some(program) = program(BLAKE3) else {
        return;
    };
    let world = World::new();
    let sidecar = spawn_self(&world);
    let pid = crate::support::read(&sidecar)["pid"].to_string();
    assert_eq!(ask(&program, "verify-sidecar", &sidecar), Ok(pid));
    assert_eq!(
        ask(&program, "kill", &sidecar).as_deref(),
        Ok("killed"),
        "their kill of our daemon"
    );
    let gone = world.probe(&sidecar);
    assert_eq!(gone.json()["verdict"], "not_running", "{gone:?}");
    assert!(ask(&program, "verify-sidecar", &sidecar).is_err());
}

#[test]
fn the_older_release_names_a_boot_by_its_time_alone() {
    let Some(program) = program(SHA256) else {
        return;
    };
    let world = World::new();
    let sidecar = spawn_self(&world);
    let refusal = ask(&program, "verify-sidecar", &sidecar).unwrap_err();
    assert!(refusal.contains("boot"), "{refusal}");
    let stopped = world.rpctl(&["kill", "--json", sidecar.to_str().unwrap()]);
    assert_eq!(stopped.code, Some(0), "{stopped:?}");
}

#[test]
fn our_daemon_uses_the_handle_that_a_client_of_the_crate_gives() {
    let Some(program) = program(BLAKE3) else {
        return;
    };
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let mut command = Command::new(program);
    command
        .arg("give")
        .arg(&daemon.record)
        .stdout(Stdio::piped());
    let mut client = started(|| command.spawn());
    let mut said = BufReader::new(client.stdout.take().unwrap());
    let mut value = String::new();
    said.read_line(&mut value).unwrap();
    let value = value.trim_end();
    daemon.adopt(value.parse().unwrap_or_else(|_| panic!("{value}")));
    let mut received = String::new();
    said.read_to_string(&mut received).unwrap();
    assert_eq!(received.trim_end().as_bytes(), ADOPTED);
    assert!(client.wait().unwrap().success());
}
