//! The names and findings that the sentences about a verdict contain.

use std::borrow::Cow;

use crate::record::Format;
use crate::report::{Check, CheckId, Outcome, Target};

pub(super) const NO_DETAIL: &str = "no detail";

/// The names and findings that the sentences contain.
pub(super) struct Facts<'a> {
    /// `zccache 1.15.8`, or "the daemon".
    pub(super) daemon: Cow<'a, str>,
    pub(super) pid: String,
    /// Path of the endpoint, or the recorded listeners.
    pub(super) path: Cow<'a, str>,
    target: &'a Target,
    /// The file that contains the identity.
    pub(super) file: Option<&'a str>,
    pub(super) checks: &'a [Check],
    /// Whether the record is of a daemon that is asked.
    pub(super) is_asked: bool,
    /// Whether the process does not run the executable that the caller requires.
    pub(super) is_unwanted: bool,
}

impl<'a> Facts<'a> {
    pub(super) fn new(target: &'a Target, checks: &'a [Check], is_asked: bool) -> Self {
        let file = target.identity_file.as_deref();
        let pid = target.pid.map(|pid| pid.to_string());
        let endpoint = target.endpoint.as_ref();
        Self {
            daemon: match (&target.service_name, &target.service_version) {
                (Some(name), Some(version)) => format!("{name} {version}").into(),
                (Some(name), None) => name.into(),
                (None, _) => "the daemon".into(),
            },
            pid: pid.unwrap_or_else(|| "?".to_owned()),
            path: match endpoint {
                Some(endpoint) => (&*endpoint.path).into(),
                None if !target.listeners.is_empty() => target.listeners.join(", ").into(),
                None => "the endpoint".into(),
            },
            target,
            file: file.or(target.record.as_deref()),
            checks,
            is_asked,
            is_unwanted: false,
        }
    }

    /// Returns whether the record names any socket.
    pub(super) fn names_a_socket(&self) -> bool {
        self.target.endpoint.is_some() || !self.target.listeners.is_empty()
    }

    /// Returns whether the record is a PID file.
    pub(super) fn is_number(&self) -> bool {
        self.target.format == Some(Format::PidFile.name())
    }

    pub(super) fn check(&self, id: CheckId) -> Option<&'a Check> {
        self.checks.iter().find(|check| check.check == id)
    }

    pub(super) fn detail(&self, id: CheckId) -> Option<&'a str> {
        self.check(id)?.detail.as_deref()
    }

    pub(super) fn detail_or_none(&self, id: CheckId) -> &'a str {
        self.detail(id).unwrap_or(NO_DETAIL)
    }

    pub(super) fn actual(&self, id: CheckId) -> &'a str {
        let actual = self.check(id).and_then(|check| check.actual.as_deref());
        actual.unwrap_or("another process")
    }

    /// Returns whether a check has something to compare with.
    pub(super) fn is_required(&self, id: CheckId) -> bool {
        self.check(id).is_some_and(|check| check.expected.is_some())
    }

    pub(super) fn expected(&self, id: CheckId) -> &'a str {
        let expected = self.check(id).and_then(|check| check.expected.as_deref());
        expected.unwrap_or("another one")
    }

    /// Returns whether a process that is not asked runs another program than it did when it was
    /// recorded, whatever the caller requires.
    pub(super) fn has_other_program(&self) -> bool {
        !self.is_asked && !self.is_unwanted
    }

    /// Names the process that holds a listener after the end of one that is not asked.
    pub(super) fn successor(&self) -> String {
        let peer = self.check(CheckId::Peer);
        let is_held = peer.is_some_and(|peer| peer.outcome == Outcome::Fail);
        match self
            .detail(CheckId::Peer)
            .filter(|_| is_held && !self.is_asked)
        {
            Some(detail) => format!("; {detail}"),
            None => String::new(),
        }
    }

    /// Returns why a process is not proven to be the recorded instance.
    pub(super) fn detail_of_instance(&self) -> &'a str {
        let start = self.detail(CheckId::StartTime);
        start.unwrap_or_else(|| self.detail_or_none(CheckId::Host))
    }

    /// Says what a verified daemon does.
    pub(super) fn stands(&self) -> &'static str {
        if self.is_asked {
            "answers"
        } else {
            "is the recorded process"
        }
    }

    /// Returns whether the process that serves the socket has the recorded PID.
    pub(super) fn is_served_by_its_number(&self) -> bool {
        let pid = self.actual(CheckId::Peer).split_ascii_whitespace().nth(1);
        pid == Some(&self.pid)
    }

    pub(super) fn passes(&self, id: CheckId) -> bool {
        self.check(id)
            .is_some_and(|check| check.outcome == Outcome::Pass)
    }

    /// Returns why a process does not prove to be the recorded one by its answer.
    pub(super) fn no_proof(&self) -> &'static str {
        let user = self.check(CheckId::User).map(|check| check.outcome);
        match user {
            _ if !self.passes(CheckId::Nonce) => "it does not answer for the record",
            Some(Outcome::Skip) => {
                "its answer alone proves nothing, because the record has no owner"
            }
            _ => "it does not run as the owner of the record, so its answer proves nothing",
        }
    }

    /// Says how a verified daemon answers. If a check speaks against the process, the
    /// answer outweighs it, and nothing more is claimed.
    pub(super) fn answers(&self) -> &'static str {
        let speak = [
            CheckId::Peer,
            CheckId::BootId,
            CheckId::User,
            CheckId::StartTime,
        ];
        if !self.is_asked {
            return self.stands();
        }
        let is_sound = |id| self.check(id).is_none_or(|it| is_sound(it.outcome));
        if speak.into_iter().all(is_sound) {
            "is the recorded process and answers"
        } else {
            "answers for the recorded process"
        }
    }

    /// Returns the labels of the checks that have neither passed nor been skipped.
    pub(super) fn doubts(&self) -> String {
        self.labels_if(|outcome| !is_sound(outcome))
    }

    /// Returns the detail of the first check that could not be determined.
    pub(super) fn detail_of_unknown(&self) -> &'a str {
        let mut checks = self.checks.iter();
        let unknown = checks.find(|check| check.outcome == Outcome::Unknown);
        unknown
            .and_then(|check| check.detail.as_deref())
            .unwrap_or(NO_DETAIL)
    }

    /// Returns why a process cannot be examined.
    pub(super) fn detail_of_denial(&self) -> &'a str {
        let denied = [CheckId::Pid, CheckId::ExePath, CheckId::Endpoint];
        let denied = denied.into_iter().filter_map(|id| self.check(id));
        let mut denied = denied.filter(|check| check.outcome == Outcome::Unknown);
        let detail = denied.find_map(|check| check.detail.as_deref());
        detail.unwrap_or("not permitted")
    }

    /// Returns the labels of all checks with an outcome.
    pub(super) fn labels(&self, wanted: Outcome) -> String {
        self.labels_if(|outcome| outcome == wanted)
    }

    pub(super) fn labels_if(&self, is_wanted: impl Fn(Outcome) -> bool) -> String {
        let checks = self.checks.iter().filter(|check| is_wanted(check.outcome));
        let labels: Vec<&str> = checks.map(|check| check.check.label()).collect();
        labels.join(", ")
    }

    /// Names the file before a description of its fault, unless the description does.
    pub(super) fn in_file(&self, fault: &str) -> String {
        match self.file {
            Some(file) if !fault.contains(file) => format!("{file}: {fault}"),
            _ => fault.to_owned(),
        }
    }
}

fn is_sound(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Pass | Outcome::Skip)
}
