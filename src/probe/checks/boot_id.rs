//! Check `boot_id`: the recorded boot, compared with this one.

use super::CheckText;
use super::state::{BootState, HostState};
use crate::identity::is_known;
use crate::probe::evidence::Evidence;
use crate::probe::host_evidence::{HostEvidence, RecordedBoot};
use crate::probe::observed_evidence::ObservedBoot;

/// The boot in a record, and when the record was made.
#[derive(Clone, Copy)]
pub(super) struct Claim<'a> {
    pub(super) boot_id: &'a str,
    /// In milliseconds since the Unix epoch.
    pub(super) made_at: u64,
    /// The boot, compared with this one.
    pub(super) boot: RecordedBoot,
}

impl<'a> From<&'a Evidence> for Claim<'a> {
    fn from(evidence: &'a Evidence) -> Self {
        let expected = &evidence.expected;
        let (boot_id, made_at) = (&expected.boot_id, expected.started_at_unix_ms);
        Self {
            boot_id,
            made_at,
            boot: evidence.host.value.boot_of(boot_id, made_at),
        }
    }
}

impl<'a> From<&'a ObservedBoot> for Claim<'a> {
    fn from(boot: &'a ObservedBoot) -> Self {
        Self {
            boot_id: &boot.boot_id,
            made_at: boot.made_at,
            boot: boot.relation,
        }
    }
}

pub(super) fn examine(
    claim: Claim<'_>,
    evidence: &HostEvidence,
    host: HostState,
) -> (BootState, CheckText) {
    let recorded = claim.boot_id;
    let ours = &evidence.ours.boot_id;
    let text = |detail: &str| CheckText::compared(recorded, ours).with_detail(detail);
    if host == HostState::OtherMachine {
        let text = CheckText::detail(match evidence.other_system {
            Some(_) => "another system has its own boots",
            None => "another machine has its own boots",
        });
        return (BootState::Skipped, text);
    }
    match claim.boot {
        RecordedBoot::This => (BootState::Same, CheckText::compared(recorded, ours)),
        RecordedBoot::Unknown if is_known(ours) => {
            (BootState::Unknown, text("the record names no boot"))
        }
        RecordedBoot::Unknown => (
            BootState::Unknown,
            text("the ID of this boot cannot be read"),
        ),
        RecordedBoot::Earlier => (
            BootState::Other,
            text("the record is from another boot of this machine"),
        ),
        RecordedBoot::Contradicted => {
            let detail = if evidence.clocks.admit(claim.made_at) {
                "another ID, but the record was made since this machine was started: one of the \
                 IDs is that of a container, or the record is from a copy of this machine"
            } else {
                "another ID, and the time of the record cannot be right, so it does not tell \
                 whether this machine was started since"
            };
            (BootState::Contradicted, text(detail))
        }
    }
}
