//! The session of this process and its children.

use std::io;
use std::process::{ChildStdout, Command, ExitStatus};
use std::time::Duration;

use super::error::unsupported;

/// A child process that is never confused with another one.
#[derive(Debug)]
pub enum OwnChild {}

impl OwnChild {
    /// Starts a child.
    ///
    /// # Errors
    ///
    /// Always [`io::ErrorKind::Unsupported`].
    pub fn start(_: &mut Command) -> io::Result<Self> {
        unsupported()
    }

    /// Takes the pipe from the standard output of the child.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        match *self {}
    }

    /// Ends and reaps the child.
    ///
    /// # Errors
    ///
    /// None: there is no child.
    pub fn end(self, _patience: Duration) -> io::Result<Option<ExitStatus>> {
        match self {}
    }
}

/// Moves this process to a new session.
///
/// # Errors
///
/// Always [`io::ErrorKind::Unsupported`].
pub fn new_session() -> io::Result<()> {
    unsupported()
}

/// Makes the system end this process with its parent.
///
/// # Errors
///
/// Always [`io::ErrorKind::Unsupported`].
pub fn end_with_parent(_parent: u32) -> io::Result<bool> {
    unsupported()
}

/// Does nothing: children are never started.
pub fn detach(_: &mut Command) {}

/// Does nothing: a program sees itself under its path.
pub fn name_program(_: &mut Command, _name: &str) {}

/// Redirects the standard streams to nothing.
///
/// # Errors
///
/// Always [`io::ErrorKind::Unsupported`].
pub fn close_standard_streams() -> io::Result<()> {
    unsupported()
}

/// Does nothing: children are never started.
pub fn forget_descriptors() {}
