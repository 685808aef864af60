//! Waiting for handles and for changes of files.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::error::unsupported;
use crate::platform::waitable::{AsWaitable, Waitable};

/// A handle and the event to wait for.
#[derive(Debug)]
pub(crate) struct Interest<'a> {
    _handle: Waitable<'a>,
}

impl<'a> Interest<'a> {
    pub(crate) fn readable(handle: Waitable<'a>) -> Self {
        Self { _handle: handle }
    }

    pub(crate) fn writable(handle: Waitable<'a>) -> Self {
        Self { _handle: handle }
    }
}

pub(crate) fn wait_any(_: &[Interest<'_>], _: Option<Duration>) -> io::Result<Vec<bool>> {
    unsupported()
}

pub(crate) fn wait_readable(_: Waitable<'_>, _: Duration) -> io::Result<bool> {
    unsupported()
}

pub(crate) fn wait_writable(_: Waitable<'_>, _: Duration) -> io::Result<bool> {
    unsupported()
}

/// Waits for `length`. The reader of `to` is not observed.
///
/// # Errors
///
/// None.
pub fn wait_until_unread(_to: impl AsWaitable, length: Duration) -> io::Result<bool> {
    std::thread::sleep(length);
    Ok(false)
}

/// A watch on a set of files.
#[derive(Debug)]
pub enum FileWatch {}

impl FileWatch {
    /// Creates an empty watch.
    ///
    /// # Errors
    ///
    /// Always [`io::ErrorKind::Unsupported`].
    pub fn new() -> io::Result<Self> {
        unsupported()
    }

    /// Adds a file.
    pub fn add(&mut self, _: &Path) {
        match *self {}
    }

    /// Adds all files of a directory.
    pub fn add_all_in(&mut self, _: &Path) {
        match *self {}
    }

    /// Waits for a change of any of the files.
    ///
    /// # Errors
    ///
    /// None: there is no watch.
    pub fn wait(&self, _timeout: Duration) -> io::Result<bool> {
        match *self {}
    }
}
