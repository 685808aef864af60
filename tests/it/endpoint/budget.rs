//! Every fault ends within the budget plus 50 ms; and nothing is given up before.

use std::time::{Duration, Instant};

use rpctl::{Reason, Report, Verdict};

use super::case::{Case, probe};
use super::{answers, closing, fields, files, silence};
use crate::support::{TestServer, World, assert_on_time, this_process};

const BUDGET: Duration = Duration::from_millis(300);

/// Every fault of an endpoint.
pub(super) fn all_cases() -> Vec<Case> {
    [
        files::cases(),
        silence::cases(),
        closing::cases(),
        answers::cases(),
        fields::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn timed(case: &Case) -> (Report, Duration) {
    let world = World::new();
    let (identity, _made) = case.make(&world);
    let started = Instant::now();
    let report = probe(&identity, BUDGET);
    (report, started.elapsed())
}

#[test]
fn every_fault_ends_within_the_budget_and_50_milliseconds() {
    for case in all_cases() {
        let what = case.what;
        assert_on_time(what, BUDGET, || {
            let (report, elapsed) = timed(&case);
            assert!(report.elapsed <= elapsed, "{what}: {report:#?}");
            if case.takes_the_whole_budget() {
                assert_eq!(report.reason, Some(case.reason), "{what}");
                assert!(report.elapsed >= BUDGET, "{what}: {report:#?}");
            }
            elapsed
        });
    }
}

#[test]
fn a_budget_that_is_used_up_at_once_still_ends_with_a_report() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
    let report = probe(&identity, Duration::ZERO);
    // Whether the answer is there already is up to the daemon.
    if report.verdict != Verdict::Verified {
        assert_eq!(report.reason, Some(Reason::EndpointSilent), "{report:#?}");
    }
}
