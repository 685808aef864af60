//! `rpctl probe --wait`: until all is verified or the time is over.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rpctl::Verdict;
use rpctl::platform::FileWatch;
use rpctl::probe::ImageDigests;

use super::diagnose::{How, diagnose};
use crate::render::Diagnosis;

/// Bounds of the pause between two attempts.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// Probe again and again, until all is verified or the time is over. A record or
/// socket that appears ends a pause early.
pub(super) fn wait(
    all: &[PathBuf],
    how: How<'_>,
    patience: Duration,
    digests: &Arc<ImageDigests>,
) -> Vec<Vec<Diagnosis>> {
    let started = Instant::now();
    let mut pause = FIRST_PAUSE;
    let mut diagnoses: Vec<Vec<Diagnosis>> = all.iter().map(|_| Vec::new()).collect();
    loop {
        let pending: Vec<usize> = (0..diagnoses.len())
            .filter(|&at| !is_up(&diagnoses[at]))
            .collect();
        let left = patience.saturating_sub(started.elapsed());
        let manifests: Vec<PathBuf> = pending.iter().map(|&at| all[at].clone()).collect();
        // Made before looking, so that nothing is missed between the two.
        let watch = watch(&manifests, pending.iter().flat_map(|&at| &diagnoses[at]));
        for (&at, found) in pending.iter().zip(diagnose(&manifests, how, digests)) {
            diagnoses[at] = found;
        }
        if diagnoses.iter().all(|found| is_up(found)) || left.is_zero() {
            return diagnoses;
        }
        pause = rest(watch, pause, patience.saturating_sub(started.elapsed()));
    }
}

fn is_up(found: &[Diagnosis]) -> bool {
    !found.is_empty()
        && found
            .iter()
            .all(|one| one.report.verdict == Verdict::Verified)
}

/// A watch on records, and on the sockets that they were last seen to name.
fn watch<'a>(
    manifests: &[PathBuf],
    last: impl Iterator<Item = &'a Diagnosis>,
) -> Option<FileWatch> {
    let sockets: Vec<PathBuf> = last
        .filter_map(|one| one.report.target.endpoint.as_ref())
        .map(|endpoint| PathBuf::from(&endpoint.path))
        .collect();
    FileWatch::on(manifests.iter().chain(&sockets).map(PathBuf::as_path)).ok()
}

/// Pause, and say how long the next pause is: longer each time, unless something
/// changed.
fn rest(watch: Option<FileWatch>, pause: Duration, left: Duration) -> Duration {
    let began = Instant::now();
    let pause = pause.min(left);
    // Without a watch the pause is all there is.
    let waited = watch.map(|watch| watch.wait(pause));
    if !matches!(waited, Some(Ok(_))) {
        // Without a watch the pause is all there is.
        std::thread::sleep(pause.saturating_sub(began.elapsed()));
    }
    if let Some(Ok(true)) = waited {
        // A file that changes all the time is no reason to probe all the time.
        std::thread::sleep(FIRST_PAUSE.min(left).saturating_sub(began.elapsed()));
        FIRST_PAUSE
    } else {
        (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE)
    }
}
