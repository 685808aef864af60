//! The examples of the hand-written pages.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::Child;

use crate::support::{World, is_installed};

const MANIFEST: &str = include_str!("../../man/rpctl-manifest.5");
const PROTOCOL: &str = include_str!("../../man/rpctl-protocol.7");

/// Returns the example that contains `words`, as a reader sees it.
fn example(page: &str, words: &str) -> String {
    let source = page
        .split("\n.Bd -literal")
        .skip(1)
        .filter_map(|block| block.split_once('\n')?.1.split_once("\n.Ed"))
        .map(|(source, _)| source)
        .find(|source| source.contains(words))
        .unwrap();
    let text = source
        .replace("\\\n", "")
        .replace("\\-", "-")
        .replace("\\e", "\u{0}");
    assert!(!text.contains('\\'), "an escape that is not undone: {text}");
    text.replace('\u{0}', "\\") + "\n"
}

/// Returns the daemon in Python, whose arguments are its socket and its record.
pub(crate) fn python_daemon() -> String {
    example(PROTOCOL, "import hashlib")
}

/// A process that is killed when this value is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_python_daemon_of_the_protocol_page_is_verified() {
    if !is_installed("python3") {
        return;
    }
    let world = World::new();
    std::fs::write(world.path("daemon.py"), python_daemon()).unwrap();
    let mut command = world.command("python3");
    command.args(["daemon.py", "daemon.sock", "daemon.json"]);
    let _daemon = Running(command.spawn().unwrap());
    let wait = ["probe", "--json", "--wait", "5m", "daemon.json"];
    world.rpctl(wait).assert_verdict(0, "verified", None);

    // The daemon drops a client that breaks the protocol, and serves the next one.
    let mut client = UnixStream::connect(world.path("daemon.sock")).unwrap();
    client.write_all(b"\x01\x04\x00\x00\x00what").unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).unwrap();
    assert!(answer.is_empty(), "{answer:?}");
    world
        .probe(&world.path("daemon.json"))
        .assert_verdict(0, "verified", None);
}

#[test]
fn the_json_manifest_of_the_manifest_page_is_sound() {
    let world = World::new();
    let record = world.path("manifest.json");
    std::fs::write(&record, example(MANIFEST, "manifest_schema_version")).unwrap();
    let document = world
        .rpctl(["inspect-manifest", "--json", "manifest.json"])
        .json();
    assert_eq!(document["exit_code"], 0, "{document:#}");
    assert_eq!(document["target"]["format"], "manifest_json");
    assert_eq!(document["findings"], serde_json::json!([]), "{document:#}");
}

#[test]
fn the_process_record_of_the_manifest_page_is_one() {
    let text = example(MANIFEST, "ticks_per_second");
    let record: rpctl::process::ProcessRecord = serde_json::from_str(&text).unwrap();
    assert_eq!(record.process.pid, 4711);
}
