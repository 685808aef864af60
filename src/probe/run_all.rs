//! Many probes at once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::builder::Probe;
use super::concurrently::concurrently;
use super::image_digests::ImageDigests;
use super::probe_report::ProbeReport;
use crate::identity::HostIdentity;
use crate::record::LoadError;

/// Probes under way at once. Most of their time is spent waiting for sockets,
/// so this is about slow daemons, not about cores.
const MAX_CONCURRENT: usize = 16;

/// Files longer than this are read one after the other: in memory, what is in one
/// can take fifty times as much.
const LARGE: u64 = 64 << 10;

impl Probe {
    /// Run probes concurrently, at most 16 at a time; the reports come in the
    /// order of the probes. No image is hashed twice.
    #[must_use]
    pub fn run_all(probes: Vec<Self>) -> Vec<ProbeReport> {
        Self::run_each(probes, &Arc::default(), |report| report)
    }

    /// Run probes as [`Self::run_all`] does, and keep of each report what `keep`
    /// makes of it.
    ///
    /// A report holds its process and, when verified, a connection. With `keep`
    /// letting go of them, any number of records can be probed, and daemons that
    /// serve one client at a time are not kept busy. Probes of later turns that
    /// share `digests` do not hash an image again either.
    #[must_use]
    pub fn run_each<T: Send>(
        probes: Vec<Self>,
        digests: &Arc<ImageDigests>,
        keep: impl Fn(ProbeReport) -> T + Sync,
    ) -> Vec<T> {
        let run = runner(digests, keep);
        concurrently(probes, MAX_CONCURRENT, run)
    }

    /// Run the probes that each file leads to, by `lead_to`, as [`Self::run_each`]
    /// does; for each file, in order, what `keep` makes of the reports, or why
    /// there are none.
    ///
    /// Each file is read when its turn comes, and of one that leads to a single
    /// daemon, as most do, nothing else is kept.
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
        let turn = Mutex::new(());
        let begun = concurrently(files, MAX_CONCURRENT, |file| {
            let is_large = file.metadata().is_ok_and(|metadata| metadata.len() > LARGE);
            let turn = is_large.then(|| turn.lock().unwrap_or_else(PoisonError::into_inner));
            let probes = lead_to(file)?;
            drop(turn);
            Ok(match <[Self; 1]>::try_from(probes) {
                Ok([only]) => Begun::Done(run(only)),
                Err(several) => Begun::Left(several),
            })
        });
        let mut left = Vec::new();
        let counted: Vec<Result<Begun<T, usize>, LoadError>> = begun
            .into_iter()
            .map(|begun| {
                Ok(match begun? {
                    Begun::Done(one) => Begun::Done(one),
                    Begun::Left(several) => {
                        let count = several.len();
                        left.extend(several);
                        Begun::Left(count)
                    }
                })
            })
            .collect();
        let mut results = concurrently(left, MAX_CONCURRENT, run).into_iter();
        counted
            .into_iter()
            .map(|counted| {
                Ok(match counted? {
                    Begun::Done(one) => vec![one],
                    Begun::Left(count) => results.by_ref().take(count).collect(),
                })
            })
            .collect()
    }
}

/// What became of a file at first: the result of its only probe, or its several
/// probes, which are not to wait for one another.
enum Begun<T, P = Vec<Probe>> {
    Done(T),
    Left(P),
}

/// How a probe is run among others.
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
