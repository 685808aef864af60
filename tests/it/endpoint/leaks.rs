//! Thousands of failures leave nothing behind.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rpctl::{Probe, Reason, record};
use serde_json::{Value, json};

use super::budget::all_cases;
use super::case::Case;
use crate::HEAP;
use crate::support::{PATIENCE, Role, Run, World, role, rounds};

/// What the standard library or a thread on its way out may still hold, in bytes.
/// A leak of two bytes a probe is more.
const KEPT: usize = 2048;

/// The first case of each reason.
fn one_of_each_kind() -> Vec<Case> {
    let mut kinds = BTreeMap::new();
    for case in all_cases() {
        kinds.entry(case.reason.name()).or_insert(case);
    }
    kinds.into_values().collect()
}

/// `RPCTL_TEST_FAILED_PROBES` sets how many there are of each kind.
#[test]
fn failed_probes_leave_no_thread_descriptor_or_memory() {
    let probes = rounds("RPCTL_TEST_FAILED_PROBES", 1000);
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
            [record.to_str().unwrap(), budget_ms, &probes.to_string()],
        ));
        let line = run.text().lines().find(|line| line.starts_with('{'));
        let mut found: Value =
            serde_json::from_str(line.unwrap_or_else(|| panic!("{run:?}"))).unwrap();
        let reasons = found["reasons"].take();
        let times = |reason: Reason| reasons[reason.name()].as_u64().unwrap_or(0);
        let as_expected = times(case.reason);
        // A queue that is never emptied is full in the end.
        let is_filled = as_expected >= 500 && case.reason == Reason::EndpointSilent;
        let busy = if is_filled {
            times(Reason::EndpointBusy)
        } else {
            0
        };
        assert_eq!(as_expected + busy, probes as u64, "{what}: {reasons}");
        let expected = json!({
            "reasons": null,
            "descriptors": 0,
            "threads": 0,
            "memory": 0,
        });
        assert_eq!(found, expected, "{what}");
    }
}

/// The role: probe a record many times, half of them at once, and print the
/// reasons and what is left of it all.
pub(crate) fn probe_in_vain(arguments: &[String]) {
    let record = record::load(arguments[0].as_ref()).unwrap();
    let budget = Duration::from_millis(arguments[1].parse().unwrap());
    let probes: usize = arguments[2].parse().unwrap();
    let probe = Probe::from_record(&record).timeout(budget);
    let digests = std::sync::Arc::default();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let mut fail = |times: usize| {
        for _ in 0..times / 2 {
            let report = probe.clone().image_digests(&digests).run();
            *reasons
                .entry(report.report().reason.unwrap().name())
                .or_default() += 1;
        }
        let probes = vec![probe.clone(); times / 2];
        for reason in Probe::run_each(probes, &digests, |report| report.report().reason) {
            *reasons.entry(reason.unwrap().name()).or_default() += 1;
        }
    };
    let threads = entries("task");
    // What is made once and kept, like the list of a standard library.
    fail(100);
    let before = Held::once_alone(threads);
    fail(probes - 100);
    let after = Held::once_alone(threads);
    let grown = after.memory.saturating_sub(before.memory);
    let left = json!({
        "reasons": reasons,
        "descriptors": after.descriptors - before.descriptors,
        "threads": after.threads - before.threads,
        "memory": if grown <= KEPT { 0 } else { grown },
    });
    println!("\n{left}");
}

/// What this process holds.
struct Held {
    descriptors: i64,
    threads: i64,
    /// Bytes on the heap.
    memory: usize,
}

impl Held {
    /// A thread that was joined may still be on its way out of the kernel.
    fn once_alone(threads: i64) -> Self {
        let deadline = Instant::now() + PATIENCE;
        while entries("task") > threads && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        Self {
            descriptors: entries("fd"),
            threads: entries("task"),
            memory: HEAP.current_usage(),
        }
    }
}

/// How many descriptors or threads this process has.
fn entries(what: &str) -> i64 {
    let entries = std::fs::read_dir(format!("/proc/self/{what}")).unwrap();
    entries.count().try_into().unwrap()
}
