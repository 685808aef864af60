//! Check `boot_id`: the recorded boot, compared with this one.

use super::CheckText;
use super::state::{BootState, HostState};
use crate::identity::is_known;
use crate::probe::evidence::Evidence;
use crate::probe::host_evidence::RecordedBoot;

pub(super) fn examine(evidence: &Evidence, host: HostState) -> (BootState, CheckText) {
    let recorded = &evidence.expected.boot_id;
    let ours = &evidence.host.value.ours.boot_id;
    let text = |detail: &str| CheckText::compared(recorded, ours).with_detail(detail);
    if host == HostState::OtherMachine {
        let text = CheckText::detail("another machine has its own boots");
        return (BootState::Skipped, text);
    }
    let host = &evidence.host.value;
    match host.boot_of(&evidence.expected) {
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
            let made = evidence.expected.started_at_unix_ms;
            let detail = if host.clocks.admit(made) {
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
