//! `rpctl probe --wait`: until all is verified or the time is over.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;
use rpctl::__private::FileWatch;
use rpctl::Verdict;

use super::diagnose::{How, diagnose};
use super::digests;
use super::probe::chosen_anew;
use crate::args::ProbeArgs;
use crate::output::Output;
use crate::render::Diagnosis;
use crate::selection::registry::{self as target, Unchosen};

/// Bounds of the pause between two attempts.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// Probe again and again, until all is verified or the time is over. A record or
/// socket that appears ends a pause early.
///
/// Which records are meant is asked anew every time, for a daemon that is just
/// being started may have none yet; what was chosen stays, whatever else comes.
///
/// What is up already is left alone while the rest is waited for. What is returned
/// is always a round over all of them: one that was up may have gone meanwhile.
///
/// Rounds share their digests, so that the image of a daemon that hangs is hashed
/// once. But no daemon is called verified on those of an earlier round, for the
/// reason that [`super::watch::run`] gives.
pub(super) fn wait(
    args: &ProbeArgs,
    patience: Duration,
    output: &Output,
) -> Result<Vec<Vec<Diagnosis>>> {
    let started = Instant::now();
    let mut pause = FIRST_PAUSE;
    let mut digests = digests::open(args.hashing, args.cache, output);
    let mut are_fresh = true;
    let mut meant: Vec<PathBuf> = Vec::new();
    let mut up: HashSet<PathBuf> = HashSet::new();
    let mut last: Vec<Vec<Diagnosis>> = Vec::new();
    loop {
        let is_over = started.elapsed() >= patience;
        // Each is watched before it is looked at, so that nothing is missed between
        // the two.
        let mut watch = FileWatch::new().ok();
        watch_registry(watch.as_mut(), args);
        let all = match chosen_anew(args, &meant, &digests) {
            Ok(all) => all,
            Err(Unchosen::Nothing(_)) if !is_over => Vec::new(),
            Err(why) => return Err(why.into()),
        };
        meant.clone_from(&all);
        let pending = all.iter().filter(|path| !up.contains(*path)).cloned();
        let mut round: Vec<PathBuf> = pending.collect();
        let is_whole = is_over || round.is_empty() || round.len() == all.len();
        if is_whole {
            round = all;
            if !are_fresh && !up.is_empty() {
                // What keeps digests from being kept is said at the end.
                let _ = digests.save();
                digests = digests::open_again(args.hashing, args.cache);
                are_fresh = true;
            }
        }
        watch_records(watch.as_mut(), &round, &last);
        last = diagnose(&round, How::from(args), &digests);
        let are_up = !last.is_empty() && last.iter().all(|found| is_up(found));
        let is_certain = are_fresh || !last.iter().any(|found| is_up(found));
        if is_whole && is_certain && (is_over || are_up) {
            digests::keep(&digests, output);
            return Ok(last);
        }
        are_fresh = false;
        for (path, found) in round.into_iter().zip(&last) {
            if is_up(found) {
                up.insert(path);
            } else {
                up.remove(&path);
            }
        }
        if !are_up {
            pause = rest(watch, pause, patience.saturating_sub(started.elapsed()));
        }
    }
}

fn is_up(found: &[Diagnosis]) -> bool {
    !found.is_empty()
        && found
            .iter()
            .all(|one| one.report.verdict == Verdict::Verified)
}

/// Watch where records come to be that nothing names.
fn watch_registry(watch: Option<&mut FileWatch>, args: &ProbeArgs) {
    if let Some(watch) = watch
        && args.records.is_empty()
        && let Ok(registry) = target::registry(target::SET_HOME)
    {
        watch.add_all_in(registry.directory());
    }
}

/// Watch records, and the sockets that those of the last round which are not up
/// were seen to name.
fn watch_records(watch: Option<&mut FileWatch>, records: &[PathBuf], last: &[Vec<Diagnosis>]) {
    let sockets = last
        .iter()
        .filter(|found| !is_up(found))
        .flatten()
        .filter_map(|one| one.report.target.endpoint.as_ref())
        .map(|endpoint| Path::new(&endpoint.path));
    if let Some(watch) = watch {
        for path in records.iter().map(PathBuf::as_path).chain(sockets) {
            watch.add(path);
        }
    }
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
