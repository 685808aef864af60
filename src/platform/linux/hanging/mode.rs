//! How a thread treats mounts that may hang, and how long it waits for one.

use std::cell::{Cell, RefCell};
use std::io;
use std::time::Duration;

use crate::deadline::Deadline;
use crate::platform::types::{FileSystemHangs, Mount};

/// The time granted to a file system if the caller sets no deadline.
const PATIENCE: Duration = Duration::from_millis(500);

/// The time granted to a file system if none is left of the deadline: another file system
/// may have taken it all.
const LEAST_PATIENCE: Duration = Duration::from_millis(20);

thread_local! {
    static MODE: Cell<Mode> = const { Cell::new(Mode::Plain) };
    static REFUSED: RefCell<Option<Mount>> = const { RefCell::new(None) };
    static DEADLINE: Cell<Option<Deadline>> = const { Cell::new(None) };
}

/// How this thread treats a mount that may hang.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    /// It is not entered.
    Plain,
    /// It is not entered, and the work is repeated in a helper.
    Guarded,
    /// It is entered: this process is a helper.
    Apart,
}

/// The deadline of all guarded work of this thread, as long as this value lives.
#[must_use = "the limit ends with the value"]
pub(crate) struct TimeLimit {
    before: Option<Deadline>,
}

impl TimeLimit {
    pub(crate) fn until(deadline: Deadline) -> Self {
        Self {
            before: DEADLINE.replace(Some(deadline)),
        }
    }
}

impl Drop for TimeLimit {
    fn drop(&mut self) {
        DEADLINE.set(self.before);
    }
}

/// Does guarded work. Returns the mount that it was kept from, if there is one.
///
/// Guarded work that is part of other guarded work is repeated with the whole.
pub(super) fn attempt<T>(work: impl FnOnce() -> T) -> Result<T, Mount> {
    if MODE.get() != Mode::Plain {
        return Ok(work());
    }
    REFUSED.take();
    MODE.set(Mode::Guarded);
    let result = work();
    MODE.set(Mode::Plain);
    REFUSED.take().map_or(Ok(result), Err)
}

/// Returns the error for a mount that is not entered.
pub(super) fn refuse(mount: Mount) -> io::Error {
    REFUSED.set(Some(mount.clone()));
    FileSystemHangs(mount).into()
}

/// Returns the time that a file system has.
pub(super) fn patience() -> Duration {
    let deadline = DEADLINE.get();
    deadline.map_or(PATIENCE, |deadline| {
        deadline.remaining().max(LEAST_PATIENCE)
    })
}

pub(super) fn is_apart() -> bool {
    MODE.get() == Mode::Apart
}

/// Lets this thread, the only one of a helper, enter every mount.
pub(super) fn go_apart() {
    MODE.set(Mode::Apart);
}
