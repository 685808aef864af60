//! One thing that can be wrong with an endpoint, and what is to be said about it.

use std::any::Any;
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rpctl::ImageDigests;
use rpctl::{Check, DaemonProcess, Outcome, Probe, Reason, Report, Verdict};

use crate::support::{World, misbehaving, this_process};

/// Time for what is decided by the first answer: never used up.
const AMPLE: Duration = Duration::from_secs(30);

/// Time for what is decided by its end.
const SHORT: Duration = Duration::from_millis(400);

/// The longest budget in which a case shows what it must: on a busy machine a peer may
/// not come to its part within the short one.
const LONGEST: Duration = Duration::from_secs(15);

/// The digest of the executable of the tests, which is the same for all of them, and
/// known before any budget begins.
static DIGESTS: LazyLock<Arc<ImageDigests>> = LazyLock::new(|| {
    let digests = Arc::default();
    let nowhere = this_process(&World::new().endpoint("s"));
    let _ = Probe::new(&nowhere).image_digests(&digests).run();
    digests
});

/// What is made for a case, and held while it lasts.
pub(super) type Made = Box<dyn Any>;

/// A fault of the endpoint, in a daemon that is sound otherwise: this process.
pub(super) struct Case {
    /// What a client meets.
    pub(super) what: &'static str,
    pub(super) verdict: Verdict,
    pub(super) reason: Reason,
    /// What the detail of the only check that fails contains.
    says: &'static str,
    make: Box<dyn Fn(&mut DaemonProcess) -> Made>,
}

impl Case {
    /// A case in which the daemon is the recorded one and does not answer.
    pub(super) fn new<T: Any>(
        what: &'static str,
        (reason, says): (Reason, &'static str),
        make: impl Fn(&mut DaemonProcess) -> T + 'static,
    ) -> Self {
        Self {
            what,
            verdict: Verdict::Unresponsive,
            reason,
            says,
            make: Box::new(move |identity| Box::new(make(identity))),
        }
    }

    /// A case in which every client is treated like this.
    pub(super) fn treating(
        what: &'static str,
        expected: (Reason, &'static str),
        treat: impl Fn(UnixStream, &DaemonProcess) + Clone + Send + 'static,
    ) -> Self {
        Self::new(what, expected, move |identity| {
            let treat = treat.clone();
            let answerer = identity.clone();
            misbehaving(&identity.ipc_endpoint, move |stream| {
                treat(stream, &answerer);
            });
        })
    }

    pub(super) fn with_verdict(self, verdict: Verdict) -> Self {
        Self { verdict, ..self }
    }

    /// Whether only the end of the budget shows that something is wrong.
    pub(super) fn takes_the_whole_budget(&self) -> bool {
        matches!(self.reason, Reason::EndpointSilent | Reason::EndpointBusy)
    }

    /// Make the endpoint; the identity to be probed.
    pub(super) fn make(&self, world: &World) -> (DaemonProcess, Made) {
        let mut identity = this_process(&world.endpoint("s"));
        let made = (self.make)(&mut identity);
        (identity, made)
    }

    /// Make the endpoint, and probe it once.
    pub(super) fn probe(&self, budget: Duration) -> Report {
        let world = World::new();
        let (identity, _made) = self.make(&world);
        probe(&identity, budget)
    }

    pub(super) fn assert(&self) {
        let what = self.what;
        let mut budget = AMPLE;
        if self.takes_the_whole_budget() {
            budget = SHORT;
        }
        let mut report = self.probe(budget);
        while self.takes_the_whole_budget() && budget < LONGEST && !self.is_shown_by(&report) {
            budget *= 2;
            report = self.probe(budget);
        }
        assert_eq!(
            (report.verdict, report.reason),
            (self.verdict, Some(self.reason)),
            "{what}: {report:#?}"
        );
        let fault = only_fault(&report);
        let detail = fault.detail.as_deref().unwrap_or_default();
        assert!(detail.contains(self.says), "{what}: {detail}");
    }

    /// Returns whether a detail of the report contains what this case is about.
    fn is_shown_by(&self, report: &Report) -> bool {
        let details = report.checks.iter().flat_map(|check| &check.detail);
        details.into_iter().any(|detail| detail.contains(self.says))
    }
}

/// Probe without hashing the executable of the tests again and again.
pub(super) fn probe(identity: &DaemonProcess, budget: Duration) -> Report {
    Probe::new(identity)
        .timeout(budget)
        .image_digests(&DIGESTS)
        .run()
        .into_report()
}

/// The only check that speaks against the daemon.
#[track_caller]
pub(super) fn only_fault(report: &Report) -> &Check {
    let is_fault = |check: &&Check| matches!(check.outcome, Outcome::Fail | Outcome::Unknown);
    let faults: Vec<&Check> = report.checks.iter().filter(is_fault).collect();
    let [fault] = faults.as_slice() else {
        panic!("one check fails, and no other: {report:#?}");
    };
    fault
}

/// Stay silent until the client has gone.
pub(super) fn stay(mut stream: UnixStream) {
    // A client that leaves in the middle of its request has gone as well.
    let _ = io::copy(&mut stream, &mut io::sink());
}
