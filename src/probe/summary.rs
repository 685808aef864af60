//! The verdict in plain words: one sentence, and what to do next.

use super::report::{Check, CheckId, Outcome, Reason, Target, Verdict};

/// What the sentences speak of.
pub(crate) struct Facts {
    /// `zccache 1.15.8`, or "the daemon".
    daemon: String,
    pid: String,
    path: String,
    manifest: String,
    checks: Vec<(CheckId, Outcome, Option<String>, Option<String>)>,
}

/// A sentence and up to two hints.
pub(crate) struct Told {
    pub(crate) summary: String,
    pub(crate) hints: Vec<String>,
}

impl Facts {
    pub(crate) fn of(target: &Target, checks: &[Check]) -> Self {
        let daemon = match (&target.service_name, &target.service_version) {
            (Some(name), Some(version)) => format!("{name} {version}"),
            (Some(name), None) => name.clone(),
            (None, _) => "the daemon".to_owned(),
        };
        Self {
            daemon,
            pid: target
                .pid
                .map_or_else(|| "?".to_owned(), |pid| pid.to_string()),
            path: target.endpoint.as_ref().map_or_else(
                || "the endpoint".to_owned(),
                |endpoint| endpoint.path.clone(),
            ),
            manifest: target
                .manifest
                .clone()
                .unwrap_or_else(|| "MANIFEST".to_owned()),
            checks: checks
                .iter()
                .map(|check| {
                    (
                        check.check,
                        check.outcome,
                        check.actual.clone(),
                        check.detail.clone(),
                    )
                })
                .collect(),
        }
    }

    fn detail(&self, id: CheckId) -> &str {
        self.of_check(id)
            .and_then(|(_, _, _, detail)| detail.as_deref())
            .unwrap_or("no detail")
    }

    fn actual(&self, id: CheckId) -> &str {
        self.of_check(id)
            .and_then(|(_, _, actual, _)| actual.as_deref())
            .unwrap_or("somebody else")
    }

    fn of_check(&self, id: CheckId) -> Option<&(CheckId, Outcome, Option<String>, Option<String>)> {
        self.checks.iter().find(|(check, ..)| *check == id)
    }

    /// The labels of all checks with an outcome.
    fn labels(&self, wanted: Outcome) -> String {
        let labels: Vec<&str> = self
            .checks
            .iter()
            .filter(|(_, outcome, ..)| *outcome == wanted)
            .map(|(check, ..)| check.label())
            .collect();
        labels.join(", ")
    }
}

pub(crate) fn tell(verdict: Verdict, reason: Option<Reason>, facts: &Facts) -> Told {
    let Facts { daemon, pid, .. } = facts;
    let Some(reason) = reason else {
        return Told {
            summary: format!("verified: {daemon} (PID {pid}) is the recorded process and answers"),
            hints: Vec::new(),
        };
    };
    let (sentence, hints) = explain(reason, facts);
    Told {
        summary: format!("{}: {sentence}", title(verdict)),
        hints,
    }
}

fn title(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Verified => "verified",
        Verdict::NotRunning => "not running",
        Verdict::Indeterminate => "cannot tell",
        Verdict::Mismatch => "identity mismatch",
        Verdict::Unresponsive => "unresponsive",
        Verdict::InvalidManifest => "invalid manifest",
    }
}

