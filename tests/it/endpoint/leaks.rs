//! A thousand failures leave nothing behind.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rpctl::{Probe, manifest};
use serde_json::{Value, json};

use super::budget::all_cases;
use super::case::Case;
use crate::support::{Role, Run, World, role};

const PROBES: usize = 1000;

/// The first case of each reason.
fn one_of_each_kind() -> Vec<Case> {
    let mut kinds = BTreeMap::new();
    for case in all_cases() {
        kinds.entry(case.reason.name()).or_insert(case);
    }
    kinds.into_values().collect()
}

#[test]
fn a_thousand_failed_probes_of_each_kind_leave_no_thread_and_no_descriptor() {
    for case in one_of_each_kind() {
        let what = case.what;
        let world = World::new();
        let (identity, _made) = case.make(&world);
        let record = world.sidecar("s.json", &identity);
        let budget_ms = if case.takes_the_whole_budget() {
            "1"
        } else {
            "30000"
        };
        let run = Run::of(&mut role(
            Role::ProbeInVain,
            [record.to_str().unwrap(), budget_ms],
        ));
        let line = run.text().lines().find(|line| line.starts_with('{'));
        let found: Value = serde_json::from_str(line.unwrap_or_else(|| panic!("{run:?}"))).unwrap();
        let expected = json!({
            "reasons": { case.reason.name(): PROBES },
            "descriptors": 0,
            "threads": 0,
        });
        assert_eq!(found, expected, "{what}");
    }
}

/// The role: probe a record a thousand times, half of them at once, and print
/// the reasons and what is left of it all.
pub(crate) fn probe_in_vain(arguments: &[String]) {
    let record = manifest::load(arguments[0].as_ref()).unwrap();
    let budget = Duration::from_millis(arguments[1].parse().unwrap());
    let probe = Probe::of_record(&record).timeout(budget);
    let digests = std::sync::Arc::default();
    let one = || probe.clone().sharing(&digests).run().into_data();
    // What is made once and kept, like the list of a standard library.
    one();

    let before = (entries("fd"), entries("task"));
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..PROBES / 2 {
        *reasons.entry(one().reason.unwrap().name()).or_default() += 1;
    }
    for report in Probe::run_all(vec![probe.clone(); PROBES / 2]) {
        *reasons.entry(report.reason.unwrap().name()).or_default() += 1;
    }
    // A thread that was joined may still be on its way out of the kernel.
    let patience = Instant::now() + Duration::from_secs(10);
    while entries("task") > before.1 && Instant::now() < patience {
        std::thread::yield_now();
    }
    let left = json!({
        "reasons": reasons,
        "descriptors": entries("fd") - before.0,
        "threads": entries("task") - before.1,
    });
    println!("\n{left}");
}

/// How many descriptors or threads this process has.
fn entries(what: &str) -> i64 {
    let entries = std::fs::read_dir(format!("/proc/self/{what}")).unwrap();
    entries.count().try_into().unwrap()
}
