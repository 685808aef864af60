//! The rules of the verdict, stated from their description and not from the code: what each
//! verdict needs, by the outcomes of the checks.

use super::*;
use crate::report::Outcome::{Fail, Pass, Unknown, Warn};

/// What the states of the checks say, in the words of the rules.
#[expect(clippy::struct_excessive_bools, reason = "the rules are about facts")]
pub(super) struct Facts {
    /// An earlier rule speaks: the record or the host decides alone.
    settled: Option<Verdict>,
    /// The daemon answers with the recorded identity.
    answered: bool,
    /// The kernel says that the recorded process holds the recorded listener.
    pub(super) holds: bool,
    /// The answer outweighs a late start.
    pub(super) outweighs: bool,
    pub(super) dead: bool,
    /// Another boot, which the clocks confirm.
    rebooted: bool,
    other_image: bool,
    reused: bool,
}

impl Facts {
    pub(super) fn new(s: &States) -> Self {
        let passes = |outcome| outcome == Pass;
        let answered = passes(s.endpoint.outcome()) && passes(s.nonce.outcome());
        let holds = [Pass, Warn].contains(&s.peer.outcome());
        let accepted_itself = [PeerState::Recorded, PeerState::HandedOver].contains(&s.peer);
        let other_image = s.digest.outcome() == Fail
            || (s.exe == ExeState::Other && s.digest == DigestState::Skipped);
        // Only a process that is younger than the record can have taken its number, and only
        // a time that can be right tells that it is.
        let is_younger = s.start == StartState::AfterRecord;
        let reused = passes(s.pid.outcome())
            && is_younger
            && (other_image || s.user == UserState::Other)
            && s.peer == PeerState::NotListening;
        let rebooted = s.boot == BootState::Other;
        let settled = match s.record {
            RecordState::Invalid => Some(Verdict::InvalidRecord),
            RecordState::Missing => Some(Verdict::NoRecord),
            RecordState::NoDaemon => Some(Verdict::NotRunning),
            RecordState::Unsearched | RecordState::Hangs | RecordState::Unread => {
                Some(Verdict::Indeterminate)
            }
            _ if s.host == HostState::NamespaceGone => Some(Verdict::NotRunning),
            _ if s.host.outcome() == Fail => Some(Verdict::Indeterminate),
            _ => None,
        };
        let is_this_kernel = s.host.outcome() != Fail && s.boot != BootState::Contradicted;
        let has_no_process = s.pid.outcome() == Fail;
        Self {
            settled,
            answered,
            holds,
            outweighs: answered && accepted_itself && s.user == UserState::Owner,
            dead: s.host == HostState::NamespaceGone
                || (is_this_kernel && (has_no_process || (rebooted && !holds) || reused)),
            rebooted,
            other_image,
            reused,
        }
    }
}

/// Returns the verdict: the first one whose condition holds.
pub(super) fn stated(s: &States) -> Verdict {
    let facts = Facts::new(s);
    if let Some(verdict) = facts.settled {
        verdict
    } else if is_another(s, &facts) {
        Verdict::Mismatch
    } else if facts.dead {
        Verdict::NotRunning
    } else if is_proven(s) && is_verified(s, &facts) {
        Verdict::Verified
    } else if is_proven(s) && is_unresponsive(s, &facts) {
        Verdict::Unresponsive
    } else {
        Verdict::Indeterminate
    }
}

/// Something is there, and it is not what the record says.
fn is_another(s: &States, facts: &Facts) -> bool {
    let other_answers = [NonceState::OtherInstance, NonceState::OtherIdentity].contains(&s.nonce);
    s.endpoint == EndpointState::Differs
        || s.peer.outcome() == Fail
        || other_answers
        || (s.pid.outcome() == Fail && facts.answered && !facts.holds)
        || (facts.rebooted && (facts.answered || facts.holds))
        || (facts.other_image && !facts.reused)
}

/// The process runs the recorded image, and nothing about it is unknown but its start. A
/// path alone is no mismatch.
fn is_proven(s: &States) -> bool {
    s.pid.outcome() == Pass
        && s.digest.outcome() == Pass
        && s.exe.outcome() != Unknown
        && [s.user.outcome(), s.peer.outcome(), s.boot.outcome()]
            .iter()
            .all(|outcome| ![Fail, Unknown].contains(outcome))
}

fn is_verified(s: &States, facts: &Facts) -> bool {
    facts.answered && (s.start.outcome() == Pass || facts.outweighs)
}

fn is_unresponsive(s: &States, facts: &Facts) -> bool {
    !facts.answered
        && s.start.outcome() == Pass
        && s.boot.outcome() == Pass
        && s.endpoint.outcome() != Unknown
        && s.nonce != NonceState::NoCommonDigest
}
