//! Records: what is read, what is refused, what is written, what is shown.

mod arbitrary;
mod changing;
mod convert;
mod damage;
mod document;
mod exchange;
mod golden;
mod greedy;
mod hostile;
mod inspect;
mod json;
mod kinds;
mod malformed;
mod raw;
mod roundtrip;
mod save;
mod unread;

use std::ffi::OsStr;
use std::io::Write;
use std::process::Stdio;

use prost::Message;
use rpctl::Outcome;
use rpctl::record::{
    self, CacheManifest, DaemonProcessMessage, EndpointMessage, FindingCode, LoadError, Record,
};

use crate::support::{Run, World};

/// What makes a record unusable.
fn faults(record: &Record) -> Vec<FindingCode> {
    let findings = record.findings.iter();
    findings
        .filter(|finding| finding.outcome == Outcome::Fail)
        .map(|finding| finding.finding)
        .collect()
}

/// Whether anything at all is wrong with what was read.
fn is_refused(read: &Result<Record, LoadError>) -> bool {
    read.as_ref()
        .map_or(true, |record| !faults(record).is_empty())
}

/// Run the program with something on its standard input.
fn piped<A: AsRef<OsStr>>(world: &World, args: impl IntoIterator<Item = A>, input: &[u8]) -> Run {
    let mut child = world
        .command(env!("CARGO_BIN_EXE_rpctl"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may stop reading before the end.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap().into()
}

/// A sound manifest that names a daemon.
fn sound_manifest() -> CacheManifest {
    CacheManifest {
        manifest_schema_version: record::SCHEMA_VERSION,
        media_type: record::MEDIA_TYPE.to_owned(),
        service_name: "zccache".to_owned(),
        service_version: "1.15.12".to_owned(),
        current_daemon: Some(DaemonProcessMessage {
            pid: 4242,
            exe_path: "/opt/zccache".to_owned(),
            exe_sha256: vec![7; 32],
            ipc_endpoint: Some(EndpointMessage {
                namespace_id: "shared".to_owned(),
                path: "/run/zccache.sock".to_owned(),
            }),
            ..DaemonProcessMessage::default()
        }),
        ..CacheManifest::default()
    }
}

/// A manifest in protobuf, with its checksum, whatever it says.
fn protobuf(manifest: &CacheManifest) -> Vec<u8> {
    let mut manifest = manifest.clone();
    manifest.self_sha256.clear();
    manifest.self_sha256 = record::self_sha256(&manifest.encode_to_vec()).to_vec();
    manifest.encode_to_vec()
}
