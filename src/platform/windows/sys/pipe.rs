//! Named pipes, and operations on them that are under way.

#![expect(
    unsafe_code,
    reason = "no crate waits for an operation and an event at once"
)]

use std::ffi::OsStr;
use std::io;
use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, OwnedHandle};
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use windows_sys::Win32::Foundation::{
    ERROR_IO_INCOMPLETE, ERROR_IO_PENDING, ERROR_NO_DATA, ERROR_PIPE_CONNECTED,
};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_FIRST_PIPE_INSTANCE, FILE_FLAG_OVERLAPPED, PIPE_ACCESS_DUPLEX, ReadFile, WriteFile,
};
use windows_sys::Win32::System::IO::{CancelIoEx, GetOverlappedResult, OVERLAPPED};
use windows_sys::Win32::System::Pipes::{
    ConnectNamedPipe, CreateNamedPipeW, GetNamedPipeServerProcessId, PIPE_REJECT_REMOTE_CLIENTS,
    PIPE_TYPE_BYTE, PIPE_UNLIMITED_INSTANCES, WaitNamedPipeW,
};
use windows_sys::core::BOOL;

use super::convert::{owned, size_of, succeeded, wide};
use super::process::is;
use super::security::Descriptor;
use super::wait::{self, milliseconds};

/// The size of the buffers of a pipe, as a hint for the system.
const BUFFER: u32 = 64 * 1024;

/// Creates an instance of a pipe for clients of this machine, by
/// [CreateNamedPipeW](https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-createnamedpipew).
/// The first one fails if there is a pipe of that name.
pub(in super::super) fn create(
    path: &OsStr,
    is_first: bool,
    security: &Descriptor,
) -> io::Result<OwnedHandle> {
    let path = wide(path)?;
    let attributes = SECURITY_ATTRIBUTES {
        nLength: size_of::<SECURITY_ATTRIBUTES>(),
        lpSecurityDescriptor: security.as_ptr(),
        bInheritHandle: 0,
    };
    let first = if is_first {
        FILE_FLAG_FIRST_PIPE_INSTANCE
    } else {
        0
    };
    // SAFETY: the path ends with 0, and the descriptor outlives the call.
    unsafe {
        owned(CreateNamedPipeW(
            path.as_ptr(),
            PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | first,
            PIPE_TYPE_BYTE | PIPE_REJECT_REMOTE_CLIENTS,
            PIPE_UNLIMITED_INSTANCES,
            BUFFER,
            BUFFER,
            0,
            &raw const attributes,
        ))
    }
}

/// Waits until an instance of a pipe is free, by
/// [WaitNamedPipeW](https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-waitnamedpipew).
pub(in super::super) fn wait_free(path: &OsStr, timeout: Duration) -> io::Result<()> {
    let path = wide(path)?;
    // The time 0 means that of the server.
    let timeout = milliseconds(Some(timeout)).max(1);
    // SAFETY: the path ends with 0.
    succeeded(unsafe { WaitNamedPipeW(path.as_ptr(), timeout) })
}

/// Returns the PID of the process that created this instance of a pipe.
pub(in super::super) fn server_pid(pipe: BorrowedHandle<'_>) -> io::Result<u32> {
    let mut pid = 0;
    // SAFETY: the handle is borrowed, and the pointer is valid.
    succeeded(unsafe { GetNamedPipeServerProcessId(pipe.as_raw_handle(), &raw mut pid) })?;
    Ok(pid)
}

/// One operation on a pipe after the other, each with its own buffer. Its event is signalled
/// once the operation has ended.
#[derive(Debug)]
pub(in super::super) struct Operation {
    pipe: Arc<OwnedHandle>,
    event: OwnedHandle,
    /// Where the system writes while the operation is under way: at a fixed address.
    state: *mut OVERLAPPED,
    buffer: Vec<u8>,
    is_under_way: bool,
}

// SAFETY: the pointer is to a value that belongs to this one alone.
unsafe impl Send for Operation {}

impl Operation {
    pub(in super::super) fn new(pipe: &Arc<OwnedHandle>) -> io::Result<Self> {
        Ok(Self::with_event(pipe, wait::new_event(None)?))
    }

