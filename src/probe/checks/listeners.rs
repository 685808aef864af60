//! Checks `endpoint` and `peer` of a process that is not asked: its recorded listeners, and
//! the processes that hold them.

use super::CheckText;
use super::peer::label;
use super::state::{EndpointState, InstanceState, PeerState};
use crate::probe::observed_evidence::{
    HolderEvidence, ListenerEvidence, ListenersEvidence, SocketFileEvidence,
};

/// The finding if the process that holds a listener was not found.
const UNSEEN: &str = "a process that was not found";

type Results = ((EndpointState, CheckText), (PeerState, CheckText));

/// Returns the results of the checks `endpoint` and `peer`.
/// `instance` tells whether the recorded process is alive, or has ended.
pub(super) fn examine(
    evidence: &ListenersEvidence,
    names: &[String],
    pid: u32,
    instance: InstanceState,
) -> Results {
    let skipped = |text: fn() -> CheckText| {
        (
            (EndpointState::Skipped, text()),
            (PeerState::Skipped, text()),
        )
    };
    match evidence {
        ListenersEvidence::NotExamined => skipped(CheckText::nothing),
        ListenersEvidence::Differs { asked } => {
            let text = CheckText::compared(names.join(", "), asked);
            let text = text.with_detail("the record names no such listener");
            let skipped = (PeerState::Skipped, CheckText::nothing());
            ((EndpointState::Differs, text), skipped)
        }
        ListenersEvidence::Examined(listeners) if listeners.is_empty() => {
            skipped(|| CheckText::detail("the record names no listener"))
        }
        ListenersEvidence::Examined(listeners) => {
            (endpoint(listeners), peer(listeners, pid, instance))
        }
    }
}

/// Tells whether all listeners are there, and can be reached.
fn endpoint(listeners: &[ListenerEvidence]) -> (EndpointState, CheckText) {
    let names: Vec<&str> = listeners.iter().map(|it| it.name.as_str()).collect();
    let text = |actual: &str| CheckText::compared(names.join(", "), actual);
    let first = |is_it: fn(&&ListenerEvidence) -> bool| listeners.iter().find(is_it);
    if let Some((actual, detail)) = listeners.iter().find_map(missing) {
        (EndpointState::Missing, text(actual).with_detail(detail))
    } else if let Some((name, error)) = listeners.iter().find_map(hang) {
        let detail = format!("{name} cannot be looked at: {error}");
        (EndpointState::Hangs, text("no answer").with_detail(detail))
    } else if first(|it| matches!(it.holder, HolderEvidence::Unknown(_))).is_some() {
        (EndpointState::Skipped, CheckText::nothing())
    } else {
        let rebound = first(|it| it.is_rebound).map(|it| &it.name);
        let detail = rebound.map(|name| format!("another socket listens on {name} by now"));
        let actual = match listeners.len() {
            1 => "listens".to_owned(),
            all => format!("all {all} listen"),
        };
        (
            EndpointState::Listening,
            text(&actual).with_any_detail(detail),
        )
    }
}

/// Returns what became of a listener that clients do not reach any more.
fn missing(listener: &ListenerEvidence) -> Option<(&'static str, String)> {
    let ListenerEvidence {
        name, holder, file, ..
    } = listener;
    Some(match (holder, file) {
        (HolderEvidence::Nobody, _) => ("gone", format!("no process listens on {name} any more")),
        (_, SocketFileEvidence::Unlinked) => {
            let detail = format!("{name} does not lead to its socket any more");
            ("unlinked", detail)
        }
        (_, SocketFileEvidence::Taken(process)) => {
            let process = process.as_ref().map_or_else(|| UNSEEN.to_owned(), label);
            let detail = format!("{name} leads to a later socket, which is held by {process}");
            ("taken", detail)
        }
        (_, SocketFileEvidence::Reachable | SocketFileEvidence::Hangs(_)) => return None,
    })
}

fn hang(listener: &ListenerEvidence) -> Option<(&str, &std::io::Error)> {
    match &listener.file {
        SocketFileEvidence::Hangs(error) => Some((&listener.name, error)),
        _ => None,
    }
}

/// Tells which processes hold the listeners.
fn peer(
    listeners: &[ListenerEvidence],
    pid: u32,
    instance: InstanceState,
) -> (PeerState, CheckText) {
    let worst = listeners.iter().max_by_key(|it| gravity(&it.holder));
    let Some(ListenerEvidence { name, holder, .. }) = worst else {
        return (PeerState::Skipped, CheckText::nothing());
    };
    let recorded = format!("PID {pid}");
    let text = |actual: &str| CheckText::compared(&recorded, actual);
    match holder {
        HolderEvidence::Nobody => {
            let detail = format!("{recorded} does not hold {name} any more");
            (PeerState::Skipped, CheckText::detail(detail))
        }
        HolderEvidence::Recorded => {
            let detail = format!("{recorded} holds {}", count(listeners));
            (PeerState::Listening, text(&recorded).with_detail(detail))
        }
        HolderEvidence::Descendant(process) => {
            let detail = format!("a descendant of {recorded} holds {name}");
            let text = text(&label(process)).with_detail(detail);
            (PeerState::Listening, text)
        }
        HolderEvidence::Unknown(why) => {
            let detail = format!("it cannot be told which process holds {name}: {why}");
            (PeerState::Unresolved, CheckText::detail(detail))
        }
        HolderEvidence::Stranger {
            process,
            is_restarted,
        } => {
            let actual = process.as_ref().map_or_else(|| UNSEEN.to_owned(), label);
            // A process with its number that holds its listener is something else.
            let has_number = process.as_ref().is_some_and(|process| process.pid == pid);
            let (state, by) = stranger((instance, has_number, *is_restarted), &actual, &recorded);
            let detail = format!("{name} is held by {by}");
            (state, text(&actual).with_detail(detail))
        }
    }
}

/// Describes a process, named `actual`, that holds a listener and is none of the family.
fn stranger(
    (instance, has_number, is_restarted): (InstanceState, bool, bool),
    actual: &str,
    recorded: &str,
) -> (PeerState, String) {
    match instance {
        // The end of the recorded instance outweighs what came after it.
        InstanceState::Gone if !has_number => (PeerState::Successor, actual.to_owned()),
        InstanceState::Gone | InstanceState::Unknown if is_restarted => {
            (PeerState::Restarted, format!("another instance, {actual}"))
        }
        _ => {
            let by = format!("{actual}, neither by {recorded} nor by a descendant of it");
            (PeerState::Stranger, by)
        }
    }
}

/// Returns the severity of a holder.
fn gravity(holder: &HolderEvidence) -> u8 {
    match holder {
        HolderEvidence::Recorded => 0,
        HolderEvidence::Descendant(_) => 1,
        HolderEvidence::Nobody => 2,
        HolderEvidence::Unknown(_) => 3,
        HolderEvidence::Stranger {
            is_restarted: true, ..
        } => 4,
        HolderEvidence::Stranger { .. } => 5,
    }
}

fn count(listeners: &[ListenerEvidence]) -> String {
    match listeners {
        [one] => one.name.clone(),
        all => format!("all {} listeners", all.len()),
    }
}
