//! The processes around one that is signalled, and the addresses on which it listens.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use crate::platform::{self, FileId, PinnedProcess, RememberedListeners};
use crate::probe::Expected;
use crate::process::{self, SendOutcome, Signal};

/// The processes around the process of a grant, and the addresses on which it listens.
#[derive(Debug, Default)]
pub(super) struct Family {
    descendants: Vec<Descendant>,
    /// The processes above it: one of them may hold its listeners for it.
    pub(super) ancestors: Vec<PinnedProcess>,
    /// `None` before the first look; the error if the process may not be looked at.
    pub(super) listeners: Option<io::Result<RememberedListeners>>,
    /// Whether the record names no place at which the process listens.
    pub(super) is_without_places: bool,
    pub(super) image: Option<FileId>,
    /// The program in words.
    pub(super) program: Option<String>,
    /// Its arguments: an interpreter runs many programs.
    pub(super) arguments: Option<String>,
    /// The PIDs of all descendants that were signalled.
    pub(super) signalled: Vec<u32>,
    /// The sessions of the process and of its descendants.
    sessions: BTreeSet<u32>,
    /// The time of the first look, in ticks of a start time.
    looked_at: Option<u64>,
    /// Processes that may be children of one of the family.
    pub(super) orphans: Vec<PinnedProcess>,
    /// Why others of them would not be known.
    pub(super) orphans_unknown: Option<String>,
}

/// A descendant that is held.
#[derive(Debug)]
pub(super) struct Descendant {
    pub(super) process: PinnedProcess,
    /// The last signal that it got.
    got: Option<Signal>,
    /// Why it could not be signalled.
    pub(super) refusal: Option<String>,
}

impl Family {
    /// Holds the descendants that are not held yet; see
    /// [`Grant::hold_family`](super::Grant::hold_family).
    pub(super) fn hold(&mut self, process: &PinnedProcess, expected: &Expected) -> io::Result<()> {
        self.descendants.retain(Descendant::is_alive);
        let held: Vec<_> = self.descendants.iter().map(|one| &one.process).collect();
        let mut found = Vec::new();
        let outcome = process.find_descendants(&held, &mut found);
        let session = |process: &PinnedProcess| process.status().ok().map(|it| it.session);
        self.sessions.extend(found.iter().filter_map(session));
        self.descendants
            .extend(found.into_iter().map(|process| Descendant {
                process,
                got: None,
                refusal: None,
            }));
        if self.listeners.is_none() {
            self.look_at(process, expected);
        }
        outcome
    }

    fn look_at(&mut self, process: &PinnedProcess, expected: &Expected) {
        self.looked_at = platform::ticks_now();
        self.sessions
            .extend(process.status().ok().map(|it| it.session));
        self.ancestors = process.ancestors();
        self.image = process.image_id().ok();
        self.program = platform::describe(process.pid()).map(|facts| facts.command);
        self.arguments = process.arguments().ok();
        let held: Vec<_> = self.descendants.iter().map(|one| &one.process).collect();
        let places = expected.places();
        self.is_without_places = places.is_empty();
        self.listeners = Some(RememberedListeners::new(process, &held, places));
    }

    /// Sends a signal to each living descendant that has not got it, parents first.
    pub(super) fn send(&mut self, signal: Signal) {
        for descendant in &mut self.descendants {
            if descendant.got == Some(signal) || descendant.refusal.is_some() {
                continue;
            }
            match process::send(&descendant.process, signal) {
                Ok(SendOutcome::Delivered) => {
                    let is_first = descendant.got.replace(signal).is_none();
                    let pid = is_first.then(|| descendant.process.pid());
                    self.signalled.extend(pid);
                }
                Ok(SendOutcome::AlreadyGone) => {}
                Err(error) => descendant.refusal = Some(error.to_string()),
            }
        }
    }

    /// Looks for processes that one of the family may have started before it ended, too late to be
    /// held as a descendant.
    pub(super) fn look_for_orphans(&mut self) {
        let Some(since) = self.looked_at else {
            return;
        };
        let found = platform::orphans(&self.sessions, since);
        self.orphans_unknown = found.as_ref().err().map(ToString::to_string);
        let is_held = |pid| self.living().any(|one| one.process.pid() == pid);
        let is_unheld = |process: &PinnedProcess| {
            process.pid() != std::process::id() && !is_held(process.pid())
        };
        self.orphans = found.into_iter().flatten().filter(is_unheld).collect();
    }

    pub(super) fn living(&self) -> impl Iterator<Item = &Descendant> {
        self.descendants.iter().filter(|one| one.is_alive())
    }
}

impl Descendant {
    fn is_alive(&self) -> bool {
        // An error does not show that it has ended.
        !self.process.wait_exit(Duration::ZERO).unwrap_or(false)
    }
}
