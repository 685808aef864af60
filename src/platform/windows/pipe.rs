//! A connection by a named pipe, in the manner of a stream that does not block.
//!
//! A read is always under way, so that its event tells when there is something to read. A
//! write takes all bytes at once; the next one would block until they have left.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::{AsHandle, OwnedHandle};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use windows_sys::Win32::Foundation::{
    ERROR_BROKEN_PIPE, ERROR_NO_DATA, ERROR_OPERATION_ABORTED, ERROR_PIPE_BUSY,
    ERROR_PIPE_NOT_CONNECTED, ERROR_SEM_TIMEOUT,
};
use windows_sys::Win32::Storage::FileSystem::{FILE_FLAG_OVERLAPPED, SECURITY_IDENTIFICATION};

use super::pipe_name::path_of;
use super::process::PinnedProcess;
use super::sys::pipe::{self as sys, Operation};
use super::sys::process::is;
use super::sys::wait;
use crate::platform::types::{BoundFile, PeerCredentials};
use crate::platform::waitable::Waitable;

/// The bytes that one read takes at most.
const READ_LENGTH: usize = 4096;

/// A connection by a named pipe.
#[derive(Debug)]
pub struct Stream {
    pipe: Arc<OwnedHandle>,
    state: Mutex<State>,
    /// Signalled while bytes can be read, or the end.
    readable: OwnedHandle,
    /// Signalled while bytes can be written.
    writable: OwnedHandle,
}

#[derive(Debug)]
struct State {
    read: Operation,
    write: Operation,
    /// The bytes that were read and not taken.
    received: Vec<u8>,
    blocks: bool,
    /// Whether a write had to wait.
    wants_to_write: bool,
}

