//! What to do next: the hints below reports and errors, in commands of this program.
//!
//! The library explains a verdict in one sentence. Only the program knows which of its
//! options helps.

mod rights;
mod standstill;

use std::path::Path;
use std::time::Duration;

use rpctl::__private;
use rpctl::control::{Denial, Protected, StopSignal};
use rpctl::record::LoadError;
use rpctl::{CheckId, Outcome, Reason, Report, Verdict};

pub(crate) use self::standstill::before_wait;
use crate::shell;

/// What the check `nonce` finds if a broker answers.
const BROKER: &str = "a broker";

/// What the check `endpoint` finds if no process listens.
const REFUSED: &str = "refused";
const MISSING: &str = "no such file";

/// The hint for a file system that does not answer. Its mount point is named elsewhere.
pub(crate) const HANGS: &str =
    "/proc/self/mountinfo names what is mounted there; ls, df and stat on it hang, too";

/// The limits that the caller has chosen, so that no hint offers what was tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Time for the endpoint.
    pub(crate) timeout: Duration,
    pub(crate) hash_timeout: Duration,
    /// Time for the daemon to come up; `None` if it was not awaited.
    pub(crate) wait: Option<Duration>,
}

impl Limits {
    /// Returns the limits of a command that does not wait for the daemon to come up.
    pub(crate) fn new(timeout: Duration, hash_timeout: Duration) -> Self {
        Self {
            timeout,
            hash_timeout,
            wait: None,
        }
    }
}

/// Returns up to two hints for a report, within these `limits`; `error` tells why its record
/// could not be read.
pub(crate) fn for_report(
    report: &Report,
    error: Option<&LoadError>,
    limits: Limits,
) -> Vec<String> {
    let hints = || {
        let (reason, names) = (report.reason?, Names::new(report, limits));
        Some(match standstill::go_on(report) {
            Some(go_on) if report.verdict == Verdict::Unresponsive => vec![go_on, names.process()],
            _ => for_reason(reason, &names),
        })
    };
    let hints = || hints().unwrap_or_default();
    match error {
        None => hints(),
        Some(error @ LoadError::NotFound(_)) => {
            let mut hints = hints();
            hints.insert(0, for_load_error(error));
            hints
        }
        Some(error) if error.is_hang() => hints(),
        // Inspecting the record would only repeat the error.
        Some(error) => vec![for_load_error(error)],
    }
}

/// Returns what may be done with the record of a container that may have ended; `None` for
/// any other report.
pub(crate) fn take_over(report: &Report) -> Option<String> {
    let is_elsewhere = report.reason == Some(Reason::ForeignNamespace);
    is_elsewhere.then(|| Listener::new(report).take_over(&Names::identity(report)))
}

/// Returns the hint for a record that could not be read.
pub(crate) fn for_load_error(error: &LoadError) -> String {
    let hint = match error {
        LoadError::NotFound(_) => "check the path; rpctl list shows the records of your registry",
        LoadError::NotRegular { .. } => {
            "name the record file itself, or pipe the record in and name it -"
        }
        LoadError::TooLarge => "records are a few hundred bytes; this is some other file",
        LoadError::TooManyElements(_) => {
            "daemons name a few of each; have the daemon write its record again"
        }
        LoadError::Io { source, .. } if __private::is_out_of_descriptors(source) => {
            "allow more open files (ulimit -n), or name fewer records at once"
        }
        error if error.is_hang() => HANGS,
        LoadError::Io { .. } => "check the permissions of the file and of its directories",
        LoadError::Empty => {
            "the writer was interrupted, or nothing was piped in; have the daemon write its \
             record again"
        }
        LoadError::Json { excerpt, .. } if !excerpt.is_empty() => {
            return format!(
                "correct this line, or have the daemon write the file again: {excerpt}"
            );
        }
        LoadError::Json { .. } => "correct the file, or have the daemon write it again",
        LoadError::Protobuf(_) => "the file was cut off or damaged; have the daemon write it again",
        LoadError::UnsupportedSchema(_) => "name the daemon's v1 record, or its identity sidecar",
        _ => "name a .pb manifest, a JSON manifest or an identity sidecar",
    };
    hint.to_owned()
}

