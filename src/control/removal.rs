//! The right to remove a record whose daemon is proven to be gone, and its exercise.

use std::io;
use std::path::{Path, PathBuf};

use crate::endpoint::LeftSocket;
use crate::named::named;
use crate::platform::FileStat;
use crate::probe::{Expected, ProbeReport, RecordFile};
use crate::process::Trust;
use crate::record::{self, Record};
use crate::report::{Reason, Verdict};

named! {
    /// The reason why a record is kept.
    #[non_exhaustive]
    pub enum KeepReason {
        /// The daemon is not proven to be gone.
        NotGone = "not_gone",
        /// The record names no daemon: it is a manifest of caches.
        NamesNoDaemon = "names_no_daemon",
        /// The record is not proven to be from this host and PID namespace, so its
        /// daemon may run elsewhere.
        Elsewhere = "elsewhere",
        /// A process has the number in the PID file, and only clocks say that it is another
        /// one.
        NumberInUse = "number_in_use",
        /// Other users could have written or replaced the record.
        Untrusted = "untrusted",
        /// The record was changed or removed since it was read.
        Changed = "changed",
        /// There is no record.
        NoRecord = "no_record",
        /// The system refused to remove the record.
        Failed = "failed",
    }
}

impl KeepReason {
    /// Returns whether the record is kept although its daemon is gone.
    #[must_use]
    pub fn is_refusal(self) -> bool {
        matches!(self, Self::Untrusted | Self::Failed)
    }
}

/// The right to remove one record: the file that was read when its daemon was proven
/// to be gone.
#[derive(Debug)]
pub struct Removal {
    expected: Expected,
    path: PathBuf,
    file: FileStat,
    sockets: Vec<LeftSocket>,
}

impl ProbeReport {
    /// Gives the right to remove the record, and the socket file that its daemon left.
    ///
    /// If a manifest led to an identity file, the right is for the identity file,
    /// because a manifest describes more than a daemon. [`Trust::Waived`] accepts a
    /// record that other users could have written.
    ///
    /// # Errors
    ///
    /// The first rule by which the record is kept.
    pub fn to_removal(&self, trust: Trust) -> Result<Removal, KeepReason> {
        let report = self.report();
        if report.verdict != Verdict::NotRunning {
            return Err(KeepReason::NotGone);
        }
        let (Some(expected), Some(RecordFile { path, stat })) = (self.expected(), self.file())
        else {
            return Err(KeepReason::NamesNoDaemon);
        };
        if !self.is_proven_gone() {
            return Err(KeepReason::NumberInUse);
        }
        // A daemon listens before it writes its record, so a younger socket belongs to
        // another daemon, which is just starting.
        let mut sockets = expected.left_sockets();
        // Inside a container, the path may have named another file.
        sockets.retain(|socket| {
            socket.is_not_younger_than(stat.modified_ns)
                && report.reason != Some(Reason::NamespaceGone)
        });
        // The manifest proves the host of an identity file only across a reboot: within
        // one boot, a container may share the directory. A dead socket proves it too.
        let is_proven = self.is_from_here()
            && (report.target.identity_file.is_none()
                || report.reason == Some(Reason::Rebooted)
                || sockets.iter().any(LeftSocket::is_left));
        if !is_proven {
            return Err(KeepReason::Elsewhere);
        }
        if self.distrust().is_some() && trust == Trust::Required {
            return Err(KeepReason::Untrusted);
        }
        Ok(Removal {
            expected: expected.clone(),
            path: path.clone(),
            file: *stat,
            sockets,
        })
    }

    /// Returns the path of the file that names the daemon: the record, or the identity
    /// file that it led to. `None` if the identity was not read from a file.
    #[must_use]
    pub fn record_path(&self) -> Option<&Path> {
        self.file().map(|file| file.path.as_path())
    }
}

impl Removal {
    /// Returns the files that would be removed now, the record first.
    #[must_use]
    pub fn files(&self) -> Vec<&Path> {
        let is_removable = |socket: &&LeftSocket| socket.is_left() && socket.distrust().is_none();
        let sockets = self.sockets.iter().filter(is_removable);
        let sockets = sockets.map(LeftSocket::path);
        [self.path.as_path()].into_iter().chain(sockets).collect()
    }

    /// Removes the record if it is still the file that was read. Returns whether a file
    /// was removed.
    ///
    /// A record that a daemon writes during the call is not removed; see
    /// [`record::remove_if`].
    ///
    /// # Errors
    ///
    /// The error of the system if the file cannot be moved or removed.
    pub fn remove_record(&self) -> io::Result<bool> {
        record::remove_if(&self.path, |record| self.matches(record))
    }

    /// Removes the socket files that the daemon left, each if it is still the same file and
    /// no process listens on it. Returns for each path whether a file was removed, or the
    /// error of the system; one of the kind [`io::ErrorKind::PermissionDenied`] if other
    /// users could have put it there. To be called after [`Self::remove_record`].
    #[must_use]
    pub fn remove_sockets(&self) -> Vec<(&Path, io::Result<bool>)> {
        let sockets = self.sockets.iter();
        sockets
            .map(|socket| (socket.path(), socket.remove()))
            .collect()
    }

    /// Returns the path of the record.
    #[must_use]
    pub fn record(&self) -> &Path {
        &self.path
    }

    /// Returns whether `record` is the one that was read. The change time is not
    /// compared, because moving a file changes it.
    fn matches(&self, record: &Record) -> bool {
        let key = |file: FileStat| (file.id, file.size, file.modified_ns);
        record.file.map(key) == Some(key(self.file))
            && Expected::from_record(record).as_ref() == Some(&self.expected)
    }
}
