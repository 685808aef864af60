//! The files that are removed when their daemon is gone.

use std::path::{Path, PathBuf};

use anyhow::Result;
use rpctl::control::{Grant, KeepReason, Left, Trust};
use rpctl::process::ProcessRecord;
use rpctl::record::{self, FileStat, PidFile, Record};
use rpctl::{__private, CheckId, DaemonProcess, Outcome, Probe, ProbeReport};

use crate::args::StopArgs;
use crate::commands::prune::explain;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Output;
use crate::shell;
use crate::words::Words;

/// Refuses to remove standard input, which is no file.
pub(super) fn refuse_to_remove_stdin(args: &StopArgs, path: &Path) -> Result<()> {
    if args.remove_record && path == Path::new("-") {
        let message = "--remove-record needs a file, and the record comes from standard input";
        return Err(Failure::new(ExitCode::Usage, "usage", message)
            .hint("name the file instead of -")
            .into());
    }
    Ok(())
}

/// Why the record of a daemon is kept whose socket other processes serve on.
const SERVED: &str = "its socket is still served";

/// Why a record is kept if the system does not tell whether the socket is served.
const MAYBE_SERVED: &str = "its socket may still be served";

/// The files of one daemon. What cannot be removed is a warning.
pub(super) struct Cleanup<'a> {
    output: &'a Output,
    /// The record, if it is to be removed as well.
    record: Option<DaemonRecord>,
}

/// The file that names the daemon: the record, or the identity file beside a manifest.
struct DaemonRecord {
    path: PathBuf,
    identity: Option<DaemonProcess>,
    process: Option<ProcessRecord>,
    /// A PID file as it was read: a daemon that was started again may have the same number.
    number: Option<(PidFile, FileStat)>,
}

impl<'a> Cleanup<'a> {
    /// Prepares to remove the socket of the daemon of `report`, and its record, loaded from
    /// `path`, if `removes_record`.
    pub(super) fn new(
        report: &ProbeReport,
        path: &Path,
        removes_record: bool,
        output: &'a Output,
    ) -> Self {
        let record = removes_record.then(|| DaemonRecord {
            path: report
                .record_path()
                .map_or_else(|| path.to_owned(), resolve_link),
            identity: report.identity().cloned(),
            process: report.process_record().cloned(),
            number: report.number(),
        });
        Self { output, record }
    }

    /// Returns the record, if it is to be removed.
    pub(super) fn record(&self) -> Option<&Path> {
        Some(&self.record.as_ref()?.path)
    }

    /// Removes the files of a daemon that was seen to exit. Returns those removed: none if
    /// processes of its family serve its socket on, or may do so.
    pub(super) fn after_exit(&self, grant: &Grant, left: &Left) -> Vec<PathBuf> {
        if self.keeps(left, left.may_end()) {
            return Vec::new();
        }
        let sockets = grant.remove_sockets().into_iter();
        let removed = sockets.filter_map(|(path, removed)| match removed {
            Ok(is_removed) => is_removed.then(|| path.to_owned()),
            Err(error) => {
                self.warn_kept(path, &error.to_string());
                None
            }
        });
        let mut removed: Vec<_> = removed.collect();
        match self.heir() {
            None => removed.extend(self.remove_record()),
            Some((path, heir)) => self.warn_kept(path, &format!("{heir} has locked it")),
        }
        removed
    }

    /// Returns a PID file and the process that holds a lock on it after the end of the daemon,
    /// such as a child that has got it. The next daemon would lock another file of that name.
    fn heir(&self) -> Option<(&Path, String)> {
        let record = self.record.as_ref().filter(|it| it.number.is_some())?;
        let file = record::load(&record.path).ok()?;
        let report = Probe::from_record(&file).all_locks().run();
        let lock = report.report().check(CheckId::Peer)?;
        let holder = lock.actual.clone()?;
        (lock.outcome == Outcome::Fail).then_some((&*record.path, holder))
    }

    /// Removes the record of a daemon that was not found, unless the daemon may run
    /// elsewhere, or processes of its family serve its socket on. Returns the file that was
    /// removed, or that would be if this is no `dry_run`.
    pub(super) fn after_absence(
        &self,
        report: &ProbeReport,
        left: &Left,
        trust: Trust,
        dry_run: bool,
    ) -> Option<PathBuf> {
        if self.keeps(left, left.is_served()) {
            return None;
        }
        let record = self.record.as_ref()?;
        match reason_to_keep(report, trust, &record.path) {
            None if dry_run => Some(record.path.clone()),
            None => self.remove_record(),
            Some(reason) => {
                self.warn_kept(&record.path, &reason);
                None
            }
        }
    }

    /// Returns whether all files are kept, because processes serve the socket on, or may do so.
    /// A warning says why.
    fn keeps(&self, left: &Left, is_served: bool) -> bool {
        let may_be_served = left.may_be_served() && !is_served;
        if let Some(error) = left.unknown().filter(|_| may_be_served) {
            self.output.warn(&format!(
                "whether another process still serves the daemon's sockets is not known: {error}"
            ));
        }
        let is_kept = is_served || may_be_served;
        if let Some(record) = self.record.as_ref().filter(|_| is_kept) {
            let why = if is_served { SERVED } else { MAYBE_SERVED };
            self.warn_kept(&record.path, why);
        }
        is_kept
    }

    /// Removes the record if it still names the daemon.
    fn remove_record(&self) -> Option<PathBuf> {
        let DaemonRecord {
            path,
            identity,
            process,
            number,
        } = self.record.as_ref()?;
        let names_daemon = |record: &Record| {
            if let Some((number, file)) = number {
                let same_file = |now: FileStat| {
                    (now.id, now.size, now.modified_ns) == (file.id, file.size, file.modified_ns)
                };
                return record.content.number() == Some(*number)
                    && record.file.is_some_and(same_file);
            }
            let (daemon, found) = (record.daemon(), record.content.process());
            (daemon.is_some() || found.is_some())
                && daemon == *identity
                && found == process.as_ref()
        };
        match record::remove_if(path, names_daemon) {
            Ok(true) => return Some(path.clone()),
            // Many daemons remove their record themselves.
            Ok(false) if __private::attributes(path).is_err() => {}
            Ok(false) => self.warn_kept(path, "it does not name that daemon (any more)"),
            Err(error) => self.warn_kept(path, &error.to_string()),
        }
        None
    }

    fn warn_kept(&self, path: &Path, reason: &str) {
        let path = path.display();
        self.output
            .warn(&format!("{path} was not removed: {reason}"));
    }
}

/// Returns why the record of a daemon that was not found is kept, and what to do. `None`
/// if it may be removed.
fn reason_to_keep(report: &ProbeReport, trust: Trust, record: &Path) -> Option<String> {
    let reason = report.to_removal(trust).err()?;
    let not_gone = || "its daemon is not proven to be gone".to_owned();
    let text = explain(reason, report).unwrap_or_else(not_gone);
    Some(match reason {
        KeepReason::Elsewhere => {
            let record = shell::file(record);
            format!(
                "{text}; if it does not, remove it yourself: {}",
                Words::HERE.remove(&record)
            )
        }
        KeepReason::Untrusted => format!("{text}; --trust-record accepts it"),
        _ => text,
    })
}

/// Follows a link to the record itself, which is the file to be removed.
fn resolve_link(record: &Path) -> PathBuf {
    let is_link = __private::link_attributes(record).is_ok_and(|file| file.is_link);
    let resolved = is_link.then(|| __private::resolved(record).ok());
    resolved.flatten().unwrap_or_else(|| record.to_owned())
}