/// Returns the hints for a signal that was not sent. `report` are those for the report,
/// and `as_owner` is that of [`as_owner`].
pub(crate) fn for_denial(
    denial: &Denial,
    reason: Option<Reason>,
    report: &[String],
    as_owner: Option<String>,
) -> Vec<String> {
    match denial {
        Denial::Untrusted { .. } => {
            let accept = "make the record and the directories above it yours alone (chmod \
                          go-w, chown, setfacl -b), or accept it as it is: --trust-record";
            as_owner.into_iter().chain([accept.to_owned()]).collect()
        }
        Denial::Protected {
            what: Protected::PerhapsAncestor,
            ..
        } => vec![
            "run it where the processes above it can be seen, or with more open files (ulimit -n)"
                .to_owned(),
        ],
        Denial::Protected {
            what: Protected::Caller | Protected::Ancestor,
            ..
        } => vec!["run it from a shell that the daemon did not start".to_owned()],
        Denial::Protected { .. } => {
            vec![
                "the record is wrong: start the daemon again, so that it records itself".to_owned(),
            ]
        }
        // The first hint of such a report is to probe with more rights.
        _ => match (report, as_owner) {
            ([_, rest @ ..], Some(as_owner)) if needs_rights(reason) => {
                [&[as_owner], rest].concat()
            }
            _ => report.to_vec(),
        },
    }
}

/// Returns whether another user may be able to see what this user cannot.
fn needs_rights(reason: Option<Reason>) -> bool {
    matches!(
        reason,
        Some(
            Reason::PermissionDenied
                | Reason::ProcessUnreadable
                | Reason::PeerUnresolved
                | Reason::IdentityHidden
        )
    )
}

/// Returns the hints about a daemon that is still alive `waited` after a signal, or that
/// `has_changed` since.
pub(crate) fn for_survivor(
    signal: StopSignal,
    report: &Report,
    waited: Duration,
    has_changed: bool,
) -> Vec<String> {
    let pid = report.target.pid.unwrap_or_default();
    let shows = |what| format!("ps -o pid,ppid,user,stat,wchan,args -p {pid} shows {what}");
    if has_changed {
        return vec![shows("what it is now")];
    }
    if let Some(go_on) = before_wait(signal, report).and_then(|_| standstill::go_on(report)) {
        return vec![go_on];
    }
    if signal == StopSignal::Kill {
        return vec![shows("what it hangs in: the kernel has not ended it yet")];
    }
    let time = more_than(waited, Duration::from_secs(30));
    let record = report.target.record.as_deref().unwrap_or("RECORD");
    let record = shell::file(Path::new(record));
    let longer = format!(
        "it may be finishing its work: rpctl shutdown --timeout {time} {record} waits longer"
    );
    let state = "what it does";
    let may_hang =
        report.verdict == Verdict::Unresponsive && report.reason != Some(Reason::EndpointBusy);
    let next = if may_hang {
        format!("{}; if it hangs for good, --force kills it", shows(state))
    } else {
        shows(state)
    };
    vec![longer, next]
}

/// Returns the hint about a signal that the system refused.
pub(crate) fn right_to_signal() -> &'static str {
    match __private::user_id() {
        0 => "root may not signal it from here: run it outside of this container",
        _ => "run it as the daemon's user, or as root",
    }
}

/// Returns a time for a command line that is clearly longer than `given`, and at least
/// `least`.
fn more_than(given: Duration, least: Duration) -> String {
    let longer = given.saturating_mul(4).max(least);
    match longer.as_secs() + u64::from(longer.subsec_nanos() > 0) {
        seconds if seconds >= 60 => format!("{}m", seconds.div_ceil(60)),
        seconds => format!("{seconds}s"),
    }
}

/// Returns the hint to run a command as the owner of `record`; `None` if that is the
/// caller. The owner may examine the daemon and trusts the record, which root may not.
pub(crate) fn as_owner(signal: StopSignal, record: &Path, owner: u32) -> Option<String> {
    let sudo = match owner {
        _ if owner == __private::user_id() => return None,
        _ if __private::user_id() == 0 => format!("setpriv --reuid={owner} --clear-groups"),
        0 => "sudo".to_owned(),
        _ => format!("sudo -u '#{owner}'"),
    };
    let command = match signal {
        StopSignal::Terminate => "shutdown",
        StopSignal::Kill => "kill",
    };
    let record = shell::file(record);
    Some(format!(
        "run it as the owner of the record: {sudo} rpctl {command} {record}"
    ))
}

