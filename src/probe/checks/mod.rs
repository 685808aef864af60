//! The checks: each a pure function of the evidence, in a file of its own.

mod boot_id;
mod digest;
mod endpoint;
mod exe_path;
mod host;
mod manifest;
mod nonce;
mod peer;
mod pid;
mod start_time;
pub(crate) mod state;

use std::time::Duration;

use self::state::States;
use super::evidence::Evidence;
use super::report::{Check, CheckId, Outcome};

pub(crate) use self::manifest::{examine_findings, unreadable};

/// What a check says, before it is put into the report.
#[derive(Debug, Default)]
pub(crate) struct Said {
    expected: Option<String>,
    actual: Option<String>,
    detail: Option<String>,
}

impl Said {
    fn nothing() -> Self {
        Self::default()
    }

    fn detail(detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..Self::default()
        }
    }

    fn found(actual: impl Into<String>) -> Self {
        Self {
            actual: Some(actual.into()),
            ..Self::default()
        }
    }

    fn compared(expected: impl Into<String>, actual: impl Into<String>) -> Self {
        Self {
            expected: Some(expected.into()),
            actual: Some(actual.into()),
            detail: None,
        }
    }

    fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub(crate) fn into_check(self, check: CheckId, outcome: Outcome, elapsed: Duration) -> Check {
        Check {
            check,
            outcome,
            expected: self.expected,
            actual: self.actual,
            detail: self.detail,
            elapsed,
        }
    }
}

/// Run every check.
pub(crate) fn examine(evidence: &Evidence) -> (States, Vec<Check>) {
    let (manifest, manifest_said) = examine_findings(&evidence.findings);
    let (host, host_said) = host::examine(evidence);
    let (endpoint, endpoint_said) = endpoint::examine(evidence);
    let (nonce, nonce_said) = nonce::examine(evidence);
    let (boot, boot_said) = boot_id::examine(evidence, host);
    let (peer, peer_said) = peer::examine(evidence, host, boot, nonce);
    let (pid, pid_said) = pid::examine(evidence, host, boot);
    let (start, start_said) = start_time::examine(evidence, pid);
    let (digest, digest_said) = digest::examine(evidence, pid);
    let (exe, exe_said) = exe_path::examine(evidence, pid, digest);
    let states = States {
        manifest,
        host,
        endpoint,
        peer,
        nonce,
        boot,
        pid,
        start,
        exe,
        digest,
    };
    let checks = vec![
        manifest_said.into_check(CheckId::Manifest, manifest.outcome(), Duration::ZERO),
        host_said.into_check(CheckId::Host, host.outcome(), evidence.host.elapsed),
        endpoint_said.into_check(
            CheckId::Endpoint,
            endpoint.outcome(),
            evidence.endpoint.elapsed,
        ),
        peer_said.into_check(CheckId::Peer, peer.outcome(), evidence.peer.elapsed),
        nonce_said.into_check(CheckId::Nonce, nonce.outcome(), evidence.answer.elapsed),
        boot_said.into_check(CheckId::BootId, boot.outcome(), Duration::ZERO),
        pid_said.into_check(CheckId::Pid, pid.outcome(), evidence.process.elapsed),
        start_said.into_check(CheckId::StartTime, start.outcome(), evidence.status.elapsed),
        exe_said.into_check(CheckId::ExePath, exe.outcome(), evidence.image.elapsed),
        digest_said.into_check(CheckId::Digest, digest.outcome(), evidence.digest.elapsed),
    ];
    (states, checks)
}
