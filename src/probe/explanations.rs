//! Each reason in plain words: a sentence, and what to do next.

use std::path::Path;

use super::checks::BROKER;
use super::summary::Facts;
use crate::report::{CheckId, Outcome, Reason};
use crate::shell;

/// The sentence and the hints for a reason.
#[expect(
    clippy::too_many_lines,
    reason = "one arm a reason, to be read in a row"
)]
pub(super) fn explain(reason: Reason, facts: &Facts) -> (String, Vec<String>) {
    let Facts {
        daemon, pid, path, ..
    } = facts;
    let file = |name: &str| shell::file(Path::new(name));
    let manifest = file(&facts.manifest);
    let quoted_path = shell::word(path);
    let inspect = || {
        let record = file(&facts.record);
        format!("rpctl inspect-manifest {record} shows what the record says")
    };
    let listeners = || format!("ss -xlp | grep -F {quoted_path} shows who listens there");
    let as_owner =
        || format!("run it as the daemon's user, or as root: sudo rpctl probe {manifest}");
    let longer = || format!("it may just be slow: rpctl probe --timeout 5s {manifest}");
    let being_started =
        || format!("if it is just being started: rpctl probe --wait 30s {manifest}");
    let process = || format!("ps -o pid,ppid,user,stat,lstart,args -p {pid} shows that process");
    let stopped = || {
        format!(
            "ps -o pid,user,stat,wchan,args -p {pid} shows what it does; with T in STAT it is \
             stopped"
        )
    };
    let start_again = || "start the daemon again; it writes a new record".to_owned();
    let restart = |why: &str| format!("{why}: rpctl shutdown {manifest} stops it");

    match reason {
        Reason::RecordMissing => (
            format!("{}; nothing was probed", facts.detail(CheckId::Record)),
            vec![being_started()],
        ),
        Reason::RecordInvalid => (
            format!(
                "{}; nothing was probed",
                of_file(&facts.record, facts.detail(CheckId::Record))
            ),
            vec![inspect()],
        ),
        Reason::NoDaemonRecorded => (
            facts
                .detail_of(CheckId::Record)
                .unwrap_or("the manifest names no daemon")
                .to_owned(),
            vec![
                "start the daemon; it records its identity when it is up".to_owned(),
                "if it keeps its identity elsewhere, name that file: rpctl probe FILE".to_owned(),
            ],
        ),
        Reason::IdentityHidden => (
            facts
                .detail_of(CheckId::Record)
                .unwrap_or("the identity may be where it could not be looked for")
                .to_owned(),
            vec![
                "name the identity file itself: rpctl probe FILE".to_owned(),
                format!("or, where it belongs to somebody else, {}", as_owner()),
            ],
        ),
        Reason::ForeignHost => (
            format!(
                "{}; nothing here speaks for or against the daemon",
                facts.detail(CheckId::Host)
            ),
            vec!["run rpctl on the machine where the daemon runs".to_owned()],
        ),
        Reason::ForeignNamespace => (
            format!(
                "PID {pid} of the record means nothing here: {}",
                facts.detail(CheckId::Host)
            ),
            vec![
                "run rpctl inside that container, by docker exec or nsenter".to_owned(),
                inspect(),
            ],
        ),
        Reason::EndpointDiffers => (
            format!("the record names the endpoint {path}, not the one asked for"),
            vec![format!(
                "leave --endpoint out to probe the recorded one: rpctl probe {manifest}"
            )],
        ),
        Reason::Squatted => (
            format!(
                "{path} is served by {}, not by the recorded PID {pid}",
                facts.actual(CheckId::Peer)
            ),
            vec![
                listeners(),
                "trust nothing it says: stop it, then start the daemon again".to_owned(),
            ],
        ),
        Reason::Superseded => (
            format!(
                "another instance ({}) answers in place of the recorded PID {pid}",
                facts.actual(CheckId::Nonce)
            ),
            vec![
                "this record is out of date: probe the one that the new instance wrote".to_owned(),
                listeners(),
            ],
        ),
        Reason::IdentityMismatch => (
            format!(
                "whoever answers is not the recorded daemon: {}",
                facts.actual(CheckId::Nonce)
            ),
            vec![
                "if the daemon is sound, its record is out of date: restart it".to_owned(),
                listeners(),
            ],
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
            vec![
                process(),
                "if it was reinstalled meanwhile, stop it by its own means and start it anew"
                    .to_owned(),
            ],
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
            format!(
                "not permitted to examine {daemon} (PID {pid}): {}",
                facts.labels(Outcome::Unknown)
            ),
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
            "there is no digest of the executable to compare, in the record or in the answer"
                .to_owned(),
            vec![
                inspect(),
                "restart the daemon, so that it records itself anew".to_owned(),
            ],
        ),
        Reason::ProcessUnreadable => (
            format!(
                "PID {pid} could not be examined completely: {}",
                facts.labels(Outcome::Unknown)
            ),
            vec![as_owner(), process()],
        ),
        Reason::HashingTimedOut => (
            format!("the executable of PID {pid} was not hashed to its end in time"),
            vec![
                format!("give it more time: rpctl probe --hash-timeout 10m {manifest}"),
                format!("stat -L /proc/{pid}/exe shows its size"),
            ],
        ),
        Reason::EndpointMissing => (
            format!("PID {pid} runs, but its socket {path} does not exist"),
            vec![
                being_started(),
                restart("else its socket was deleted, and the daemon must be started anew"),
            ],
        ),
        Reason::EndpointRefused => (
            format!("PID {pid} runs, but nobody listens on {path}"),
            vec![being_started(), restart("else start it anew")],
        ),
        Reason::EndpointInvalid => (
            format!(
                "PID {pid} runs, but {path} is unusable: {}",
                facts.detail(CheckId::Endpoint)
            ),
            vec![
                format!("ls -ld {} shows what is there", file(path)),
                inspect(),
            ],
        ),
        Reason::EndpointBusy => (
            format!(
                "PID {pid} runs, but accepts no connections: {}",
                facts.detail(CheckId::Endpoint)
            ),
            vec![stopped(), longer()],
        ),
        Reason::EndpointSilent => (
            format!(
                "PID {pid} runs, but does not answer: {}",
                facts.detail(CheckId::Nonce)
            ),
            vec![longer(), stopped()],
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
                if facts.actual(CheckId::Nonce) == BROKER {
                    "this socket is a broker's: name the record of the daemon behind it"
                } else {
                    "the daemon may answer on another socket: name the record that it keeps of that"
                }
                .to_owned(),
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
                "{daemon} (PID {pid}) answers; its executable was {}",
                facts.detail(CheckId::ExePath)
            ),
            vec![restart("start it anew to run what is installed now")],
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
                "leave --strict out to accept warnings: rpctl probe {manifest}"
            )],
        ),
    }
}

/// What is wrong with a file, which not every error names.
fn of_file(record: &str, detail: &str) -> String {
    if detail.contains(record) {
        detail.to_owned()
    } else {
        format!("{record}: {detail}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Target;

    #[test]
    fn every_reason_has_a_sentence_and_hints_that_work() {
        let facts = Facts::of(&Target::default(), &[]);
        for &reason in Reason::ALL {
            let (sentence, hints) = explain(reason, &facts);
            assert!(
                !sentence.is_empty() && !sentence.ends_with('.'),
                "{sentence}"
            );
            assert!((1..=2).contains(&hints.len()), "{reason:?}: {hints:?}");
            for hint in &hints {
                for (at, name) in hint.match_indices("rpctl ") {
                    let command = hint[at + name.len()..].split(' ').next();
                    let known = ["probe", "inspect-manifest", "shutdown", "on", "inside"];
                    assert!(command.is_some_and(|it| known.contains(&it)), "{hint}");
                }
            }
        }
    }
}
