//! Waiting for handles.

use std::io;
use std::time::Duration;

use super::sys::wait::wait_for_one;
use crate::deadline::Deadline;
use crate::platform::waitable::{AsWaitable, Waitable};

/// A handle to wait for.
#[derive(Debug)]
pub(crate) struct Interest<'a>(Waitable<'a>);

impl<'a> Interest<'a> {
    pub(crate) fn readable(handle: Waitable<'a>) -> Self {
        Self(handle)
    }

    pub(crate) fn writable(handle: Waitable<'a>) -> Self {
        Self(handle)
    }
}

/// Waits until a handle is signalled. Returns which ones are: none if the time is over.
pub(crate) fn wait_any(
    interests: &[Interest<'_>],
    timeout: Option<Duration>,
) -> io::Result<Vec<bool>> {
    let handles: Vec<Waitable<'_>> = interests.iter().map(|interest| interest.0).collect();
    if !wait_for_one(&handles, timeout)? {
        return Ok(vec![false; handles.len()]);
    }
    let is_signalled = |handle: &Waitable<'_>| wait_for_one(&[*handle], Some(Duration::ZERO));
    handles.iter().map(is_signalled).collect()
}

pub(crate) fn wait_readable(handle: Waitable<'_>, timeout: Duration) -> io::Result<bool> {
    wait_for_one(&[handle], Some(timeout))
}

pub(crate) fn wait_writable(handle: Waitable<'_>, timeout: Duration) -> io::Result<bool> {
    wait_for_one(&[handle], Some(timeout))
}

/// Waits for `length`. Whether the reader of `to` is gone is not observed: the next write
/// tells.
///
/// # Errors
///
/// None.
pub fn wait_until_unread(_to: impl AsWaitable, length: Duration) -> io::Result<bool> {
    std::thread::sleep(Deadline::after(length).remaining());
    Ok(false)
}