/// The names in hints about a report. Those of files are quoted for a shell.
struct Names {
    pid: String,
    /// The file to name for another probe.
    record: String,
    /// The file that contains the identity.
    identity: String,
    endpoint: String,
    listener: Listener,
    is_broker: bool,
    /// Where or as which user more is seen.
    with_rights: Option<String>,
    limits: Limits,
}

/// Whether a process listens on the recorded socket.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Listener {
    Present,
    /// The socket file was left behind.
    Absent,
    /// There is no socket file.
    NoFile,
    Unknown,
}

impl Listener {
    fn new(report: &Report) -> Self {
        let check = report.check(CheckId::Endpoint);
        match check.map(|check| (check.outcome, check.actual.as_deref())) {
            Some((Outcome::Pass, _)) => Self::Present,
            Some((Outcome::Fail, Some(REFUSED))) => Self::Absent,
            Some((Outcome::Fail, Some(MISSING))) => Self::NoFile,
            _ => Self::Unknown,
        }
    }

    /// Says what is known of the socket of a record from another namespace, and what may be
    /// done with the record, in the file `identity`.
    fn take_over(self, identity: &str) -> String {
        let known = match self {
            Self::Present => {
                return "a process listens on its socket: the daemon may be alive, or another one \
                        took the socket over, which wrote a record of its own"
                    .to_owned();
            }
            Self::Absent => "no process listens on its socket",
            Self::NoFile => "its socket does not exist here",
            Self::Unknown => "whether a process listens on its socket is not known",
        };
        if identity == "-" {
            return format!("{known}; if that container has ended, the record is out of date");
        }
        format!("{known}; if that container has ended, remove the record: rm {identity}")
    }
}

impl Names {
    fn new(report: &Report, limits: Limits) -> Self {
        let target = &report.target;
        let record = target.record.as_deref().unwrap_or("RECORD");
        let endpoint = target.endpoint.as_ref();
        let pid = target.pid.map(|pid| pid.to_string());
        let answer = report.check(CheckId::Nonce);
        Self {
            pid: pid.unwrap_or_else(|| "?".to_owned()),
            record: shell::file(Path::new(record)),
            identity: Self::identity(report),
            endpoint: endpoint.map_or("the endpoint", |it| &it.path).to_owned(),
            listener: Listener::new(report),
            with_rights: rights::elsewhere(report, &shell::file(Path::new(record))),
            is_broker: answer.is_some_and(|answer| answer.actual.as_deref() == Some(BROKER)),
            limits,
        }
    }

    /// Returns the file that contains the identity.
    fn identity(report: &Report) -> String {
        let target = &report.target;
        let file = target.identity_file.as_ref().or(target.record.as_ref());
        shell::file(Path::new(file.map_or("RECORD", |file| file)))
    }

    fn inspect(&self) -> String {
        let Self { identity, .. } = self;
        format!("rpctl inspect-manifest {identity} shows what the record says")
    }

    fn listeners(&self) -> String {
        let path = shell::word(&self.endpoint);
        format!("ss -xlp | grep -F {path} shows who listens there")
    }

    fn longer(&self) -> String {
        let Self { record, limits, .. } = self;
        let time = more_than(limits.timeout, Duration::from_secs(5));
        format!("it may just be slow: rpctl probe --timeout {time} {record}")
    }

    fn being_started(&self) -> String {
        let Self { record, limits, .. } = self;
        match limits.wait {
            None => format!("if it is just being started: rpctl probe --wait 30s {record}"),
            Some(_) => "it did not come up in time: the log of the daemon may say why".to_owned(),
        }
    }

    fn more_rights(&self) -> Option<String> {
        self.with_rights.clone()
    }

    fn process(&self) -> String {
        let Self { pid, .. } = self;
        format!("ps -o pid,ppid,user,stat,lstart,args -p {pid} shows that process")
    }

    fn activity(&self) -> String {
        let Self { pid, .. } = self;
        format!("ps -o pid,user,stat,wchan,args -p {pid} shows what it does")
    }

    fn restart(&self, why: &str) -> String {
        let Self { record, .. } = self;
        format!("{why}: rpctl shutdown {record} stops it")
    }
}

