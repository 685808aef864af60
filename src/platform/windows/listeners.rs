//! What Windows does not tell of sockets and pipes: who listens where.

use std::ffi::OsStr;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use super::error::unsupported;
use super::process::PinnedProcess;
use crate::platform::types::{
    ListenerHolders, ListenerPlace, ListeningPlace, ListeningSocket, PinError, PresentListener,
    ProcessStatus,
};

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

pub(crate) fn listener_holders(
    _: &ListenerPlace,
) -> Result<ListenerHolders<PinnedProcess>, PinError> {
    unsupported().map_err(PinError::Io)
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
