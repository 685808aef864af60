//! Many probes at once.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::available_parallelism;

use super::builder::Probe;
use super::concurrently::concurrently;
use super::image_digests::ImageDigests;
use super::probe_report::ProbeReport;
use crate::host;
use crate::manifest::{LoadError, Record};

/// Probes under way at once. Most of their time is spent waiting for sockets,
/// so this is about slow daemons, not about cores.
const MAX_CONCURRENT: usize = 16;

impl Probe {
    /// For each file the probes that it leads to, as [`Self::each_of_record`] has
    /// them, or why it cannot be read. The files are read concurrently, by `load`:
    /// [`crate::manifest::Loader::load()`] in most cases.
    #[must_use]
    pub fn each_of_files(
        files: &[PathBuf],
        load: impl Fn(&Path) -> Result<Record, LoadError> + Sync,
    ) -> Vec<Result<Vec<Self>, LoadError>> {
        // Reading takes a processor, and waits for nobody.
        let processors = available_parallelism().map_or(1, NonZero::get);
        concurrently(files, processors, |file| {
            load(file).map(|record| Self::each_of_record(&record))
        })
    }

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
        let ours = Arc::new(host::current(Path::new("/")));
        concurrently(probes, MAX_CONCURRENT, |mut probe| {
            probe.ours = Some(Arc::clone(&ours));
            keep(probe.sharing(digests).run())
        })
    }
}
