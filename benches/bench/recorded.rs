//! A process that is recorded and found again, next to a challenge of the same daemon.

use std::hint::black_box;
use std::thread;
use std::time::Duration;

use criterion::Criterion;
use rpctl::process::ProcessRecord;
use rpctl::record::DigestChoice;
use rpctl::{Probe, Verdict, record};

use crate::daemons::{MEGABYTE, write_manifest};
use crate::setting::Setting;

/// The age of a file, beyond which a later change has another time.
const SETTLED: Duration = Duration::from_millis(2100);

pub(crate) fn all(criterion: &mut Criterion) {
    let setting = Setting::new();
    let daemon = setting.daemon("answers", MEGABYTE);
    let pid = daemon.identity.pid;
    // An executable that was just changed is hashed again whenever it is probed.
    thread::sleep(SETTLED);
    let capture = || ProcessRecord::from_pid(pid).unwrap();
    let full = || {
        let record = capture().with_listeners().unwrap();
        record.with_digests().unwrap()
    };
    let process_record = setting.path("process.json");
    full().save(&process_record).unwrap();
    let manifest = setting.path("manifest.pb");
    write_manifest(&manifest, "bench", &daemon.identity, DigestChoice::Sha256).unwrap();

    let mut group = criterion.benchmark_group("a process is recorded");
    group.bench_function("alone", |bencher| bencher.iter(|| black_box(capture())));
    group.bench_function("with its listeners", |bencher| {
        bencher.iter(|| black_box(capture().with_listeners().unwrap()));
    });
    group.bench_function("with listeners and digests", |bencher| {
        bencher.iter(|| black_box(full()));
    });
    group.finish();

    let mut group = criterion.benchmark_group("a record is loaded and probed");
    for (name, path) in [
        ("process record", &process_record),
        ("manifest, with a challenge", &manifest),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let record = record::load(path).unwrap();
                let report = Probe::from_record(&record).run().into_report();
                assert_eq!(report.verdict, Verdict::Verified, "{}", report.summary);
            });
        });
    }
}
