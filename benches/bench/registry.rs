//! Many records in one run.

use std::sync::Arc;

use criterion::Criterion;
use rpctl::record::{DigestChoice, Loader};
use rpctl::{Probe, Verdict};

use crate::registries::{LIVE, Registry, Stale};
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

fn verify(registry: &Registry) {
    let loader = Loader::default();
    let is_verified = Probe::run_files(
        &registry.records().unwrap(),
        |file| Ok(Probe::all_from_record(&loader.load(file)?)),
        &Arc::default(),
        |report| report.verdict() == Verdict::Verified,
    );
    let is_verified = is_verified.into_iter().flatten().flatten();
    assert_eq!(is_verified.filter(|&is_verified| is_verified).count(), LIVE);
}
