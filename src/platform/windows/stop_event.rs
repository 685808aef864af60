//! The event by which a daemon of this crate is asked to stop. Windows has no signal for it.

use std::ffi::OsString;
use std::io;
use std::os::windows::io::AsHandle;

use windows_sys::Win32::Foundation::ERROR_FILE_NOT_FOUND;

use super::sys::{process, wait};

/// Returns the name of the event of a process, in its session.
pub(super) fn name(pid: u32) -> OsString {
    format!("Local\\rpctl-stop-{pid}").into()
}

/// Asks a process to stop.
///
/// # Errors
///
/// [`io::ErrorKind::Unsupported`] if it has no such event.
pub(super) fn request(pid: u32) -> io::Result<()> {
    let event = wait::open_event(&name(pid)).map_err(|error| {
        if !process::is(&error, ERROR_FILE_NOT_FOUND) {
            return error;
        }
        let message = "Windows cannot ask it to exit: only daemons that rpctl has started can \
                       be asked, and others be killed";
        io::Error::new(io::ErrorKind::Unsupported, message)
    })?;
    wait::set(event.as_handle())
}
