//! The standard streams and the console.

#![expect(
    unsafe_code,
    reason = "no crate wraps the console events with an event to wait for"
)]

use std::fs::File;
use std::io;
use std::os::windows::io::{AsHandle, IntoRawHandle, OwnedHandle};
use std::sync::{Mutex, PoisonError};

use windows_sys::Win32::Foundation::{
    CloseHandle, HANDLE, HANDLE_FLAG_INHERIT, INVALID_HANDLE_VALUE, SetHandleInformation,
};
use windows_sys::Win32::System::Console::{
    CTRL_BREAK_EVENT, CTRL_C_EVENT, CTRL_CLOSE_EVENT, GetStdHandle, STD_ERROR_HANDLE,
    STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, SetConsoleCtrlHandler, SetStdHandle,
};
use windows_sys::core::BOOL;

use super::convert::succeeded;
use super::wait;

const STREAMS: [u32; 3] = [STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE];

/// The event that the console signals.
static STOP: Mutex<Option<OwnedHandle>> = Mutex::new(None);

/// Signals an event when the user presses Ctrl-C or Ctrl-Break, or closes the console, by
/// [SetConsoleCtrlHandler](https://learn.microsoft.com/windows/console/setconsolectrlhandler);
/// `None` restores what the system does by itself.
pub(in super::super) fn signal_on_stop(event: Option<OwnedHandle>) -> io::Result<()> {
    let is_set = event.is_some();
    *STOP.lock().unwrap_or_else(PoisonError::into_inner) = event;
    // SAFETY: the function is one of this program, and may run in any thread.
    succeeded(unsafe { SetConsoleCtrlHandler(Some(on_event), is_set.into()) })
}

extern "system" fn on_event(kind: u32) -> BOOL {
    if ![CTRL_C_EVENT, CTRL_BREAK_EVENT, CTRL_CLOSE_EVENT].contains(&kind) {
        return 0;
    }
    let stop = STOP.lock().unwrap_or_else(PoisonError::into_inner);
    stop.as_ref()
        .is_some_and(|stop| wait::set(stop.as_handle()).is_ok())
        .into()
}

/// Keeps children from inheriting the standard streams of this process.
pub(in super::super) fn keep_streams() {
    for stream in streams() {
        // SAFETY: the handle is that of a stream. One that is no handle is refused.
        unsafe { SetHandleInformation(stream, HANDLE_FLAG_INHERIT, 0) };
    }
}

fn streams() -> impl Iterator<Item = HANDLE> {
    // SAFETY: no pointer is passed.
    let handles = STREAMS.map(|stream| unsafe { GetStdHandle(stream) });
    let is_open = |handle: &HANDLE| !handle.is_null() && *handle != INVALID_HANDLE_VALUE;
    handles.into_iter().filter(is_open)
}

/// Closes the standard streams, and has them lead nowhere from now on.
pub(in super::super) fn close_streams() -> io::Result<()> {
    let before: Vec<HANDLE> = streams().collect();
    for stream in STREAMS {
        let nowhere = File::options().read(true).write(true).open("NUL")?;
        // SAFETY: the handle stays open.
        succeeded(unsafe { SetStdHandle(stream, nowhere.into_raw_handle()) })?;
    }
    for handle in before {
        // SAFETY: nothing uses the streams by their handles of before.
        unsafe { CloseHandle(handle) };
    }
    Ok(())
}
