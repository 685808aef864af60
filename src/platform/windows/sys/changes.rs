//! Changes in a directory.

#![expect(unsafe_code, reason = "no crate wraps change notifications")]

use std::io;
use std::os::windows::io::BorrowedHandle;
use std::path::Path;

use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_NOTIFY_CHANGE_DIR_NAME, FILE_NOTIFY_CHANGE_FILE_NAME, FILE_NOTIFY_CHANGE_LAST_WRITE,
    FindCloseChangeNotification, FindFirstChangeNotificationW, FindNextChangeNotification,
};

use super::convert::{succeeded, wide};

/// A watch on one directory.
#[derive(Debug)]
pub(in super::super) struct Changes(HANDLE);

// SAFETY: the handle may be used in any thread.
unsafe impl Send for Changes {}
// SAFETY: as above.
unsafe impl Sync for Changes {}

impl Changes {
    /// Watches a directory, by
    /// [FindFirstChangeNotificationW](https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-findfirstchangenotificationw).
    pub(in super::super) fn of(directory: &Path) -> io::Result<Self> {
        let path = wide(directory.as_os_str())?;
        let events = FILE_NOTIFY_CHANGE_FILE_NAME
            | FILE_NOTIFY_CHANGE_DIR_NAME
            | FILE_NOTIFY_CHANGE_LAST_WRITE;
        // SAFETY: the path ends with 0.
        let handle = unsafe { FindFirstChangeNotificationW(path.as_ptr(), 0, events) };
        if handle == INVALID_HANDLE_VALUE {
            return Err(io::Error::last_os_error());
        }
        Ok(Self(handle))
    }

    /// Returns a handle that is signalled after a change.
    pub(in super::super) fn handle(&self) -> BorrowedHandle<'_> {
        // SAFETY: the handle is open as long as this value.
        unsafe { BorrowedHandle::borrow_raw(self.0) }
    }

    /// Waits for the next change.
    pub(in super::super) fn again(&self) -> io::Result<()> {
        // SAFETY: the handle is open.
        succeeded(unsafe { FindNextChangeNotification(self.0) })
    }
}

impl Drop for Changes {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and used by nothing else.
        unsafe { FindCloseChangeNotification(self.0) };
    }
}
