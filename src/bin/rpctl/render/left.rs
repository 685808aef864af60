//! The sentences about the processes that a daemon leaves.

use rpctl::control::{Left, LeftProcess, Relation};

/// The processes of one kind that are named; the others are counted.
const NAMED: usize = 3;

/// Returns clauses about the processes that are left.
pub(super) fn clauses(left: &Left) -> Vec<String> {
    let mut clauses = known(left.processes());
    // A warning says that a socket may still be served.
    if let Some(why) = left.unknown().filter(|_| !left.may_be_served()) {
        let others = if clauses.is_empty() { "it" } else { "else it" };
        clauses.push(format!("what {others} has left is not known: {why}"));
    }
    clauses
}

fn known(left: &[LeftProcess]) -> Vec<String> {
    let (with_listener, others): (Vec<&LeftProcess>, Vec<&LeftProcess>) = left
        .iter()
        .partition(|process| !process.listeners.is_empty());
    let (orphans, others): (Vec<&LeftProcess>, Vec<&LeftProcess>) = others
        .into_iter()
        .partition(|process| process.relation == Relation::Orphan);
    let mut clauses: Vec<String> = with_listener
        .iter()
        .take(NAMED)
        .map(|it| serving(it))
        .collect();
    if with_listener.len() > NAMED {
        clauses.push(format!("and by {} more", with_listener.len() - NAMED));
    }
    match others.len() {
        0 => {}
        1 => clauses.push(format!("its descendant {} lives on", named(&others))),
        _ => clauses.push(format!("its descendants live on: {}", named(&others))),
    }
    if !orphans.is_empty() {
        clauses.push(format!(
            "started in its session since the signal, perhaps by it, and not signalled: {}",
            named(&orphans)
        ));
    }
    clauses
}

/// Names some of these processes, and counts the others.
fn named(processes: &[&LeftProcess]) -> String {
    let named: Vec<String> = processes.iter().take(NAMED).map(|it| living(it)).collect();
    let named = named.join(", ");
    match processes.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// Describes a process that listens on an address of the daemon.
fn serving(process: &LeftProcess) -> String {
    let addresses = process.listeners.join(", ");
    let process_text = living(process);
    match process.relation {
        _ if !process.is_serving => {
            format!("{process_text} holds the listener of {addresses}, which has no file any more")
        }
        Relation::Descendant => {
            format!("{addresses} is still served by its descendant {process_text}")
        }
        Relation::Supervisor => format!(
            "{addresses} is held open by {process_text}, from which the daemon had it, and which \
             may start it again for a client"
        ),
        Relation::NewInstance => {
            format!("it was started again: {addresses} is served by a new instance, {process_text}")
        }
        Relation::Rival => format!("{addresses} is served by {process_text}, as before"),
        _ => format!("{addresses} is still served by {process_text}"),
    }
}

/// Names a process, with the reason why it does not end.
fn living(process: &LeftProcess) -> String {
    let Some(pid) = process.pid else {
        return "a process that may not be seen".to_owned();
    };
    let program = process.program.clone();
    let user = process.user.as_ref().map(|user| format!("user {user}"));
    let standstill = process.standstill.as_ref().map(ToString::to_string);
    let refusal = process
        .refusal
        .as_ref()
        .map(|why| format!("not signalled: {why}"));
    let facts: Vec<String> = [program, user, standstill, refusal]
        .into_iter()
        .flatten()
        .collect();
    if facts.is_empty() {
        format!("PID {pid}")
    } else {
        format!("PID {pid} ({})", facts.join(", "))
    }
}
