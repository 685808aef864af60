//! Many records in one run.

use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use criterion::Criterion;
use rpctl::record::{DigestChoice, Loader};
use rpctl::{Probe, Verdict};

use crate::daemons::MEGABYTE;
use crate::registries::{LIVE, RECORDS, Registry, Stale, write_stale};
use crate::setting::Setting;

pub(crate) fn all(criterion: &mut Criterion) {
    let setting = Setting::new();
    let mut group = criterion.benchmark_group("registry of 1,000 records, 50 live");
    group.sample_size(10);
    for (name, stale) in [
        ("and 950 whose process is gone", Stale::Gone),
        ("and 950 whose PID the same program has", Stale::Reused),
    ] {
        let (program, home) = (&setting.bench_daemon, setting.path(name));
        let digest = DigestChoice::Sha256;
        let registry = Registry::new(program, &home, &setting.lifeline, stale, digest).unwrap();
        assert_eq!(registry.live().count(), LIVE);
        group.bench_function(name, |bencher| bencher.iter(|| verify(&registry)));
    }
}

/// Records of processes that are gone, next to the calls that each of them needs.
pub(crate) fn stale(criterion: &mut Criterion) {
    let setting = Setting::new();
    let like = setting.daemon("answers", MEGABYTE).identity.clone();
    let directory = setting.path("stale");
    let records = write_stale(&directory, &like, DigestChoice::Sha256).unwrap();
    let mut group = criterion.benchmark_group("1,000 records of processes that are gone");
    group.bench_function("opened, examined, read and closed", |bencher| {
        bencher.iter(|| {
            for record in &records {
                let mut file = File::open(record).unwrap();
                let size = file.metadata().unwrap().len();
                let mut bytes = vec![0; usize::try_from(size).unwrap() + 1];
                black_box(file.read(&mut bytes).unwrap());
            }
        });
    });
    group.bench_function("loaded and probed", |bencher| {
        bencher.iter(|| assert_eq!(count(&records, Verdict::NotRunning), RECORDS));
    });
}

fn verify(registry: &Registry) {
    assert_eq!(count(&registry.records().unwrap(), Verdict::Verified), LIVE);
}

fn count(records: &[PathBuf], verdict: Verdict) -> usize {
    let loader = Loader::default();
    let found = Probe::run_files(
        records,
        |file| Ok(Probe::all_from_record(&loader.load(file)?)),
        &Arc::default(),
        |report| report.verdict() == verdict,
    );
    let found = found.into_iter().flatten().flatten();
    found.filter(|&is_found| is_found).count()
}
