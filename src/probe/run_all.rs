//! Many probes at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
        let digests = Arc::new(ImageDigests::default());
        let probes: Vec<Self> = probes
            .into_iter()
            .map(|probe| probe.sharing(&digests))
            .collect();
        if probes.len() < 2 {
            return probes.into_iter().map(Self::run).collect();
        }
        let next = AtomicUsize::new(0);
        let slots: Vec<Mutex<Slot>> = probes
            .into_iter()
            .map(|probe| Mutex::new(Slot::Waiting(Box::new(probe))))
            .collect();
        std::thread::scope(|scope| {
            for _ in 0..slots.len().min(MAX_CONCURRENT) {
                scope.spawn(|| {
                    while let Some(slot) = slots.get(next.fetch_add(1, Ordering::Relaxed)) {
                        run_in(slot);
                    }
                });
            }
        });
        slots
            .into_iter()
            .filter_map(|slot| match slot.into_inner() {
                Ok(Slot::Done(report)) => Some(*report),
                _ => None,
            })
            .collect()
    }
}

/// A probe, and then its report.
enum Slot {
    Waiting(Box<Probe>),
    Running,
    Done(Box<ProbeReport>),
}

fn run_in(slot: &Mutex<Slot>) {
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    if let Slot::Waiting(probe) = std::mem::replace(&mut *slot, Slot::Running) {
        *slot = Slot::Done(Box::new(probe.run()));
    }
}
