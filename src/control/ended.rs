//! The look at the processes that are left of a daemon that had ended before.

use std::io;
use std::path::Path;

use super::family::Family;
use super::left::Left;
use crate::platform::{ListenerSearch, ListeningAddress, ListeningSocket, PresentListener, Socket};
use crate::probe::ProbeReport;
use crate::process::RecordedListener;
use crate::report::Reason;

/// Why nothing is known of the processes that a daemon has left.
const ENDED: &str = "it had ended before, and its record names no socket";

impl ProbeReport {
    /// Returns the processes that hold a recorded socket itself, though the recorded process has
    /// ended in this boot. A later socket at its address belongs to another daemon, or to a new
    /// instance. Only a process record names its sockets; nothing is connected to.
    ///
    /// Without a recorded socket, [`Left::unknown`] says that nothing is known: no process has
    /// another parent than the first one of its PID namespace once its own has ended.
    #[must_use]
    pub fn left(&self) -> Left {
        let ended = [Reason::ProcessExited, Reason::Zombie, Reason::PidReused];
        if !self.report().reason.is_some_and(|it| ended.contains(&it)) {
            return Left::default();
        }
        let is_looked_at = self.is_proven_gone() && self.is_from_here();
        let record = self.process_record().filter(|_| is_looked_at);
        let listeners = record.map_or(&[][..], |record| &record.listeners);
        let sockets = listeners.iter().filter_map(RecordedListener::to_socket);
        let mut sockets = sockets.peekable();
        if sockets.peek().is_none() {
            return self.left_unseen();
        }
        let present = ListenerSearch::new(None).and_then(|search| {
            let there = sockets.filter_map(|it| still_there(&search, it).transpose());
            there.collect()
        });
        Family::default().left(present.map_err(|error| error.to_string()))
    }

    /// Returns what is left of a process whose record leads to no other. The endpoint of a daemon
    /// that answers was connected to.
    fn left_unseen(&self) -> Left {
        let is_daemon = self.expected().is_some_and(|it| it.daemon().is_some());
        Left {
            unknown: (!is_daemon).then(|| ENDED.to_owned()),
            ..Left::default()
        }
    }
}

/// Returns a recorded socket if it still listens.
fn still_there(
    search: &ListenerSearch,
    socket: ListeningSocket,
) -> io::Result<Option<PresentListener>> {
    if !search.still_listens(&socket)? {
        return Ok(None);
    }
    let is_reachable = match &socket.place.address {
        ListeningAddress::Unix { path, .. } if path.starts_with('/') => {
            let path = Path::new(path);
            let found = search.at_file(path, path.file_name());
            found.is_ok_and(|inodes| inodes.contains(&socket.inode))
        }
        _ => true,
    };
    Ok(Some(PresentListener {
        address: socket.place.address,
        inodes: vec![socket.inode],
        socket: Socket::Same,
        is_reachable,
    }))
}
