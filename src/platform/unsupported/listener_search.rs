//! Sockets that listen.

use std::ffi::OsStr;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use super::error::unsupported;
use super::process::PinnedProcess;
use crate::platform::types::ListeningSocket;

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