fn for_reason(reason: Reason, names: &Names) -> Vec<String> {
    about_record(reason, names)
        .or_else(|| about_mismatch(reason, names))
        .or_else(|| about_process(reason, names))
        .or_else(|| about_endpoint(reason, names))
        .unwrap_or_default()
}

/// Returns the hints about a record and where it was written.
fn about_record(reason: Reason, names: &Names) -> Option<Vec<String>> {
    Some(match reason {
        Reason::RecordMissing => vec![names.being_started()],
        Reason::RecordInvalid | Reason::Warnings => vec![names.inspect()],
        Reason::NoDaemonRecorded => vec![
            "start the daemon; it records its identity when it is up".to_owned(),
            "if it keeps its identity elsewhere, name that file: rpctl probe FILE".to_owned(),
        ],
        Reason::IdentityHidden => {
            let rights = names.more_rights();
            let rights = rights.map(|run| format!("or, if it belongs to another user, {run}"));
            let name = "name the identity file itself: rpctl probe FILE".to_owned();
            [name].into_iter().chain(rights).collect()
        }
        Reason::ForeignHost => {
            vec!["run rpctl on the machine where the daemon runs".to_owned()]
        }
        Reason::ForeignNamespace => vec![
            "run rpctl where the daemon runs: inside its container (docker exec, nsenter), or \
             outside of this one"
                .to_owned(),
            names.listener.take_over(&names.identity),
        ],
        Reason::NoCommonDigest => vec![
            names.inspect(),
            "restart the daemon, so that it writes a new record".to_owned(),
        ],
        Reason::Outdated => {
            vec![names.restart("start it again to run the installed version")]
        }
        Reason::Strict => vec![format!(
            "leave --strict out to accept warnings: rpctl probe {}",
            names.record
        )],
        _ => return None,
    })
}

/// Returns the hints about another daemon than the recorded one.
fn about_mismatch(reason: Reason, names: &Names) -> Option<Vec<String>> {
    Some(match reason {
        Reason::EndpointDiffers => vec![format!(
            "leave --endpoint out to probe the recorded one: rpctl probe {}",
            names.record
        )],
        Reason::Squatted => vec![
            names.listeners(),
            "trust nothing that it says, and find out what it is before you start the daemon again"
                .to_owned(),
        ],
        Reason::Superseded => vec![
            "it was restarted: take its new record; this one is out of date".to_owned(),
            names.listeners(),
        ],
        Reason::IdentityMismatch => vec![
            "if that is the daemon, its record is out of date: start it again by its own means"
                .to_owned(),
            names.listeners(),
        ],
        Reason::BootIdMismatch => {
            vec!["restart the daemon, so that it writes a new record".to_owned()]
        }
        Reason::DigestMismatch => vec![names.process(), names.inspect()],
        Reason::PathMismatch => vec![
            names.process(),
            "if the program was reinstalled, stop the daemon by its own means and start it again"
                .to_owned(),
        ],
        _ => return None,
    })
}

/// Returns the hints about a process that is gone or cannot be examined.
fn about_process(reason: Reason, names: &Names) -> Option<Vec<String>> {
    let start_again = "start the daemon again; it writes a new record".to_owned();
    Some(match reason {
        Reason::Rebooted | Reason::ProcessExited | Reason::NamespaceGone => vec![start_again],
        Reason::Zombie | Reason::PidReused => vec![start_again, names.process()],
        Reason::YoungerProcess | Reason::TimeUnusable => vec![
            names.process(),
            "if that is the daemon: start it again by its own means, so that it writes a new record"
                .to_owned(),
        ],
        Reason::BootContradicted => vec![
            "run rpctl where the daemon was started: in the same container, unit or machine"
                .to_owned(),
            names.inspect(),
        ],
        Reason::PermissionDenied => vec![names.more_rights().unwrap_or_else(|| names.process())],
        Reason::PeerUnresolved => names
            .more_rights()
            .into_iter()
            .chain([names.listeners()])
            .collect(),
        Reason::BootUnknown => vec![names.longer(), names.process()],
        Reason::ProcessUnreadable => names
            .more_rights()
            .into_iter()
            .chain([names.process()])
            .collect(),
        Reason::Emulated => vec![
            names.process(),
            "what an emulator runs cannot be proven: stop the daemon by its own means".to_owned(),
        ],
        Reason::FileSystemHangs => vec![
            HANGS.to_owned(),
            format!(
                "when it answers again: rpctl probe {}; nothing was concluded from its silence",
                names.record
            ),
        ],
        Reason::HashingTimedOut => vec![
            format!(
                "give it more time: rpctl probe --hash-timeout {} {}",
                more_than(names.limits.hash_timeout, Duration::from_mins(10)),
                names.record
            ),
            format!("stat -L /proc/{}/exe shows its size", names.pid),
        ],
        _ => return None,
    })
}

