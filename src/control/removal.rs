//! The right to remove a record whose daemon is provably gone, and its exercise.

use std::io;
use std::path::{Path, PathBuf};

use crate::endpoint::LeftSocket;
use crate::identity::DaemonProcess;
use crate::named::named;
use crate::platform::FileStat;
use crate::probe::{ProbeReport, RecordFile};
use crate::record::{self, Record};
use crate::report::{Reason, Verdict};

named! {
    /// Why a record stays.
    #[non_exhaustive]
    pub enum KeepReason {
        /// Its daemon is not provably gone.
        NotGone = "not_gone",
        /// It names no daemon: it is a manifest of caches, not a daemon's record.
        NamesNoDaemon = "names_no_daemon",
        /// It does not prove to be from this host and PID namespace, so its daemon
        /// may run elsewhere.
        Elsewhere = "elsewhere",
        /// Somebody else could have written or replaced it.
        Untrusted = "untrusted",
        /// It was changed or removed meanwhile.
        Changed = "changed",
        /// The system did not let it be removed.
        Failed = "failed",
    }
}

impl KeepReason {
    /// Whether what is stale stays behind.
    #[must_use]
    pub fn is_refusal(self) -> bool {
        matches!(self, Self::Untrusted | Self::Failed)
    }
}

/// The right to remove one record: the very file whose daemon was proven to be
/// gone.
#[derive(Debug)]
pub struct Removal {
    daemon: DaemonProcess,
    path: PathBuf,
    file: FileStat,
    socket: Option<LeftSocket>,
}

impl ProbeReport {
    /// The right to remove the record, and the socket file that its daemon left.
    ///
    /// Where a manifest led to the identity, that of the file with the identity:
    /// a manifest of caches describes more than a daemon.
    ///
    /// `trusting` accepts a record that others could have written.
    ///
    /// # Errors
    ///
    /// Why the record stays, by the first rule that demands it.
    pub fn to_removal(&self, trusting: bool) -> Result<Removal, KeepReason> {
        if self.verdict != Verdict::NotRunning {
            return Err(KeepReason::NotGone);
        }
        let (Some(daemon), Some(RecordFile { path, stat })) = (self.identity(), self.file()) else {
            return Err(KeepReason::NamesNoDaemon);
        };
        // The writer of a record is reachable when it is written, so a socket made
        // later is that of somebody else: of a daemon that is just starting.
        let socket = LeftSocket::of(&daemon.ipc_endpoint)
            .and_then(|socket| socket.not_younger_than(stat.modified_ns));
        // Its manifest speaks for an identity file only as far as a boot goes; in
        // this one, a container may share the directory. A dead socket is here.
        let is_proven = self.is_from_here()
            && (self.target.identity_file.is_none()
                || self.reason == Some(Reason::Rebooted)
                || socket.as_ref().is_some_and(LeftSocket::is_left));
        if !is_proven {
            return Err(KeepReason::Elsewhere);
        }
        if self.distrust().is_some() && !trusting {
            return Err(KeepReason::Untrusted);
        }
        Ok(Removal {
            daemon: daemon.clone(),
            path: path.clone(),
            file: *stat,
            socket,
        })
    }

    /// The path of the file that names the daemon, where it was read from one: the
    /// record, or the identity file that it led to.
    #[must_use]
    pub fn record_path(&self) -> Option<&Path> {
        self.file().map(|file| file.path.as_path())
    }
}

impl Removal {
    /// What would be removed now, the record first.
    #[must_use]
    pub fn files(&self) -> Vec<&Path> {
        let is_removable = |socket: &&LeftSocket| socket.is_left() && socket.distrust().is_none();
        let socket = self.socket.as_ref().filter(is_removable);
        let socket = socket.map(LeftSocket::path);
        [self.path.as_path()].into_iter().chain(socket).collect()
    }

    /// Remove the record if it is still the file that was judged; whether it was.
    ///
    /// The record of a daemon that starts meanwhile is not removed; see
    /// [`record::remove_if`].
    ///
    /// # Errors
    ///
    /// When the file cannot be moved or removed.
    pub fn remove_record(&self) -> io::Result<bool> {
        record::remove_if(&self.path, |record| self.is_judged(record))
    }

    /// Remove the socket file that the daemon left, once its record is gone, if it
    /// is still the same and nobody listens on it; its path if that was so.
    ///
    /// # Errors
    ///
    /// When others could have led its path to it, or the file cannot be removed.
    pub fn remove_socket(&self) -> io::Result<Option<&Path>> {
        match &self.socket {
            Some(socket) if socket.remove()? => Ok(Some(socket.path())),
            _ => Ok(None),
        }
    }

    /// The path of the record.
    #[must_use]
    pub fn record(&self) -> &Path {
        &self.path
    }

    /// The change time is left out: moving a file is a change.
    fn is_judged(&self, record: &Record) -> bool {
        let same = |file: FileStat| {
            let judged = self.file;
            (file.id, file.size, file.modified_ns) == (judged.id, judged.size, judged.modified_ns)
        };
        record.file.is_some_and(same) && record.daemon().as_ref() == Some(&self.daemon)
    }
}
