//! The registry of the system, its name and its clock.

#![expect(unsafe_code, reason = "no crate of this package wraps the registry")]

use std::ffi::{OsStr, OsString, c_void};
use std::io;
use std::os::windows::ffi::OsStringExt;
use std::ptr;

use windows_sys::Win32::Foundation::ERROR_SUCCESS;
use windows_sys::Win32::System::Registry::{
    HKEY_LOCAL_MACHINE, REG_ROUTINE_FLAGS, RRF_RT_REG_DWORD, RRF_RT_REG_SZ, RRF_SUBKEY_WOW6464KEY,
    RegGetValueW,
};
use windows_sys::Win32::System::SystemInformation::{
    ComputerNameNetBIOS, GetComputerNameExW, GetTickCount64,
};

use super::convert::{succeeded, wide};

/// Reads a value of the machine, by
/// [RegGetValueW](https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-reggetvaluew).
/// Returns the number of bytes.
///
/// # Safety
///
/// The pointer is to as many writable bytes as `size`.
unsafe fn value(
    (key, name): (&str, &str),
    kind: REG_ROUTINE_FLAGS,
    to: *mut c_void,
    mut size: u32,
) -> io::Result<usize> {
    let (key, name) = (wide(OsStr::new(key))?, wide(OsStr::new(name))?);
    // SAFETY: the texts end with 0, and the caller promises the rest.
    let result = unsafe {
        RegGetValueW(
            HKEY_LOCAL_MACHINE,
            key.as_ptr(),
            name.as_ptr(),
            // A program of 32 bits would be shown other keys.
            kind | RRF_SUBKEY_WOW6464KEY,
            ptr::null_mut(),
            to,
            &raw mut size,
        )
    };
    if result == ERROR_SUCCESS {
        Ok(usize::try_from(size).unwrap_or_default())
    } else {
        Err(io::Error::from_raw_os_error(result.cast_signed()))
    }
}

/// Returns a number in the registry of the machine.
pub(in super::super) fn number(key: &str, name: &str) -> io::Result<u32> {
    let mut number = 0_u32;
    // SAFETY: the size is that of the number.
    unsafe { value((key, name), RRF_RT_REG_DWORD, (&raw mut number).cast(), 4)? };
    Ok(number)
}

/// Returns a text in the registry of the machine.
pub(in super::super) fn text(key: &str, name: &str) -> io::Result<String> {
    let mut units = [0_u16; 256];
    // SAFETY: the size is that of the buffer.
    let bytes = unsafe { value((key, name), RRF_RT_REG_SZ, units.as_mut_ptr().cast(), 512)? };
    // The last unit is 0.
    let length = (bytes / 2).saturating_sub(1);
    let units = units.get(..length).unwrap_or_default();
    Ok(OsString::from_wide(units).to_string_lossy().into_owned())
}

/// Returns the name of the computer, as `%COMPUTERNAME%` is.
pub(in super::super) fn computer_name() -> io::Result<String> {
    let mut units = [0_u16; 256];
    let mut length = 256;
    // SAFETY: the length is that of the buffer.
    succeeded(unsafe {
        GetComputerNameExW(ComputerNameNetBIOS, units.as_mut_ptr(), &raw mut length)
    })?;
    let length = usize::try_from(length).unwrap_or_default();
    let units = units.get(..length).unwrap_or_default();
    Ok(OsString::from_wide(units).to_string_lossy().into_owned())
}

/// Returns the milliseconds since the start of the system, including suspended time.
pub(in super::super) fn up_ms() -> u64 {
    // SAFETY: it takes nothing.
    unsafe { GetTickCount64() }
}