/// Returns the hints about an endpoint that does not answer.
fn about_endpoint(reason: Reason, names: &Names) -> Option<Vec<String>> {
    Some(match reason {
        Reason::EndpointMissing => vec![
            names.being_started(),
            names.restart("otherwise its socket was deleted, and the daemon must be started again"),
        ],
        Reason::EndpointRefused => {
            vec![
                names.being_started(),
                names.restart("otherwise start it again"),
            ]
        }
        Reason::EndpointInvalid => {
            let path = shell::file(Path::new(&names.endpoint));
            vec![
                format!("ls -ld {path} shows what is there"),
                names.inspect(),
            ]
        }
        Reason::EndpointBusy => vec![names.activity(), names.longer()],
        Reason::EndpointSilent => vec![names.longer(), names.activity()],
        Reason::EndpointClosed => vec![
            "the daemon's log should say why it closed the connection".to_owned(),
            names.inspect(),
        ],
        Reason::NotProbeProtocol if names.is_broker => vec![
            "this socket is a broker's: name the record of the daemon behind it".to_owned(),
            names.inspect(),
        ],
        Reason::NotProbeProtocol => vec![
            "the daemon may answer on another socket: name the record that it keeps of that"
                .to_owned(),
            names.inspect(),
        ],
        Reason::WrongAnswer => {
            vec!["update the daemon, or report this to its authors".to_owned()]
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(is_broker: bool) -> Names {
        Names {
            pid: "7".to_owned(),
            record: "a.pb".to_owned(),
            identity: "b.json".to_owned(),
            endpoint: "/run/a.sock".to_owned(),
            listener: Listener::Absent,
            limits: Limits {
                timeout: Duration::from_millis(500),
                hash_timeout: Duration::from_mins(1),
                wait: None,
            },
            is_broker,
            with_rights: Some("run it as root: sudo rpctl probe a.pb".to_owned()),
        }
    }

    #[test]
    fn every_reason_has_hints_with_commands_that_exist() {
        for (&reason, is_broker) in Reason::ALL.iter().zip([true, false].iter().cycle()) {
            let hints = for_reason(reason, &names(*is_broker));
            assert!((1..=2).contains(&hints.len()), "{reason:?}: {hints:?}");
            for hint in &hints {
                for (at, name) in hint.match_indices("rpctl ") {
                    let command = hint[at + name.len()..].split(' ').next();
                    let known = ["probe", "inspect-manifest", "shutdown", "on", "where"];
                    assert!(command.is_some_and(|it| known.contains(&it)), "{hint}");
                }
            }
        }
    }

    #[test]
    fn no_hint_offers_a_time_that_was_tried() {
        let minutes = Duration::from_mins;
        let mut tried = names(false);
        tried.limits = Limits {
            timeout: minutes(1),
            hash_timeout: minutes(10),
            wait: Some(minutes(1)),
        };
        for &reason in Reason::ALL {
            for hint in for_reason(reason, &tried) {
                assert!(!hint.contains("--wait"), "{hint}");
                assert!(!hint.contains("--timeout 5s"), "{hint}");
                assert!(!hint.contains("--hash-timeout 10m"), "{hint}");
            }
        }
        assert_eq!(more_than(minutes(1), Duration::ZERO), "4m");
        assert_eq!(more_than(Duration::from_millis(400), Duration::ZERO), "2s");
    }

    #[test]
    fn each_reason_has_hints_in_one_group() {
        for &reason in Reason::ALL {
            let names = names(false);
            let groups = [
                about_record(reason, &names),
                about_mismatch(reason, &names),
                about_process(reason, &names),
                about_endpoint(reason, &names),
            ];
            assert_eq!(groups.iter().flatten().count(), 1, "{reason:?}");
        }
    }
}
