//! This process and its children.

use std::io;
use std::os::windows::io::AsHandle;
use std::os::windows::process::CommandExt;
use std::process::{Child, ChildStdout, Command, ExitStatus};
use std::time::Duration;

use windows_sys::Win32::System::Threading::{CREATE_NEW_PROCESS_GROUP, DETACHED_PROCESS};

use super::process::PinnedProcess;
use super::stop_event;
use super::sys::{console, wait};
use crate::platform::types::PinError;

/// A child process that is never confused with another one: its handle is open.
#[derive(Debug)]
pub struct OwnChild(Child);

impl OwnChild {
    /// Starts a child.
    ///
    /// # Errors
    ///
    /// Fails if the program cannot be executed.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        command.spawn().map(Self)
    }

    /// Takes the pipe from the standard output of the child.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.0.stdout.take()
    }

    /// Ends the child: asks it by its event, and kills it if it has not exited after
    /// `patience`.
    ///
    /// # Errors
    ///
    /// The error of the system if the child cannot be ended or waited for.
    pub fn end(mut self, patience: Duration) -> io::Result<Option<ExitStatus>> {
        if let Some(status) = self.0.try_wait()? {
            return Ok(Some(status));
        }
        let is_asked = stop_event::request(self.0.id()).is_ok();
        let is_over = is_asked && wait::wait_for_one(&[self.0.as_handle()], Some(patience))?;
        if !is_over {
            self.0.kill()?;
        }
        self.0.wait().map(Some)
    }
}

/// Does nothing: a detached process has no console.
///
/// # Errors
///
/// None.
pub fn new_session() -> io::Result<()> {
    Ok(())
}

/// Starts the program without the console of this process, and out of reach of its Ctrl-C.
pub fn detach(command: &mut Command) {
    command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
}

/// Stops this process as by its event when its parent ends. Returns whether the parent is
/// alive.
///
/// # Errors
///
/// The error of the system.
pub fn end_with_parent(parent: u32) -> io::Result<bool> {
    let parent = match PinnedProcess::open(parent) {
        Ok(parent) => parent,
        Err(PinError::NoSuchProcess) => return Ok(false),
        Err(PinError::Io(error)) => return Err(error),
        Err(error) => return Err(io::Error::other(error.to_string())),
    };
    std::thread::Builder::new().spawn(move || {
        // Without an event, nothing receives the request.
        if parent.wait_exit(Duration::MAX).unwrap_or(false) {
            let _ = stop_event::request(std::process::id());
        }
    })?;
    Ok(true)
}

/// Does nothing: a program sees itself under its path.
pub fn name_program(_: &mut Command, _name: &str) {}

/// Closes the standard streams; they lead nowhere from now on.
///
/// # Errors
///
/// The error of the system.
pub fn close_standard_streams() -> io::Result<()> {
    console::close_streams()
}

/// Keeps children from inheriting the standard streams of this process. Nothing else is
/// inherited.
pub fn forget_descriptors() {
    console::keep_streams();
}
