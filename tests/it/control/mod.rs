//! Stopping exactly the right process, and no other.

mod daemons;
mod pid_reuse;
mod protected;
mod refusals;
mod signals;
mod targets;
mod traces;

use std::path::Path;

use crate::support::{Run, World};

const COMMANDS: [&str; 2] = ["shutdown", "kill"];

#[track_caller]
fn assert_refused(run: &Run, code: i32, word: &str) {
    let document = run.json();
    assert_eq!(run.code, Some(code), "{document:#}");
    assert_eq!(document["action"]["outcome"], "refused", "{document:#}");
    let summary = document["summary"].as_str().unwrap();
    assert!(summary.contains(word), "{summary}");
    assert!(!document["hints"][0].is_null(), "{document:#}");
}

fn run(world: &World, command: &str, record: &Path) -> Run {
    world.rpctl([command, "--json", record.to_str().unwrap()])
}
