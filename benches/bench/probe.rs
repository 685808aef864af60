//! One probe, in process.

use std::fs::File;
use std::io;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use rpctl::{DaemonProcess, Probe, Reason, Verdict};
use sha2::Digest;

use crate::daemons::MEGABYTE;
use crate::setting::{Setting, generations};

const LARGE: usize = 200 << 20;

pub(crate) fn all(criterion: &mut Criterion) {
    let setting = Setting::new();
    sound(criterion, &setting);
    large(criterion, &setting);
    failing(criterion, &setting);
}

fn sound(criterion: &mut Criterion, setting: &Setting) {
    let daemon = setting.daemon("answers", MEGABYTE);
    let mut group = criterion.benchmark_group("probe of an executable of 1 MB");
    for (name, recorded) in generations(&daemon.identity) {
        group.bench_function(name, |bencher| bencher.iter(|| verify(&recorded)));
    }
}

/// Next to the hash function alone, over the same file and through as large a
/// buffer.
fn large(criterion: &mut Criterion, setting: &Setting) {
    let daemon = setting.daemon("answers", LARGE);
    let mut group = criterion.benchmark_group("probe of an executable of 200 MiB");
    group
        .sample_size(10)
        .throughput(Throughput::Bytes(LARGE as u64));
    for (name, recorded) in generations(&daemon.identity) {
        group.bench_function(name, |bencher| bencher.iter(|| verify(&recorded)));
    }
    let open =
        || io::BufReader::with_capacity(128 << 10, File::open(&daemon.identity.exe_path).unwrap());
    group.bench_function(BenchmarkId::new("hash alone", "SHA-256"), |bencher| {
        bencher.iter(|| {
            let mut hasher = sha2::Sha256::new();
            each_part(open(), |part| hasher.update(part));
            hasher.finalize()
        });
    });
    group.bench_function(BenchmarkId::new("hash alone", "BLAKE3"), |bencher| {
        bencher.iter(|| {
            let mut hasher = blake3::Hasher::new();
            each_part(open(), |part| {
                hasher.update(part);
            });
            hasher.finalize()
        });
    });
}

fn each_part(mut file: impl io::BufRead, mut treat: impl FnMut(&[u8])) {
    loop {
        let part = file.fill_buf().unwrap();
        let read = part.len();
        if read == 0 {
            break;
        }
        treat(part);
        file.consume(read);
    }
}

/// The budget of the full queue is what it takes, and no more.
fn failing(criterion: &mut Criterion, setting: &Setting) {
    let closing = setting.daemon("closes", MEGABYTE);
    criterion.bench_function("peer that reads the challenge and closes", |bencher| {
        bencher.iter(|| fail(Probe::new(&closing.identity), Reason::EndpointClosed));
    });
    let full = setting.daemon("full", MEGABYTE);
    let budget = Duration::from_millis(10);
    criterion.bench_function("connect to a full queue within 10 ms", |bencher| {
        let probe = || Probe::new(&full.identity).timeout(budget);
        bencher.iter(|| fail(probe(), Reason::EndpointBusy));
    });
}

fn verify(recorded: &DaemonProcess) {
    let report = Probe::new(recorded).run().into_report();
    assert_eq!(report.verdict, Verdict::Verified, "{}", report.summary);
}

fn fail(probe: Probe, reason: Reason) {
    let report = probe.run().into_report();
    assert_eq!(report.reason, Some(reason), "{}", report.summary);
}
