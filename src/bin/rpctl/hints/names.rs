//! The names in hints about a report, and the hints that several reasons share.

use std::path::Path;
use std::time::Duration;

use rpctl::record::Format;
use rpctl::{CheckId, Outcome, Report};

use super::again::{again, by_path, requirements, service};
use super::asked::{Asked, more_than};
use super::listener::Listener;
use super::require_program::require_program;
use super::rights;
use crate::shell;
use crate::words::{Columns, Words};

/// What the check `nonce` finds if a broker answers.
const BROKER: &str = "a broker";

/// What the check `endpoint` finds if the path leads to a socket of another process.
const TAKEN: &str = "taken";

/// What the check `pid` finds if a thread has the recorded number.
const THREAD: &str = "a thread";

/// What the check `boot_id` says if the system does not tell which boot this is.
const HIDDEN_BOOT: &str = "the ID of this boot cannot be read";

/// The names in hints about a report. Those of files are quoted for a shell.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of the report"
)]
pub(super) struct Names<'a> {
    pub(super) pid: String,
    /// The file that was probed.
    pub(super) record: String,
    /// The words that name it for another command, with what was required.
    pub(super) again: String,
    /// The options among them.
    pub(super) requirements: String,
    /// The file that contains the identity.
    pub(super) identity: String,
    pub(super) endpoint: String,
    pub(super) listener: Listener,
    pub(super) is_broker: bool,
    /// Whether the check `peer` has a warning.
    pub(super) is_peer_suspicious: bool,
    /// Whether the path of the recorded socket leads to that of another process.
    pub(super) is_path_taken: bool,
    /// Whether the recorded number is that of a thread.
    pub(super) is_thread: bool,
    /// Whether the system does not tell which boot this is.
    pub(super) is_boot_hidden: bool,
    /// Whether another process holds the recorded listener.
    pub(super) has_successor: bool,
    /// Its PID, or `PID` if that is not known.
    pub(super) successor: String,
    /// `NAME[@VERSION]`, if the record names a service.
    pub(super) service: Option<String>,
    /// Whether the record is a process record, which `rpctl record` writes.
    pub(super) is_process_record: bool,
    /// Where or as which user more is seen.
    pub(super) with_rights: Option<String>,
    pub(super) asked: Asked<'a>,
    pub(super) words: Words,
    /// Whether the record is a PID file.
    pub(super) is_number: bool,
    /// Whether the executable that the caller requires cannot be compared.
    pub(super) is_exe_missing: bool,
    /// The hint to require the program of a process that has the number in a PID file.
    pub(super) require: Option<String>,
}

impl<'a> Names<'a> {
    pub(super) fn new(report: &Report, asked: Asked<'a>) -> Self {
        let target = &report.target;
        let record = target.record.as_deref().unwrap_or("RECORD");
        let endpoint = target.endpoint.as_ref();
        let pid = target.pid.map(|pid| pid.to_string());
        let actual = |id| report.check(id).and_then(|check| check.actual.as_deref());
        Self {
            pid: pid.unwrap_or_else(|| "?".to_owned()),
            record: shell::file(Path::new(record)),
            again: again(report, asked),
            requirements: requirements(report),
            identity: Self::identity(report),
            endpoint: match endpoint {
                Some(endpoint) => endpoint.path.clone(),
                None => {
                    (target.listeners.first().cloned()).unwrap_or_else(|| "the endpoint".to_owned())
                }
            },
            listener: Listener::new(report),
            with_rights: rights::elsewhere(report, &format!("rpctl probe {}", by_path(report))),
            is_peer_suspicious: report
                .check(CheckId::Peer)
                .is_some_and(|peer| peer.outcome == Outcome::Warn),
            is_broker: actual(CheckId::Nonce) == Some(BROKER),
            is_path_taken: actual(CheckId::Endpoint) == Some(TAKEN),
            is_thread: actual(CheckId::Pid) == Some(THREAD),
            is_boot_hidden: report
                .check(CheckId::BootId)
                .is_some_and(|boot| boot.detail.as_deref() == Some(HIDDEN_BOOT)),
            has_successor: report
                .check(CheckId::Peer)
                .is_some_and(|peer| peer.outcome == Outcome::Fail),
            successor: successor(report).unwrap_or("PID").to_owned(),
            service: service(target),
            is_process_record: target.format == Some(Format::ProcessRecord.name()),
            asked,
            words: Words::HERE,
            is_number: target.format == Some(Format::PidFile.name()),
            is_exe_missing: report.check(CheckId::ExePath).is_some_and(|exe| {
                exe.outcome == Outcome::Unknown && exe.expected.is_some() && exe.actual.is_some()
            }),
            require: require_program(report, "probe"),
        }
    }

