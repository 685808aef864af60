//! The processes that hold the listener at an address.

use std::io;
use std::net::SocketAddr;

use super::held_sockets::sockets_of;
use super::listeners::{at_address, at_path, listening};
use super::process::PinnedProcess;
use super::process_list::pids;
use crate::platform::types::{
    ListenerHolders, ListenerPlace, ListeningAddress, ListeningSocket, MissingRight, PinError,
};

/// Returns the processes that hold the sockets that listen at a place; the calling process is
/// not one of them.
pub(crate) fn listener_holders(
    place: &ListenerPlace,
) -> Result<ListenerHolders<PinnedProcess>, PinError> {
    let mut found = ListenerHolders {
        is_served: false,
        holders: Vec::new(),
        missing: None,
    };
    for pid in pids() {
        let sockets = match sockets_of(pid) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                found.missing = Some(MissingRight::OtherUser);
                continue;
            }
            sockets => sockets.unwrap_or_default(),
        };
        let inodes = at_place(&listening(&sockets), place);
        if inodes.is_empty() {
            continue;
        }
        found.is_served = true;
        if pid != std::process::id() {
            found.holders.extend(holder(pid, &inodes)?);
        }
    }
    Ok(found)
}

fn at_place(listening: &[ListeningSocket], place: &ListenerPlace) -> Vec<u32> {
    match place {
        ListenerPlace::Path(path) => at_path(listening, path),
        ListenerPlace::Abstract(_) => Vec::new(),
        ListenerPlace::Tcp { addresses, port } if addresses.is_empty() => {
            let is_it = |socket: &&ListeningSocket| matches!(socket.place.address, ListeningAddress::Tcp(it) if it.port() == *port);
            let those = listening.iter().filter(is_it);
            those.map(|socket| socket.inode).collect()
        }
        ListenerPlace::Tcp { addresses, port } => {
            let at = |address| at_address(listening, SocketAddr::new(address, *port));
            addresses.iter().copied().flat_map(at).collect()
        }
    }
}

/// Pins the process with this PID if it holds one of these sockets.
fn holder(pid: u32, inodes: &[u32]) -> Result<Option<PinnedProcess>, PinError> {
    let process = match PinnedProcess::open(pid) {
        Err(PinError::NoSuchProcess) => return Ok(None),
        opened => opened?,
    };
    match process.holds_socket(inodes) {
        Ok(holds) => Ok(holds.then_some(process)),
        Err(_) if process.has_ended() => Ok(None),
        Err(error) => Err(PinError::Io(error)),
    }
}
