//! Requests to stop this process: from the console, and by the event of this process.

use std::io::{self, Read};
use std::os::windows::io::{AsHandle, OwnedHandle};
use std::sync::mpsc;
use std::time::Duration;

use super::stop_event;
use super::sys::{console, wait};
use crate::platform::waitable::impl_as_waitable;

/// Ctrl-C, Ctrl-Break, the end of the console, and the event of this process, as one event.
#[derive(Debug)]
pub struct StopSignals {
    event: OwnedHandle,
}

impl StopSignals {
    /// Receives the requests, by
    /// [SetConsoleCtrlHandler](https://learn.microsoft.com/windows/console/setconsolectrlhandler).
    ///
    /// # Errors
    ///
    /// The error of the system.
    pub fn receive() -> io::Result<Self> {
        let event = wait::new_event(Some(&stop_event::name(std::process::id())))?;
        console::signal_on_stop(Some(event.try_clone()?))?;
        Ok(Self { event })
    }

    /// Returns whether a request has arrived.
    ///
    /// # Errors
    ///
    /// The error of the system.
    pub fn have_come(&self) -> io::Result<bool> {
        wait::wait_for_one(&[self.event.as_handle()], Some(Duration::ZERO))
    }

    /// Reads `source` to its end. Returns `None` as soon as a request arrives.
    ///
    /// # Errors
    ///
    /// The error of reading or waiting.
    pub fn read_to_end(
        &self,
        mut source: impl Read + Send + 'static,
    ) -> io::Result<Option<Vec<u8>>> {
        let ready = wait::new_event(None)?;
        let signal = ready.try_clone()?;
        let (sender, result) = mpsc::channel();
        // A pipe of the standard library cannot be waited for together with an event.
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = source.read_to_end(&mut bytes).map(|_| bytes);
            // Without a receiver, the result is not wanted any more.
            let _ = sender.send(read);
            let _ = wait::set(signal.as_handle());
        });
        wait::wait_for_one(&[self.event.as_handle(), ready.as_handle()], None)?;
        if self.have_come()? {
            return Ok(None);
        }
        let read = result.recv().map_err(io::Error::other)?;
        read.map(Some)
    }

    /// Stops receiving. A request from the console ends the process from now on.
    ///
    /// # Errors
    ///
    /// The error of the system.
    pub fn release(self) -> io::Result<()> {
        console::signal_on_stop(None)
    }
}

impl_as_waitable! {
    /// Returns an event that is signalled once a request has arrived.
    StopSignals, signals => signals.event.as_handle()
}

/// Returns the name of a signal: Windows has none.
#[must_use]
pub fn signal_name(_number: i32) -> Option<&'static str> {
    None
}
