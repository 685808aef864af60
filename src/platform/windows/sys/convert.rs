//! Conversions between the types of Windows and those of Rust.

#![expect(unsafe_code, reason = "handles of Windows are raw pointers")]

use std::ffi::OsStr;
use std::io;
use std::os::windows::ffi::OsStrExt;
use std::os::windows::io::{FromRawHandle, OwnedHandle};

use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::core::BOOL;

/// Returns a text as Windows takes it, which ends with 0.
pub(super) fn wide(text: &OsStr) -> io::Result<Vec<u16>> {
    let mut units: Vec<u16> = text.encode_wide().collect();
    if units.contains(&0) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    units.push(0);
    Ok(units)
}

/// Returns the error of the last function unless it has succeeded.
pub(super) fn succeeded(result: BOOL) -> io::Result<()> {
    if result == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Takes the handle that a function has returned.
///
/// # Safety
///
/// The handle is owned by no other value.
pub(super) unsafe fn owned(handle: HANDLE) -> io::Result<OwnedHandle> {
    if handle.is_null() || handle == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the caller promises it, and the handle is valid.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// Returns the size of a type as Windows takes it.
pub(super) fn size_of<T>() -> u32 {
    u32::try_from(std::mem::size_of::<T>()).unwrap_or(u32::MAX)
}
