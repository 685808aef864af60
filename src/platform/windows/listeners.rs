//! Who listens where: on a pipe, as its client is told, and on the ports of TCP.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{self, Read};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use super::error::unsupported;
use super::pipe::{connect, wait_for_room};
use super::pipe_name::is_endpoint_name;
use super::process::PinnedProcess;
use super::sys::tcp::{self, TcpListener};
use crate::deadline::Deadline;
use crate::platform::types::{
    ListenerHolders, ListenerPlace, ListeningPlace, ListeningSocket, PinError, PresentListener,
    ProcessStatus,
};

/// The maximum time to wait for a free instance of a pipe.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

impl PinnedProcess {
    /// Returns none: the system does not list the pipes of a process, and its TCP sockets
    /// are not looked at.
    #[expect(clippy::unused_self, reason = "other systems look at the process")]
    pub(crate) fn listening_sockets(&self) -> io::Result<Vec<ListeningSocket>> {
        Ok(Vec::new())
    }
}

/// A search for sockets that listen.
pub(crate) enum ListenerSearch {}

impl ListenerSearch {
    pub(crate) fn new(_: Option<&PinnedProcess>) -> io::Result<Self> {
        unsupported()
    }

    pub(crate) fn still_listens(&self, _: &ListeningSocket) -> io::Result<bool> {
        match *self {}
    }

    pub(crate) fn at_file(&self, _: &Path, _: Option<&OsStr>) -> io::Result<Vec<u32>> {
        match *self {}
    }

    pub(crate) fn at_name(&self, _: &[u8], _: Option<u64>) -> io::Result<Vec<u32>> {
        match *self {}
    }

    pub(crate) fn at_address(&self, _: SocketAddr, _: Option<u64>) -> io::Result<Vec<u32>> {
        match *self {}
    }
}

/// Returns the process that serves the pipe, or listens on the port, that an address names.
///
/// The system names the server of a pipe only to its clients: one connects, and says nothing.
///
/// # Errors
///
/// [`PinError`].
pub(crate) fn listener_holders(
    place: &ListenerPlace,
) -> Result<ListenerHolders<PinnedProcess>, PinError> {
    let mut found = ListenerHolders {
        is_served: true,
        holders: Vec::new(),
        missing: None,
    };
    match place {
        ListenerPlace::Path(name) => found.holders.push(pipe_server(name)?),
        ListenerPlace::Abstract(_) => {
            let message = "Windows has no abstract names";
            let error = io::Error::new(io::ErrorKind::Unsupported, message);
            return Err(PinError::Io(error));
        }
        ListenerPlace::Tcp { addresses, port } => {
            let pids = pids_at(&tcp::listeners().map_err(PinError::Io)?, addresses, *port);
            found.is_served = !pids.is_empty();
            for pid in pids {
                match PinnedProcess::open(pid) {
                    Ok(process) => found.holders.push(process),
                    Err(PinError::NoSuchProcess) => {}
                    Err(PinError::Denied(missing)) => found.missing = Some(missing),
                    Err(error) => return Err(error),
                }
            }
            if found.is_served && found.holders.is_empty() && found.missing.is_none() {
                let error = io::Error::other("the system names no process that listens there");
                return Err(PinError::Io(error));
            }
        }
    }
    Ok(found)
}

/// Pins the process that has created an instance of a pipe, which it still serves then.
fn pipe_server(name: &Path) -> Result<PinnedProcess, PinError> {
    let io_error = |error| PinError::Io(error);
    if !name.to_str().is_some_and(is_endpoint_name) {
        let error = io::Error::new(io::ErrorKind::InvalidInput, "a pipe has no such name");
        return Err(io_error(error));
    }
    let deadline = Deadline::after(BUSY_TIMEOUT);
    let (mut stream, server) = loop {
        if let Some(connected) = connect(name).map_err(io_error)? {
            break connected;
        }
        if deadline.has_passed() {
            let message = "all instances of the pipe are in use";
            return Err(io_error(io::Error::new(io::ErrorKind::TimedOut, message)));
        }
        let mut pause = Duration::ZERO;
        wait_for_room(name, None, deadline.remaining(), &mut pause).map_err(io_error)?;
    };
    let process = PinnedProcess::open(server.pid)?;
    // The number could have become that of another process if the server has ended.
    match stream.read(&mut [0]) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(process),
        Ok(1..) => Ok(process),
        Ok(_) => Err(PinError::Io(io::ErrorKind::NotFound.into())),
        Err(error) => Err(io_error(error)),
    }
}

/// Returns the processes that get the connections to an address: those bound to it, else those
/// bound to every address.
fn pids_at(listeners: &[TcpListener], addresses: &[IpAddr], port: u16) -> BTreeSet<u32> {
    let at_port = || listeners.iter().filter(|it| it.address.port() == port);
    let bound_to = |address: IpAddr| -> BTreeSet<u32> {
        let those = at_port().filter(|it| it.address.ip() == address);
        those.map(|it| it.pid).collect()
    };
    let serving = |address: &IpAddr| {
        let exact = bound_to(*address);
        let any = match address {
            IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        if exact.is_empty() {
            bound_to(any)
        } else {
            exact
        }
    };
    if addresses.is_empty() {
        return at_port().map(|it| it.pid).collect();
    }
    addresses.iter().flat_map(serving).collect()
}

/// Fails: a number of a thread is not that of a process.
pub(crate) fn thread_status(_tid: u32) -> io::Result<ProcessStatus> {
    unsupported()
}

/// The addresses on which a process listens: a pipe ends with its servers.
#[derive(Debug)]
pub(crate) struct RememberedListeners;

impl RememberedListeners {
    pub(crate) fn new(
        _: &PinnedProcess,
        _descendants: &[&PinnedProcess],
        _recorded: Vec<ListeningPlace>,
    ) -> io::Result<Self> {
        Ok(Self)
    }

    /// Returns none: what a descendant serves is not listed.
    #[expect(clippy::unused_self, reason = "other systems remember addresses")]
    pub(crate) fn present(&self) -> io::Result<Vec<PresentListener>> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_served_at_its_address_or_else_at_every_one() {
        let listeners = [("127.0.0.1:80", 4), ("0.0.0.0:80", 8), ("[::]:81", 12)];
        let listeners = listeners.map(|(address, pid)| TcpListener {
            address: address.parse().unwrap(),
            pid,
        });
        let pids = |addresses: &[&str], port| -> Vec<u32> {
            let addresses: Vec<IpAddr> = addresses.iter().map(|it| it.parse().unwrap()).collect();
            pids_at(&listeners, &addresses, port).into_iter().collect()
        };
        assert_eq!(pids(&["127.0.0.1"], 80), [4]);
        assert_eq!(pids(&["10.0.0.1"], 80), [8]);
        assert_eq!(pids(&[], 80), [4, 8]);
        assert_eq!(pids(&["::1"], 81), [12]);
        assert!(pids(&["127.0.0.1"], 81).is_empty());
        assert!(pids(&[], 82).is_empty());
    }
}
