//! `rpctl probe --wait`: probes until all daemons are verified or the time is over.

mod progress;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use rpctl::__private::FileWatch;
use rpctl::{ImageDigests, Target, Verdict};

use self::progress::Progress;
use super::diagnose::{ProbeOptions, conclude, diagnose, listed_once, no_record};
use super::digests::DigestRounds;
use crate::args::ProbeArgs;
use crate::failure::Failure;
use crate::output::Output;
use crate::render::{Diagnoses, PackedDiagnosis, units};
use crate::selection::{SET_HOME, Selection, SelectionError, require_registry};

/// Bounds of the pause between two attempts: a daemon whose files do not change when it comes up
/// is noticed after half a pause.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const SHORT_PAUSE: Duration = Duration::from_millis(15);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// The share of the time that attempts may take, so that waiting for many daemons stays cheap.
const PAUSES_PER_ATTEMPT: u32 = 10;

/// The time after a change of the files in which attempts may take half of the time: a daemon
/// binds its socket just before it listens on it, which no file shows.
const STARTING: Duration = Duration::from_secs(1);

/// Probes until all daemons are verified or `patience` is over, and returns the last
/// round, which is about all of them. A record or socket that appears ends a pause
/// early.
///
/// There are two speeds. Polls probe only the daemons that are not up, and share their
/// digests, so that the image of a daemon that hangs is hashed once. When all seem to
/// be up, one round over all of them with fresh digests decides: a daemon that was up
/// may have exited, and an image may have changed.
pub(super) fn wait(
    args: &ProbeArgs,
    selection: Selection<'_>,
    patience: Duration,
    output: &Output,
) -> Result<Diagnoses> {
    let mut digest_rounds = DigestRounds::new(args.hashing, args.cache, output);
    let mut attempts = Attempts::new(selection, ProbeOptions::from(args), patience, output);
    loop {
        let last = digest_rounds.round(|digests| {
            let is_last = attempts.is_time_over();
            let round = attempts.probe(Scope::All, digests)?;
            if is_last || round.is_all_up {
                return Ok(Some(round.found));
            }
            attempts.poll(digests)
        })?;
        if let Some(found) = last {
            let waited = attempts.progress.end();
            let found = if args.all {
                listed_once(found, |text| output.warn(text))
            } else {
                conclude(found.into_iter().flatten(), args.missing_ok)
            };
            return Ok(found.with_waited(waited));
        }
    }
}

/// The records that one attempt probes.
#[derive(Clone, Copy, PartialEq)]
enum Scope {
    All,
    /// All but those whose daemon was up when it was probed last.
    NotUp,
}

/// The result of one attempt.
struct Round {
    found: Vec<Vec<PackedDiagnosis>>,
    /// Whether there are records, and the daemon of each was up when it was probed last.
    is_all_up: bool,
}

/// The attempts of one run, and what they have in common.
struct Attempts<'a> {
    selection: Selection<'a>,
    options: ProbeOptions<'a>,
    started: Instant,
    patience: Duration,
    pause: Duration,
    /// When the first attempt began, or a watched file changed last.
    changed: Instant,
    /// The time that the last attempt took.
    cost: Duration,
    /// Records whose daemon was up when it was probed last.
    up: HashSet<PathBuf>,
    /// Sockets of the daemons that were not up in the last attempt.
    missing_sockets: Vec<PathBuf>,
    /// The watch over the files of all attempts, because closing one can take as long as a pause;
    /// `None` if the system has none left.
    watch: Option<FileWatch>,
    progress: Progress<'a>,
}

impl<'a> Attempts<'a> {
    fn new(
        selection: Selection<'a>,
        options: ProbeOptions<'a>,
        patience: Duration,
        output: &'a Output,
    ) -> Self {
        Self {
            selection,
            options,
            started: Instant::now(),
            patience,
            pause: FIRST_PAUSE,
            changed: Instant::now(),
            cost: Duration::ZERO,
            up: HashSet::new(),
            missing_sockets: Vec::new(),
            watch: None,
            progress: Progress::new(output),
        }
    }

    fn is_time_over(&self) -> bool {
        self.started.elapsed() >= self.patience
    }

    /// Probes the daemons that are not up, until all seem to be or the time is over.
    ///
    /// Returns the last round if the time is over and no daemon is up. Its digests are
    /// not fresh, but no daemon is verified on them.
    fn poll(&mut self, digests: &Arc<ImageDigests>) -> Result<Option<Vec<Vec<PackedDiagnosis>>>> {
        loop {
            self.rest();
            if self.is_time_over() {
                break;
            }
            if self.probe(Scope::NotUp, digests)?.is_all_up {
                return Ok(None);
            }
        }
        if !self.up.is_empty() {
            return Ok(None);
        }
        let round = self.probe(Scope::All, digests)?;
        Ok(self.up.is_empty().then_some(round.found))
    }

