//! Events, and waiting for handles.

#![expect(unsafe_code, reason = "no crate wraps waiting for several handles")]

use std::ffi::OsStr;
use std::io;
use std::os::windows::io::{AsRawHandle, BorrowedHandle, OwnedHandle};
use std::ptr;
use std::time::Duration;

use windows_sys::Win32::Foundation::{HANDLE, WAIT_FAILED, WAIT_TIMEOUT};
use windows_sys::Win32::System::Threading::{
    CreateEventW, EVENT_MODIFY_STATE, INFINITE, OpenEventW, SetEvent, WaitForMultipleObjects,
};

use super::convert::{owned, succeeded, wide};

/// The handles that one call can wait for.
pub(in super::super) const MAX_HANDLES: usize = 64;

/// Waits until one of the handles is signalled, by
/// [WaitForMultipleObjects](https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitformultipleobjects).
/// Returns whether one was in time.
pub(in super::super) fn wait_for_one(
    handles: &[BorrowedHandle<'_>],
    timeout: Option<Duration>,
) -> io::Result<bool> {
    if handles.len() > MAX_HANDLES {
        let message = "Windows waits for at most 64 handles at once";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let raw: Vec<HANDLE> = handles.iter().map(AsRawHandle::as_raw_handle).collect();
    let count = u32::try_from(raw.len()).unwrap_or(u32::MAX);
    // SAFETY: the handles are borrowed, and their number is that of the array.
    let result = unsafe { WaitForMultipleObjects(count, raw.as_ptr(), 0, milliseconds(timeout)) };
    match result {
        WAIT_FAILED => Err(io::Error::last_os_error()),
        WAIT_TIMEOUT => Ok(false),
        _ => Ok(true),
    }
}

/// Returns a time limit as Windows takes it. A duration that it cannot express is without end.
pub(super) fn milliseconds(timeout: Option<Duration>) -> u32 {
    let Some(timeout) = timeout else {
        return INFINITE;
    };
    // Rounded up: the end of a deadline is not to be waited for in a loop.
    let rounded = timeout.as_nanos().div_ceil(1_000_000);
    u32::try_from(rounded).unwrap_or(INFINITE)
}

/// Creates an event that stays signalled until it is reset; with a name, or opens the event
/// of that name.
pub(in super::super) fn new_event(name: Option<&OsStr>) -> io::Result<OwnedHandle> {
    let name = name.map(wide).transpose()?;
    let name = name.as_ref().map_or(ptr::null(), Vec::as_ptr);
    // SAFETY: the name ends with 0, and the handle is owned by nothing else.
    unsafe { owned(CreateEventW(ptr::null(), 1, 0, name)) }
}

/// Opens the event of a name, to signal it.
pub(in super::super) fn open_event(name: &OsStr) -> io::Result<OwnedHandle> {
    let name = wide(name)?;
    // SAFETY: the name ends with 0, and the handle is owned by nothing else.
    unsafe { owned(OpenEventW(EVENT_MODIFY_STATE, 0, name.as_ptr())) }
}

pub(in super::super) fn set(event: BorrowedHandle<'_>) -> io::Result<()> {
    // SAFETY: the handle is borrowed.
    succeeded(unsafe { SetEvent(event.as_raw_handle()) })
}