    /// Returns the file that contains the identity.
    pub(super) fn identity(report: &Report) -> String {
        let target = &report.target;
        let file = target.identity_file.as_ref().or(target.record.as_ref());
        shell::file(Path::new(file.map_or("RECORD", |file| file)))
    }

    pub(super) fn inspect(&self) -> String {
        let Self { identity, .. } = self;
        let again = if identity == "-" {
            ", with the same input,"
        } else {
            ""
        };
        format!("rpctl inspect-manifest {identity}{again} shows what the record says")
    }

    pub(super) fn listeners(&self) -> String {
        self.words.listeners(&self.endpoint, self.is_process_record)
    }

    pub(super) fn longer(&self) -> String {
        let Self { again, asked, .. } = self;
        let time = more_than(asked.timeout, Duration::from_secs(5));
        format!("it may just be slow: rpctl probe --timeout {time} {again}")
    }

    pub(super) fn being_started(&self) -> String {
        let Self { again, asked, .. } = self;
        match asked.wait {
            None => format!("if it is just being started: rpctl probe --wait 30s {again}"),
            Some(_) => "it did not come up in time: the log of the daemon may say why".to_owned(),
        }
    }

    /// Returns how a new record comes about.
    pub(super) fn start_again(&self) -> String {
        if self.is_process_record {
            if self.has_successor {
                let again = self.record_again(&self.successor);
                return format!("if that is the daemon, record it: {again}");
            }
            // Without --replace, which would replace the record of a living process, too.
            let record = self.record_command(&self.successor, "");
            format!("start it again, and record the new process: {record}")
        } else {
            "start the daemon again; it writes a new record".to_owned()
        }
    }

    /// Returns how the process with the recorded PID is recorded, if it is the daemon.
    pub(super) fn record_it(&self) -> String {
        let again = self.record_again(&self.pid);
        format!("if that is the daemon, record it: {again}")
    }

    /// Returns the command that records a process in place of this record.
    pub(super) fn record_again(&self, pid: &str) -> String {
        self.record_command(pid, " --replace")
    }

    fn record_command(&self, pid: &str, replace: &str) -> String {
        let Self { identity, .. } = self;
        let service = self.service.as_ref();
        let service = service.map_or_else(String::new, |name| format!(" --service {name}"));
        format!("rpctl record --pid {pid}{service}{replace} --record {identity}")
    }

    pub(super) fn more_rights(&self) -> Option<String> {
        self.with_rights.clone()
    }

    pub(super) fn process(&self) -> String {
        let shown = self.words.processes(Columns::Start, &self.pid);
        format!("{shown} shows that process")
    }

    pub(super) fn activity(&self) -> String {
        let shown = self.words.processes(Columns::Activity, &self.pid);
        format!("{shown} shows what it does")
    }

    pub(super) fn restart(&self, why: &str) -> String {
        let Self { again, .. } = self;
        format!("{why}: rpctl shutdown {again} stops it")
    }
}

/// Returns the PID of the process that holds the recorded listener in place of the recorded one.
fn successor(report: &Report) -> Option<&str> {
    let peer = report.check(CheckId::Peer)?;
    let actual = peer
        .actual
        .as_deref()
        .filter(|_| peer.outcome == Outcome::Fail)?;
    let pid = actual.strip_prefix("PID ")?.split(' ').next()?;
    pid.parse::<u32>().is_ok().then_some(pid)
}