    /// Selects records, and probes those in `scope`. No record at all is an error only
    /// when the time is over.
    fn probe(&mut self, scope: Scope, digests: &Arc<ImageDigests>) -> Result<Round> {
        let is_last = self.is_time_over();
        let began = Instant::now();
        // Files are watched before they are read, so that no change is missed.
        let mut watch = self.start_watch();
        let selected = match self.selection.next_round(digests) {
            Ok(records) => records.to_vec(),
            Err(SelectionError::NothingYet(nothing)) if !is_last => {
                self.progress.await_record(&nothing.message);
                Vec::new()
            }
            Err(SelectionError::NothingYet(nothing)) => return Err(self.in_vain(nothing).into()),
            Err(SelectionError::NoRecord(service)) if !is_last => {
                let message = format!("there is none of the service {service}");
                self.progress.await_record(&message);
                Vec::new()
            }
            Err(SelectionError::NoRecord(service)) => {
                let found = vec![vec![no_record(&service, self.options).into()]];
                let is_all_up = false;
                return Ok(Round { found, is_all_up });
            }
            Err(error) => return Err(error.into()),
        };
        let is_in_scope = |path: &&PathBuf| scope == Scope::All || !self.up.contains(*path);
        let records: Vec<PathBuf> = selected.iter().filter(is_in_scope).cloned().collect();
        if let Some(watch) = &mut watch {
            let files = records.iter().chain(&self.missing_sockets);
            files.for_each(|path| watch.add(path));
        }
        self.watch = watch;
        let found = diagnose(&records, self.options, digests);
        self.remember(&records, &found);
        self.cost = began.elapsed();
        Ok(Round {
            found,
            is_all_up: !selected.is_empty() && selected.iter().all(|path| self.up.contains(path)),
        })
    }

    /// Adds to an error how long it was waited for nothing.
    fn in_vain(&self, nothing: Failure) -> Failure {
        let Some(waited) = self.progress.waited() else {
            return nothing;
        };
        let message = format!("{}; waited for {}", nothing.message, units::elapsed(waited));
        Failure { message, ..nothing }
    }

    fn remember(&mut self, records: &[PathBuf], found: &[Vec<PackedDiagnosis>]) {
        let down = found.iter().flatten().filter(|one| !is_one_up(one));
        self.progress
            .await_daemons(down.map(PackedDiagnosis::report));
        self.missing_sockets.clear();
        for (path, daemons) in records.iter().zip(found) {
            if is_up(daemons) {
                self.up.insert(path.clone());
            } else {
                self.up.remove(path);
                self.missing_sockets.extend(sockets(daemons));
            }
        }
    }

    /// Returns the watch, over the registry if records may appear there that no path names.
    fn start_watch(&mut self) -> Option<FileWatch> {
        let known = self.watch.take();
        let mut watch = known.or_else(|| FileWatch::new().ok())?;
        if self.selection.uses_registry()
            && let Ok(registry) = require_registry(SET_HOME)
        {
            for place in registry.places() {
                watch.add_all_in(place.directory());
                let below = place.directories().into_iter().flatten().skip(1);
                below.for_each(|directory| watch.add_all_in(&directory));
            }
        }
        Some(watch)
    }

    /// Pauses until a watched file changes, at most as long as the present pause. Each
    /// pause is longer than the one before, unless a file changed.
    fn rest(&mut self) {
        let began = Instant::now();
        let left = self.patience.saturating_sub(self.started.elapsed());
        self.progress.rest(left);
        let pause = self.pause.min(left);
        match self.watch.as_ref().map(|watch| watch.wait(pause)) {
            Some(Ok(true)) => {
                // Files that change all the time must not cause a probe each time.
                std::thread::sleep(FIRST_PAUSE.min(left).saturating_sub(began.elapsed()));
                self.pause = FIRST_PAUSE;
                self.changed = Instant::now();
                return;
            }
            Some(Ok(false)) => {}
            Some(Err(_)) | None => {
                self.watch = None;
                std::thread::sleep(pause.saturating_sub(began.elapsed()));
            }
        }
        let is_starting = self.changed.elapsed() < STARTING;
        let pauses = if is_starting { 1 } else { PAUSES_PER_ATTEMPT };
        let longest = (self.cost * pauses).clamp(SHORT_PAUSE, LONGEST_PAUSE);
        self.pause = (pause * 2).clamp(FIRST_PAUSE, longest);
    }
}

fn is_up(daemons: &[PackedDiagnosis]) -> bool {
    !daemons.is_empty() && daemons.iter().all(is_one_up)
}

fn is_one_up(daemon: &PackedDiagnosis) -> bool {
    let is_other_schema = daemon.error().is_some_and(|error| error.is_other_schema);
    is_other_schema || daemon.report().verdict() == Verdict::Verified
}

fn sockets(daemons: &[PackedDiagnosis]) -> impl Iterator<Item = PathBuf> {
    let targets = daemons.iter().map(|one| one.report().target());
    let paths = |target: Target| {
        let endpoint = target.endpoint.into_iter().map(|it| it.path);
        let listeners = target.listeners.into_iter();
        let listeners = listeners.filter(|name| name.starts_with('/'));
        endpoint
            .chain(listeners)
            .map(PathBuf::from)
            .collect::<Vec<_>>()
    };
    targets.flat_map(paths)
}
