//! Runs many probes at once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::builder::Probe;
use super::concurrently::concurrently;
use super::image_digests::ImageDigests;
use super::probe_report::ProbeReport;
use crate::identity::HostIdentity;
use crate::platform;
use crate::record::LoadError;

/// The number of probes that run at the same time. They mostly wait for sockets, so
/// the number of cores does not matter.
const MAX_CONCURRENT: usize = 16;

/// The number of identities of one file that are probed at the same time beside other
/// files, so that one manifest with many hung daemons does not hold up the end of a run.
const MAX_IDENTITIES: usize = 4;

/// The number of descriptors that one probe can hold at the same time.
const DESCRIPTORS: usize = 12;

/// Files longer than this, in bytes, are read one after the other: a decoded record can
/// take fifty times as much memory.
const LARGE: u64 = 64 << 10;

impl Probe {
    /// Runs probes concurrently, at most 16 at a time, and fewer if this process may not open
    /// enough files for so many. Returns the reports in the order of the probes. No image is
    /// hashed twice.
    ///
    /// Several records can name one daemon that serves one client at a time. Its probes
    /// then wait in the queue of its listener, each for at most its [`Self::timeout`], and
    /// a probe occupies the daemon only until it has read the answer.
    #[must_use]
    pub fn run_all(probes: Vec<Self>) -> Vec<ProbeReport> {
        Self::run_each(probes, &Arc::default(), |report| report)
    }

    /// Runs probes as [`Self::run_all`] does, and returns the result of `keep` for each
    /// report.
    ///
    /// A report holds the descriptors of its process. If `keep` drops them, any number
    /// of records can be probed. Later calls with the same `digests` do not hash an
    /// image again either.
    #[must_use]
    pub fn run_each<T: Send>(
        probes: Vec<Self>,
        digests: &Arc<ImageDigests>,
        keep: impl Fn(ProbeReport) -> T + Sync,
    ) -> Vec<T> {
        let run = runner(digests, keep);
        concurrently(probes, most_at_once().min(MAX_CONCURRENT), run)
    }

    /// Runs the probes that `lead_to` returns for each file, and returns, in the order of
    /// the files, the results of `keep`, or why the file could not be read.
    ///
    /// At most 16 files are probed at a time. If there are several, at most 4 identities
    /// of each are.
    ///
    /// Each file is read when its turn comes, so that few records are in memory at
    /// once.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use rpctl::record::Loader;
    /// use rpctl::registry::Registry;
    /// use rpctl::{Probe, Verdict};
    ///
    /// # let directory = tempfile::tempdir()?;
    /// let files = Registry::new(directory.path()).files()?;
    /// let loader = Loader::default();
    /// let verdicts = Probe::run_files(
    ///     &files,
    ///     |file| loader.load(file).map(|record| Probe::all_from_record(&record)),
    ///     &Arc::default(),
    ///     |report| report.verdict(),
    /// );
    /// for (file, verdicts) in files.iter().zip(verdicts) {
    ///     match verdicts {
    ///         Ok(verdicts) if verdicts.contains(&Verdict::Verified) => {}
    ///         other => println!("{}: {other:?}", file.display()),
    ///     }
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn run_files<T: Send>(
        files: &[PathBuf],
        lead_to: impl Fn(&Path) -> Result<Vec<Self>, LoadError> + Sync,
        digests: &Arc<ImageDigests>,
        keep: impl Fn(ProbeReport) -> T + Sync,
    ) -> Vec<Result<Vec<T>, LoadError>> {
        let run = runner(digests, keep);
        let most = most_at_once();
        let files_at_once = files.len().clamp(1, most.min(MAX_CONCURRENT));
        let at_once = match files {
            [_] => most.min(MAX_CONCURRENT),
            _ => (most / files_at_once).clamp(1, MAX_IDENTITIES),
        };
        let sizes = platform::LocalSizes::default();
        let reading = Mutex::new(());
        concurrently(files, files_at_once, |file| {
            let is_large = sizes.of(file).is_some_and(|size| size > LARGE);
            let alone = is_large.then(|| reading.lock().unwrap_or_else(PoisonError::into_inner));
            let probes = lead_to(file)?;
            drop(alone);
            Ok(concurrently(probes, at_once, &run))
        })
    }
}

/// Returns the number of probes that this process can open enough files for.
fn most_at_once() -> usize {
    let free = platform::free_descriptors();
    free.map_or(usize::MAX, |free| free / DESCRIPTORS).max(1)
}

/// Returns the function that runs one probe of many.
fn runner<T>(
    digests: &Arc<ImageDigests>,
    keep: impl Fn(ProbeReport) -> T + Sync,
) -> impl Fn(Probe) -> T + Sync {
    let ours = Arc::new(HostIdentity::current(Path::new("/")));
    move |mut probe| {
        probe.ours = Some(Arc::clone(&ours));
        keep(probe.image_digests(digests).run())
    }
}
