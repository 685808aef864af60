//! Hints about the processes that a daemon leaves.

use std::io;
use std::path::Path;

use rpctl::Report;
use rpctl::control::{Left, LeftProcess, Relation};
use rpctl::record::Format;

use super::again::{again, service};
use super::asked::Asked;
use crate::shell;
use crate::words::{Columns, Words};

/// Returns the hints about the processes that a daemon has left; `tree` tells whether its
/// descendants were to end with it.
pub(crate) fn for_left(left: &Left, report: &Report, tree: bool, asked: Asked<'_>) -> Vec<String> {
    let pids = |relations: &[Relation]| {
        let processes = left.processes().iter();
        let related = processes.filter(|process| relations.contains(&process.relation));
        let pids = related.filter_map(|process: &LeftProcess| process.pid);
        pids.map(|pid| pid.to_string()).collect::<Vec<_>>()
    };
    let mut hints = Vec::new();
    let remaining = pids(&[Relation::Descendant, Relation::Other, Relation::Orphan]);
    let is_tree_hinted = !tree && !pids(&[Relation::Descendant]).is_empty();
    if let ([pid], true) = (remaining.as_slice(), is_tree_hinted) {
        hints.push(format!(
            "to stop it: rpctl record --pid {pid} --record left.json && rpctl shutdown \
             --remove-record left.json"
        ));
    } else if !remaining.is_empty() {
        let remaining = remaining.join(",");
        let remaining = Words::HERE.processes(Columns::Family, remaining);
        hints.push(format!("{remaining} shows what is left"));
    }
    if let [pid, ..] = pids(&[Relation::NewInstance]).as_slice() {
        hints.push(format!(
            "stop it where it is started: systemctl status {pid} shows its unit, if it has one"
        ));
        hints.extend(record_and_stop(left, report));
    } else if pids(&[Relation::Supervisor]).contains(&"1".to_owned()) {
        hints.push("systemctl list-sockets shows the unit that holds the socket".to_owned());
    } else if is_tree_hinted {
        let record = again(report, asked);
        hints.push(format!(
            "once it runs again: rpctl shutdown --tree {record} ends its descendants with it"
        ));
    }
    hints
}

/// Returns the commands that stop a new instance by a record of its own; `None` unless it is one
/// process that serves, and the record is of the kind that they replace.
fn record_and_stop(left: &Left, report: &Report) -> Option<String> {
    let is_new = |it: &&LeftProcess| it.relation == Relation::NewInstance && it.is_serving;
    let mut serving = left.processes().iter().filter(is_new);
    let pid = serving.next()?.pid.filter(|_| serving.next().is_none())?;
    let record = report.target.record.as_deref()?;
    let is_process_record = report.target.format == Some(Format::ProcessRecord.name());
    let record = shell::file(Path::new(record));
    let service = service(&report.target);
    let service = service.map_or_else(String::new, |name| format!(" --service {name}"));
    (is_process_record && record != "-").then(|| {
        let first = format!("rpctl record --pid {pid}{service} --replace --record {record}");
        let both = Words::HERE.both(&first, &format!("rpctl shutdown {record}"));
        format!("or record it, and stop it: {both}")
    })
}

/// Returns the hint about descendants that cannot be held.
pub(crate) fn right_to_hold(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Words::HERE.right_to_hold(),
        io::ErrorKind::Other => Words::HERE.end_all(),
        _ => Words::HERE.more_files(),
    }
}
