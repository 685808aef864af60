//! A named pipe on which this process serves.

use std::ffi::OsString;
use std::io;
use std::os::windows::io::{AsHandle, OwnedHandle};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_NO_SYSTEM_RESOURCES, ERROR_TOO_MANY_OPEN_FILES,
};

use super::pipe::Stream;
use super::pipe_name::path_of;
use super::sys::pipe::{self as sys, Operation};
use super::sys::process::is;
use super::sys::security::Descriptor;
use super::users;
use crate::platform::waitable::Waitable;

/// Pipes are no files.
pub const ENDPOINTS_ARE_FILES: bool = false;

/// The connections that a server can have at once: with its listener, it waits for all of
/// them.
#[cfg(feature = "responder")]
pub(crate) const MAX_CONNECTIONS: usize = super::sys::wait::MAX_HANDLES - 4;

/// A pipe with an instance that waits for the next client.
#[derive(Debug)]
pub(crate) struct Listener {
    path: OsString,
    /// The user of this process and the system may open the pipe.
    security: Descriptor,
    waiting: Mutex<Instance>,
    /// Signalled once a client is there.
    ready: OwnedHandle,
}

/// An instance of the pipe.
#[derive(Debug)]
struct Instance {
    pipe: Arc<OwnedHandle>,
    connect: Operation,
}

impl Listener {
    fn new_instance(&self) -> io::Result<Instance> {
        Instance::wait(
            sys::create(&self.path, false, &self.security)?,
            self.ready.try_clone()?,
        )
    }
}

impl Instance {
    fn wait(pipe: OwnedHandle, ready: OwnedHandle) -> io::Result<Self> {
        let pipe = Arc::new(pipe);
        let mut connect = Operation::with_event(&pipe, ready);
        connect.connect()?;
        Ok(Self { pipe, connect })
    }
}

/// Creates a pipe that clients of this machine and user can open.
///
/// # Errors
///
/// [`io::ErrorKind::AddrInUse`] if there is a pipe of that name.
pub(crate) fn listen(name: &Path) -> io::Result<Listener> {
    let path = path_of(name);
    let user = users::own_sid()?;
    let security = Descriptor::parse(&format!("D:P(A;;GA;;;{user})(A;;GA;;;SY)"))?;
    let pipe = sys::create(&path, true, &security).map_err(|error| {
        if is(&error, ERROR_ACCESS_DENIED) {
            io::Error::new(io::ErrorKind::AddrInUse, error)
        } else {
            error
        }
    })?;
    let ready = super::sys::wait::new_event(None)?;
    let instance = Instance::wait(pipe, ready.try_clone()?)?;
    Ok(Listener {
        path,
        security,
        ready,
        waiting: Mutex::new(instance),
    })
}

/// Accepts a connection. The pipe has a free instance again before the client is served.
pub(crate) fn accept(listener: &Listener) -> io::Result<Stream> {
    let mut waiting = listener
        .waiting
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    match waiting.connect.end(false) {
        Ok(None) => return Err(io::ErrorKind::WouldBlock.into()),
        Ok(Some(_)) => {}
        Err(error) => {
            *waiting = listener.new_instance()?;
            return Err(error);
        }
    }
    let next = listener.new_instance()?;
    let accepted = std::mem::replace(&mut *waiting, next);
    drop(accepted.connect);
    let pipe = Arc::into_inner(accepted.pipe).ok_or(io::ErrorKind::ResourceBusy)?;
    Stream::new(pipe)
}

/// Returns the event that a client is there.
pub(crate) fn listener_waitable(listener: &Listener) -> Waitable<'_> {
    listener.ready.as_handle()
}

/// Does nothing: a client that finds no free instance waits in its own call.
#[cfg(feature = "responder")]
pub(crate) fn limit_queue(_: Waitable<'_>, _clients: usize) -> io::Result<()> {
    Ok(())
}

/// Returns whether an operation failed for want of a handle.
#[must_use]
pub fn is_out_of_descriptors(error: &io::Error) -> bool {
    is(error, ERROR_NO_SYSTEM_RESOURCES) || is(error, ERROR_TOO_MANY_OPEN_FILES)
}
