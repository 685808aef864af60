//! What is said to be left of a daemon that had ended before it was to be stopped.

use rpctl::process::ProcessRecord;
use serde_json::Value;

use super::fixture::{Kin, assert_outcome};
use crate::support::{Run, World, identity_of, proc};

/// Ends after it has been recorded, and leaves a child that does not listen.
const DAEMON: &str = "own = listener()\nchild('worker', sleeper)\n";

/// Returns why it is not known what is left, if it is said.
fn unknown(run: &Run) -> Option<String> {
    let document = assert_outcome(run, "already_gone", 0);
    let unknown = &document["action"]["left_unknown"];
    assert!(unknown.is_null() || unknown.is_string(), "{document:#}");
    let said = document["summary"].as_str().unwrap();
    let is_said = said.contains("what it has left is not known: ");
    assert_eq!(is_said, unknown.is_string(), "{said}");
    unknown.as_str().map(str::to_owned)
}

#[test]
fn a_record_without_sockets_does_not_tell_what_is_left() {
    let world = World::new();
    let Some(family) = Kin::start(&world, DAEMON) else {
        return;
    };
    let pid = family.script.identity.pid;
    let record = ProcessRecord::from_pid(pid).unwrap();
    record.save(&world.path("without.json")).unwrap();
    let record = record.with_listeners().unwrap();
    record.save(&world.path("with.json")).unwrap();
    world.sidecar("sidecar.json", &identity_of(pid, &world.endpoint("other")));
    std::fs::write(world.path("daemon.pid"), format!("{}\n", proc::MAX_PID)).unwrap();
    let killed = family.rpctl(&world, &["kill"]);
    let document = assert_outcome(&killed, "still_served", 7);
    assert_eq!(document["action"]["left_unknown"], Value::Null);
    for (record, is_known) in [
        ("daemon.pid", false),
        ("without.json", false),
        ("sidecar.json", true),
    ] {
        let run = world.rpctl(["shutdown", "--json", record]);
        let unknown = unknown(&run);
        assert_eq!(unknown.is_none(), is_known, "{record}");
        let why = "it had ended before, and its record names no socket";
        assert!(unknown.is_none_or(|it| it == why), "{record}");
    }
    let run = world.rpctl(["shutdown", "--json", "with.json"]);
    let document = assert_outcome(&run, "still_served", 7);
    assert_eq!(document["action"]["left_unknown"], Value::Null);
}