impl Stream {
    pub(super) fn new(pipe: OwnedHandle) -> io::Result<Self> {
        let pipe = Arc::new(pipe);
        let mut read = Operation::new(&pipe)?;
        let write = Operation::new(&pipe)?;
        begin_to_read(&mut read)?;
        Ok(Self {
            readable: read.event().try_clone_to_owned()?,
            writable: write.event().try_clone_to_owned()?,
            state: Mutex::new(State {
                read,
                write,
                received: Vec::new(),
                blocks: false,
                wants_to_write: false,
            }),
            pipe,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.received.is_empty() {
            if !self.read.is_under_way() {
                match self.read.read(READ_LENGTH) {
                    Err(error) => return end_of(error),
                    Ok(()) => {}
                }
            }
            match self.read.end(self.blocks) {
                Ok(None) => return Err(io::ErrorKind::WouldBlock.into()),
                // A message of no bytes is not the end.
                Ok(Some(count)) => {
                    let bytes = self.read.buffer().get(..count).unwrap_or_default();
                    self.received.extend_from_slice(bytes);
                }
                Err(error) => return end_of(error),
            }
        }
        let count = to.len().min(self.received.len());
        to[..count].copy_from_slice(&self.received[..count]);
        self.received.drain(..count);
        if self.received.is_empty() {
            begin_to_read(&mut self.read)?;
        }
        Ok(count)
    }

    fn give(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wants_to_write = false;
        match self.write.end(self.blocks).map_err(refused)? {
            None => {
                self.wants_to_write = true;
                Err(io::ErrorKind::WouldBlock.into())
            }
            Some(_) => {
                self.write.write(bytes).map_err(refused)?;
                if self.blocks {
                    self.write.end(true).map_err(refused)?;
                }
                Ok(bytes.len())
            }
        }
    }
}

/// Begins to read, which resets the event. A fault signals it: it shows when the bytes are
/// wanted.
fn begin_to_read(read: &mut Operation) -> io::Result<()> {
    match read.read(READ_LENGTH) {
        Ok(()) => Ok(()),
        Err(_) => wait::set(read.event()),
    }
}

/// Returns 0, the end, if the other side has closed the pipe.
fn end_of(error: io::Error) -> io::Result<usize> {
    let ends = [ERROR_BROKEN_PIPE, ERROR_PIPE_NOT_CONNECTED, ERROR_NO_DATA];
    if ends.iter().any(|code| is(&error, *code)) {
        return Ok(0);
    }
    Err(error)
}

/// Returns the error of a write; of one kind if the other side has closed the pipe.
fn refused(error: io::Error) -> io::Error {
    let codes = [
        ERROR_BROKEN_PIPE,
        ERROR_PIPE_NOT_CONNECTED,
        ERROR_NO_DATA,
        ERROR_OPERATION_ABORTED,
    ];
    if codes.iter().any(|code| is(&error, *code)) {
        return io::ErrorKind::BrokenPipe.into();
    }
    error
}

impl Read for Stream {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if to.is_empty() {
            return Ok(0);
        }
        self.state().take(to)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        self.state().give(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Connects to the pipe with a name, by
/// [CreateFileW](https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew).
/// Returns the stream with the process that has created the instance; `None` if no instance
/// is free.
///
/// The server can learn who the client is, and do nothing in its name.
pub(crate) fn connect(name: &Path) -> io::Result<Option<(Stream, PeerCredentials)>> {
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(FILE_FLAG_OVERLAPPED)
        .security_qos_flags(SECURITY_IDENTIFICATION)
        .open(path_of(name));
    match opened {
        Ok(pipe) => {
            let stream = Stream::new(pipe.into())?;
            let pid = sys::server_pid(stream_socket(&stream))?;
            Ok(Some((stream, PeerCredentials { pid })))
        }
        Err(error) if is(&error, ERROR_PIPE_BUSY) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Waits until an instance of a pipe may be free, at most `timeout`. Returns whether the
/// process has exited.
pub(crate) fn wait_for_room(
    name: &Path,
    _process: Option<&PinnedProcess>,
    timeout: Duration,
    _pause: &mut Duration,
) -> io::Result<bool> {
    match sys::wait_free(&path_of(name), timeout) {
        Err(error) if !is(&error, ERROR_SEM_TIMEOUT) => Err(error),
        _ => Ok(false),
    }
}

/// Makes reading and writing wait.
#[cfg(feature = "client")]
pub(crate) fn set_blocking(stream: &Stream) -> io::Result<()> {
    stream.state().blocks = true;
    Ok(())
}

/// Returns the event of a stream: while a write had to wait, the one that bytes can be
/// written, or else the one that bytes can be read.
pub(crate) fn stream_waitable(stream: &Stream) -> Waitable<'_> {
    if stream.state().wants_to_write {
        stream.writable.as_handle()
    } else {
        stream.readable.as_handle()
    }
}

/// Returns the pipe of a stream, to ask the system about.
pub(crate) fn stream_socket(stream: &Stream) -> Waitable<'_> {
    stream.pipe.as_handle()
}

/// Returns the number by which the other end of a pipe is known here: the PID of its
/// server, by
/// [GetNamedPipeServerProcessId](https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getnamedpipeserverprocessid).
/// A server that hands its end on stays the one that is named.
#[cfg(feature = "client")]
pub(crate) fn peer_inode(pipe: Waitable<'_>) -> io::Result<Option<u32>> {
    sys::server_pid(pipe).map(Some)
}

/// Returns the number of the pipe at the other end.
#[cfg(feature = "client")]
pub(crate) fn listener_inodes(
    pipe: Waitable<'_>,
    _: Option<BoundFile>,
    _: (&Path, Option<&OsStr>),
    _: Option<&PinnedProcess>,
) -> io::Result<Vec<u32>> {
    Ok(vec![sys::server_pid(pipe)?])
}

/// Returns `None`: a pipe is no file.
#[cfg(feature = "client")]
pub(crate) fn bound_file(_inode: u32) -> io::Result<Option<BoundFile>> {
    Ok(None)
}

/// Returns `None`: the PID alone names the server of a pipe.
pub(crate) fn peer_pidfs_inode(_: Waitable<'_>) -> io::Result<Option<u64>> {
    Ok(None)
}

pub(crate) fn is_wrong_socket_type(_: &io::Error) -> bool {
    false
}