/// The sentence and the hints for a reason.
#[expect(
    clippy::too_many_lines,
    reason = "one arm a reason, to be read in a row"
)]
fn explain(reason: Reason, facts: &Facts) -> (String, Vec<String>) {
    let Facts {
        daemon,
        pid,
        path,
        manifest,
        ..
    } = facts;
    let quoted = shell_quoted(manifest);
    let inspect = || format!("rpctl inspect-manifest {quoted} shows what the record says");
    let listeners = || "ss -xlp lists who listens on which socket".to_owned();
    let as_owner = || format!("run it as the daemon's user, or as root: sudo rpctl probe {quoted}");
    let longer = || format!("it may just be slow: rpctl probe --timeout 5s {quoted}");
    let process = || format!("ps -o pid,ppid,user,lstart,args -p {pid} shows that process");
    let start_again = || "start the daemon again; it writes a new record".to_owned();

    match reason {
        Reason::ManifestMissing => (
            format!("{}; nothing was probed", facts.detail(CheckId::Manifest)),
            vec![format!(
                "wait for a daemon that is being started: rpctl probe --wait 30s {quoted}"
            )],
        ),
        Reason::ManifestInvalid => (
            format!(
                "{}; nothing was probed",
                of_file(manifest, facts.detail(CheckId::Manifest))
            ),
            vec![inspect()],
        ),
        Reason::NoDaemonRecorded => (
            "the manifest is sound but names no running daemon".to_owned(),
            vec![
                "name the daemon's identity sidecar instead, where it keeps one".to_owned(),
                inspect(),
            ],
        ),
        Reason::ForeignHost => (
            "the record was written on another machine, so nothing here speaks for or against it"
                .to_owned(),
            vec![
                "run rpctl on the machine where the daemon runs".to_owned(),
                inspect(),
            ],
        ),
        Reason::ForeignNamespace => (
            "the record is from another PID namespace (a container), so its PIDs mean nothing here"
                .to_owned(),
            vec!["run rpctl inside the same container".to_owned(), inspect()],
        ),
        Reason::EndpointDiffers => (
            format!("the record names the endpoint {path}, not the one asked for"),
            vec![format!(
                "leave --endpoint out to probe the recorded one: rpctl probe {quoted}"
            )],
        ),
        Reason::Squatted => (
            format!(
                "{path} is served by {}, not by the recorded PID {pid}",
                facts.actual(CheckId::Peer)
            ),
            vec![
                listeners(),
                "stop whoever took the socket, then start the daemon again".to_owned(),
            ],
        ),
        Reason::Superseded => (
            format!(
                "another instance ({}) answers in place of the recorded PID {pid}",
                facts.actual(CheckId::Nonce)
            ),
            vec![
                "the record is out of date: use the record of the running instance".to_owned(),
                inspect(),
            ],
        ),
        Reason::IdentityMismatch => (
            format!(
                "the answer names another identity ({})",
                facts.detail(CheckId::Nonce)
            ),
            vec![inspect(), process()],
        ),
        Reason::BootIdMismatch => (
            "the daemon answers with the record of an earlier boot".to_owned(),
            vec!["restart the daemon, so that it records itself anew".to_owned()],
        ),
        Reason::DigestMismatch => (
            format!("PID {pid} runs another build or another program than recorded"),
            vec![process(), inspect()],
        ),
        Reason::PathMismatch => (
            format!(
                "PID {pid} runs another file than recorded: {}",
                facts.detail(CheckId::ExePath)
            ),
            vec![process(), inspect()],
        ),
        Reason::Rebooted => (
            format!("{daemon} ran before this machine was last started"),
            vec![start_again()],
        ),
        Reason::ProcessExited => (
            format!("PID {pid} is gone and nothing answers in its place"),
            vec![start_again()],
        ),
        Reason::Zombie => (
            format!("PID {pid} has {}", facts.detail(CheckId::Pid)),
            vec![start_again(), process()],
        ),
        Reason::PidReused => (
            format!("{daemon} is gone; PID {pid} now belongs to a younger process"),
            vec![start_again(), process()],
        ),
        Reason::YoungerProcess => (
            format!("PID {pid} started after the record was made, and does not answer for it"),
            vec![process(), longer()],
        ),
        Reason::PermissionDenied => (
            format!("not permitted to examine {daemon} (PID {pid})"),
            vec![as_owner()],
        ),
        Reason::PeerUnresolved => (
            format!(
                "{path} was created by {}, and whether PID {pid} serves it cannot be determined: {}",
                facts.actual(CheckId::Peer),
                facts.detail(CheckId::Peer)
            ),
            vec![as_owner()],
        ),
        Reason::BootUnknown => (
            format!("PID {pid} does not answer, and the record does not say from which boot it is"),
            vec![longer(), process()],
        ),
        Reason::NoCommonDigest => (
            "the record supplies no digest of the executable that could be compared".to_owned(),
            vec![
                inspect(),
                "restart the daemon, so that it records itself anew".to_owned(),
            ],
        ),
        Reason::ProcessUnreadable => (
            format!("PID {pid} could not be examined completely"),
            vec![as_owner(), process()],
        ),
        Reason::EndpointMissing => (
            format!("PID {pid} runs, but its socket {path} does not exist"),
            vec![
                "the socket was deleted: restart the daemon".to_owned(),
                process(),
            ],
        ),
        Reason::EndpointRefused => (
            format!("PID {pid} runs, but nobody listens on {path}"),
            vec!["restart the daemon".to_owned(), process()],
        ),
        Reason::EndpointInvalid => (
            format!(
                "PID {pid} runs, but {path} is unusable: {}",
                facts.detail(CheckId::Endpoint)
            ),
            vec!["restart the daemon".to_owned(), inspect()],
        ),
        Reason::EndpointBusy => (
            format!("PID {pid} runs, but accepts no connections on {path}"),
            vec![longer(), process()],
        ),
        Reason::EndpointSilent => (
            format!(
                "PID {pid} runs, but does not answer: {}",
                facts.detail(CheckId::Nonce)
            ),
            vec![longer(), process()],
        ),
        Reason::EndpointClosed => (
            format!(
                "PID {pid} runs, but does not answer: {}",
                facts.detail(CheckId::Nonce)
            ),
            vec![
                "the daemon's log should say why it closed the connection".to_owned(),
                inspect(),
            ],
        ),
        Reason::NotProbeProtocol => (
            format!(
                "PID {pid} runs, but {path} speaks something else: {}",
                facts.detail(CheckId::Nonce)
            ),
            vec![
                "a broker socket or another protocol: name the daemon's own endpoint".to_owned(),
                inspect(),
            ],
        ),
        Reason::WrongAnswer => (
            format!(
                "PID {pid} runs, but answers wrongly: {}",
                facts.detail(CheckId::Nonce)
            ),
            vec!["update the daemon, or report this to its authors".to_owned()],
        ),
        Reason::Outdated => (
            format!(
                "{daemon} (PID {pid}) answers, and runs an older build: {}",
                facts.detail(CheckId::ExePath)
            ),
            vec!["restart the daemon to run the new build".to_owned()],
        ),
        Reason::Warnings => (
            format!(
                "{daemon} (PID {pid}) is the recorded process and answers; look at: {}",
                facts.labels(Outcome::Warn)
            ),
            vec![inspect()],
        ),
        Reason::Strict => (
            format!(
                "all is proven, but --strict accepts no warning: {}",
                facts.labels(Outcome::Warn)
            ),
            vec![format!(
                "leave --strict out to accept warnings: rpctl probe {quoted}"
            )],
        ),
    }
}

/// What is wrong with a file, which not every error names.
fn of_file(manifest: &str, detail: &str) -> String {
    if detail.contains(manifest) {
        detail.to_owned()
    } else {
        format!("{manifest}: {detail}")
    }
}

/// A name as a shell takes it.
fn shell_quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,@%:=".contains(c);
    if !name.is_empty() && name.chars().all(is_plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', r"'\''"))
    }
}
