//! Access control lists, of
//! [acl(3)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man3/acl.3.html).

#![expect(unsafe_code, reason = "no crate wraps these functions")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

use nix::errno::Errno;

/// The only type of lists: `ACL_TYPE_EXTENDED`.
const EXTENDED: c_int = 0x100;

unsafe extern "C" {
    fn acl_get_fd_np(descriptor: c_int, kind: c_int) -> *mut c_void;
    fn acl_to_text(list: *mut c_void, length: *mut isize) -> *mut c_char;
    fn acl_free(object: *mut c_void) -> c_int;
}

/// Returns the access control list of an open file as a text; an empty one if there is no
/// list.
pub(in super::super) fn text(file: BorrowedFd<'_>) -> io::Result<String> {
    // SAFETY: the descriptor is borrowed.
    let list = unsafe { acl_get_fd_np(file.as_raw_fd(), EXTENDED) };
    if list.is_null() {
        return match Errno::last() {
            Errno::ENOENT | Errno::ENOTSUP | Errno::EOPNOTSUPP => Ok(String::new()),
            error => Err(error.into()),
        };
    }
    // SAFETY: the list is valid, and no length is asked for.
    let text = unsafe { acl_to_text(list, ptr::null_mut()) };
    let copied = if text.is_null() {
        Err(io::Error::last_os_error())
    } else {
        // SAFETY: the text is valid, and ends with a NUL.
        let copied = unsafe { CStr::from_ptr(text) };
        Ok(copied.to_string_lossy().into_owned())
    };
    // SAFETY: both are freed once, and not used after that; freeing nothing is an error that
    // changes nothing.
    unsafe {
        acl_free(text.cast());
        acl_free(list);
    }
    copied
}
