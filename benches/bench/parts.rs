//! The parts that do no waiting.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use rpctl::DaemonProcess;
use rpctl::protocol::{self, Frame};
use rpctl::record::{self, Content, DigestChoice, Format};

use crate::daemons::{MEGABYTE, write_manifest};
use crate::setting::Setting;

/// An answer with an identity, as a daemon of the established crate gave it.
const ANSWER: &[u8] = include_bytes!("../../tests/fixtures/probe-response.bin");

pub(crate) fn all(criterion: &mut Criterion) {
    criterion.bench_function("decoding an answer's frame", |bencher| {
        bencher.iter(|| {
            let body = protocol::complete_body(black_box(ANSWER)).unwrap().unwrap();
            Frame::from_body(body).unwrap()
        });
    });
    let setting = Setting::new();
    let daemon = setting.daemon("answers", MEGABYTE);
    loading(criterion, &setting, &daemon.identity);
    hashing(criterion, &daemon.identity);
}

/// A file, with everything that can be wrong about it.
fn loading(criterion: &mut Criterion, setting: &Setting, identity: &DaemonProcess) {
    let sidecar = setting.path("sidecar.json");
    let content = Content::Daemon(identity.to_proto());
    record::save(&sidecar, &content, Format::SidecarJson, DigestChoice::All).unwrap();
    let protobuf = setting.path("manifest.pb");
    write_manifest(&protobuf, "bench", identity, DigestChoice::Sha256).unwrap();
    let mut group = criterion.benchmark_group("loading a record");
    for (name, file) in [("sidecar", &sidecar), ("protobuf manifest", &protobuf)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| record::load(file).unwrap());
        });
    }
}

/// Both digests in one pass, as a daemon takes them of itself when it starts.
fn hashing(criterion: &mut Criterion, identity: &DaemonProcess) {
    let mut group = criterion.benchmark_group("hashing this program");
    let size = std::env::current_exe().unwrap().metadata().unwrap().len();
    group.throughput(Throughput::Bytes(size));
    group.bench_function("both digests", |bencher| {
        let endpoint = &identity.ipc_endpoint;
        bencher.iter(|| DaemonProcess::current_process(endpoint.clone(), None).unwrap());
    });
}
