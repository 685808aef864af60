//! rpctl as a library, measured like the crate's client.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rpctl::ImageDigests;
use rpctl::digest_cache::DigestCache;
use rpctl::record::Loader;
use rpctl::registry::Registry;
use rpctl::{Probe, ProbeReport, Reason, Verdict, record};

use crate::measured_client::{Client, Measurement};

const TIMEOUT: Duration = Duration::from_secs(10);

pub const CLIENT: Client = Client {
    probe,
    again,
    stop,
    registry,
};

fn probe(path: &Path) -> Measurement {
    let record = record::load(path)?;
    let start = Instant::now();
    let report = Probe::from_record(&record).run();
    Ok((start.elapsed(), found(&report)))
}

/// With digests kept in a file beside the manifest.
fn again(path: &Path) -> Measurement {
    let record = record::load(path)?;
    let start = Instant::now();
    let cache = DigestCache::open(&path.with_file_name("digests"))?;
    let digests = Arc::new(ImageDigests::with_cache(cache));
    let report = Probe::from_record(&record).image_digests(&digests).run();
    digests.save()?;
    Ok((start.elapsed(), found(&report)))
}

fn found(report: &ProbeReport) -> String {
    let reason = report.report().reason.map(Reason::name);
    reason.unwrap_or(report.verdict().name()).to_owned()
}

fn stop(path: &Path) -> Measurement {
    let record = record::load(path)?;
    let handle = Probe::from_record(&record).run().into_handle()?;
    let start = Instant::now();
    handle.shutdown_blocking(TIMEOUT)?;
    Ok((start.elapsed(), "stopped".to_owned()))
}

fn registry(directory: &Path) -> Measurement {
    let start = Instant::now();
    let loader = Loader::default();
    let verified = Probe::run_files(
        &Registry::new(directory).files()?,
        |file| Ok(Probe::all_from_record(&loader.load(file)?)),
        &Arc::default(),
        |report| report.verdict() == Verdict::Verified,
    );
    let verified: Vec<bool> = verified.into_iter().flatten().flatten().collect();
    let all = verified.len();
    let verified = verified
        .into_iter()
        .filter(|&is_verified| is_verified)
        .count();
    Ok((start.elapsed(), format!("{verified} of {all} verified")))
}