    pub(in super::super) fn with_event(pipe: &Arc<OwnedHandle>, event: OwnedHandle) -> Self {
        Self {
            pipe: Arc::clone(pipe),
            event,
            state: Box::into_raw(Box::default()),
            buffer: Vec::new(),
            is_under_way: false,
        }
    }

    pub(in super::super) fn event(&self) -> BorrowedHandle<'_> {
        self.event.as_handle()
    }

    pub(in super::super) fn is_under_way(&self) -> bool {
        self.is_under_way
    }

    /// Begins to read at most `length` bytes.
    pub(in super::super) fn read(&mut self, length: usize) -> io::Result<()> {
        self.buffer.resize(length, 0);
        let (to, length) = (self.buffer.as_mut_ptr(), self.length());
        // SAFETY: the buffer and the state stay where they are until the operation has ended.
        self.begin(|pipe, state| unsafe {
            ReadFile(pipe.as_raw_handle(), to, length, ptr::null_mut(), state)
        })
    }

    /// Begins to write these bytes.
    pub(in super::super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.clear();
        self.buffer.extend_from_slice(bytes);
        let (from, length) = (self.buffer.as_ptr(), self.length());
        // SAFETY: as in `read`.
        self.begin(|pipe, state| unsafe {
            WriteFile(pipe.as_raw_handle(), from, length, ptr::null_mut(), state)
        })
    }

    /// Begins to wait for a client.
    pub(in super::super) fn connect(&mut self) -> io::Result<()> {
        // SAFETY: the state stays where it is until the operation has ended.
        let begun =
            self.begin(|pipe, state| unsafe { ConnectNamedPipe(pipe.as_raw_handle(), state) });
        match begun {
            // A client was there before, or has even left again.
            Err(error) if is(&error, ERROR_PIPE_CONNECTED) || is(&error, ERROR_NO_DATA) => {
                wait::set(self.event())
            }
            begun => begun,
        }
    }

    fn length(&self) -> u32 {
        u32::try_from(self.buffer.len()).unwrap_or(u32::MAX)
    }

    fn begin(
        &mut self,
        call: impl FnOnce(&OwnedHandle, *mut OVERLAPPED) -> BOOL,
    ) -> io::Result<()> {
        debug_assert!(!self.is_under_way, "one operation at a time");
        // SAFETY: the pointer is valid, and no operation uses the value.
        unsafe {
            *self.state = OVERLAPPED::default();
            (*self.state).hEvent = self.event.as_raw_handle();
        }
        match succeeded(call(&self.pipe, self.state)) {
            Err(error) if !is(&error, ERROR_IO_PENDING) => return Err(error),
            _ => self.is_under_way = true,
        }
        Ok(())
    }

    /// Returns the number of bytes once the operation has ended, and `None` before. Waits for
    /// the end if asked to.
    pub(in super::super) fn end(&mut self, waits: bool) -> io::Result<Option<usize>> {
        if !self.is_under_way {
            return Ok(Some(0));
        }
        let mut count = 0;
        // SAFETY: the handle is owned, and the pointers are valid.
        let ended = succeeded(unsafe {
            GetOverlappedResult(
                self.pipe.as_raw_handle(),
                self.state,
                &raw mut count,
                waits.into(),
            )
        });
        match ended {
            Err(error) if is(&error, ERROR_IO_INCOMPLETE) => Ok(None),
            ended => {
                self.is_under_way = false;
                ended.map(|()| usize::try_from(count).ok())
            }
        }
    }

    /// Returns the bytes that were read.
    pub(in super::super) fn buffer(&self) -> &[u8] {
        &self.buffer
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        if self.is_under_way {
            // SAFETY: the handle is owned, and the state is that of the operation.
            unsafe { CancelIoEx(self.pipe.as_raw_handle(), self.state) };
            // The system writes to the buffer until then.
            let _ = self.end(true);
        }
        // SAFETY: it came from a box, and no operation uses it any more.
        drop(unsafe { Box::from_raw(self.state) });
    }
}
