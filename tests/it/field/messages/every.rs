//! The comparison with what was read.

use rpctl::Reason;

use super::super::container::can_contain;
use super::actions::{actions, kept};
use super::endpoints::{endpoints, verified};
use super::families::families;
use super::observed::observed;
use super::pid_files::pid_files;
use super::places::places;
use super::processes::processes;
use super::records::records;
use super::rights::rights;
use super::standstills::standstills;
use super::table::Table;
use crate::support::committed;

/// Reasons without a situation here, and the tests that have one.
const ELSEWHERE: [(Reason, &str); 5] = [
    (Reason::Emulated, "field::emulated"),
    (Reason::ProcessUnreadable, "identity::namespaces"),
    (Reason::WrongAnswer, "endpoint::fields"),
    (Reason::IdentityHidden, "discovery::refused"),
    (Reason::RecordUnreadable, "record::unread"),
];

#[test]
fn every_sentence_and_hint_is_as_it_was_read() {
    if !can_contain() {
        return;
    }
    let mut table = Table::default();
    for part in [
        records,
        processes,
        standstills,
        rights,
        places,
        families,
        endpoints,
        verified,
        observed,
        pid_files,
        actions,
        kept,
    ] {
        part(&mut table);
    }
    let file = committed("tests/it/field/messages/table.txt");
    if std::env::var_os("RPCTL_UPDATE_GENERATED").is_some() {
        std::fs::write(&file, &table.text).unwrap();
    }
    let read = std::fs::read_to_string(&file).unwrap();
    let read = table.without_lacking(&read);
    for (row, as_read) in table.text.split("\n\n").zip(read.split("\n\n")) {
        assert_eq!(
            row.trim(),
            as_read.trim(),
            "read it, and write it with RPCTL_UPDATE_GENERATED=1"
        );
    }
    assert_eq!(table.text.trim_end(), read.trim_end());
    let missing: Vec<_> = Reason::ALL
        .iter()
        .filter(|reason| !table.reasons.contains(&reason.to_string()))
        .filter(|reason| !ELSEWHERE.iter().any(|(elsewhere, _)| elsewhere == *reason))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
