//! Many probes at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;

use super::builder::Probe;
use super::image_digests::ImageDigests;
use super::probe_report::ProbeReport;

/// Probes under way at once. Most of their time is spent waiting for sockets,
/// so this is about slow daemons, not about cores.
const MAX_CONCURRENT: usize = 16;

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
        let run = |probe: Self| keep(probe.sharing(digests).run());
        if probes.len() < 2 {
            return probes.into_iter().map(run).collect();
        }
        let next = AtomicUsize::new(0);
        let slots: Vec<Mutex<Slot<T>>> = probes
            .into_iter()
            .map(|probe| Mutex::new(Slot::Waiting(Box::new(probe))))
            .collect();
        let work = || {
            while let Some(slot) = slots.get(next.fetch_add(1, Ordering::Relaxed)) {
                run_in(slot, run);
            }
        };
        std::thread::scope(|scope| {
            // This thread works as well: where no other can be had, alone.
            for _ in 1..slots.len().min(MAX_CONCURRENT) {
                if Builder::new().spawn_scoped(scope, work).is_err() {
                    break;
                }
            }
            work();
        });
        slots
            .into_iter()
            .filter_map(|slot| match slot.into_inner() {
                Ok(Slot::Done(kept)) => Some(kept),
                _ => None,
            })
            .collect()
    }
}

/// A probe, and then what is kept of its report.
enum Slot<T> {
    Waiting(Box<Probe>),
    Running,
    Done(T),
}

fn run_in<T>(slot: &Mutex<Slot<T>>, run: impl Fn(Probe) -> T) {
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    if let Slot::Waiting(probe) = std::mem::replace(&mut *slot, Slot::Running) {
        *slot = Slot::Done(run(*probe));
    }
}
