//! Check `boot_id`: the recorded boot, compared with this one.

use super::CheckText;
use super::state::{BootState, HostState};
use crate::identity::is_known;
use crate::probe::evidence::Evidence;

pub(super) fn examine(evidence: &Evidence, host: HostState) -> (BootState, CheckText) {
    let recorded = &evidence.expected.boot_id;
    let ours = &evidence.host.value.ours.boot_id;
    let text = || CheckText::compared(recorded, ours);
    if host == HostState::OtherMachine {
        (
            BootState::Skipped,
            CheckText::detail("another machine has its own boots"),
        )
    } else if !is_known(recorded) {
        (
            BootState::Unknown,
            text().with_detail("the record names no boot"),
        )
    } else if !is_known(ours) {
        (
            BootState::Unknown,
            text().with_detail("the ID of this boot cannot be read"),
        )
    } else if recorded == ours {
        (BootState::Same, text())
    } else {
        (
            BootState::Other,
            text().with_detail("the record is from another boot of this machine"),
        )
    }
}
