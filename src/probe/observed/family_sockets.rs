//! The sockets that a recorded process and its descendants hold, of those that are looked for.

use std::collections::BTreeSet;
use std::io;

use crate::deadline::Deadline;
use crate::platform::{PinnedProcess, SocketHolder};
use crate::probe::evidence::NamedProcess;
use crate::probe::observed_evidence::HolderEvidence;
use crate::probe::peer::named;

/// The sockets of a process and of its descendants. They are looked at once for all listeners.
pub(super) struct FamilySockets {
    own: BTreeSet<u32>,
    descendants: Vec<SocketHolder<NamedProcess>>,
    /// The reason that the sockets of some descendants are not known.
    error: Option<io::Error>,
}

impl FamilySockets {
    /// Looks for the holders of the sockets with these inodes.
    pub(super) fn new(
        process: Option<&PinnedProcess>,
        mut inodes: BTreeSet<u32>,
        deadline: Deadline,
    ) -> io::Result<Self> {
        let mut sockets = Self {
            own: BTreeSet::new(),
            descendants: Vec::new(),
            error: None,
        };
        let Some(process) = process.filter(|_| !inodes.is_empty()) else {
            return Ok(sockets);
        };
        sockets.own = process.socket_inodes()?;
        inodes.retain(|inode| !sockets.own.contains(inode));
        let (holders, error) = process.descendants_holding(inodes, deadline);
        let named = |holder: SocketHolder<_>| SocketHolder {
            process: named(&holder.process),
            sockets: holder.sockets,
        };
        sockets.descendants = holders.into_iter().map(named).collect();
        sockets.error = error;
        Ok(sockets)
    }

    /// Returns the member of the family that holds one of these sockets; `None` if it is none.
    ///
    /// # Errors
    ///
    /// Fails if none is found, and one could not be examined.
    pub(super) fn holder(&self, inodes: &[u32]) -> io::Result<Option<HolderEvidence>> {
        let is_among = |held: &BTreeSet<u32>| inodes.iter().any(|inode| held.contains(inode));
        if is_among(&self.own) {
            return Ok(Some(HolderEvidence::Recorded));
        }
        let mut descendants = self.descendants.iter();
        let found = descendants.find(|holder| is_among(&holder.sockets));
        match (found, &self.error) {
            (Some(found), _) => Ok(Some(HolderEvidence::Descendant(found.process.clone()))),
            (None, Some(error)) => Err(again(error)),
            (None, None) => Ok(None),
        }
    }
}

/// Returns an error once more, for another listener.
pub(super) fn again(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}
