//! Each fault alone, with its verdict and reason.

use super::*;

/// A fault, with its verdict and reason.
type Case = (fn(&mut States), Verdict, Reason);

#[rustfmt::skip]
const FAULTS: &[Case] = &[
    (|s| s.record = RecordState::Missing, Verdict::NoRecord, Reason::NoRecord),
    (|s| s.record = RecordState::Invalid, Verdict::InvalidRecord, Reason::RecordInvalid),
    (|s| s.record = RecordState::NoDaemon, Verdict::NotRunning, Reason::NoDaemonRecorded),
    (|s| s.record = RecordState::Unsearched, Verdict::Indeterminate, Reason::IdentityHidden),
    (|s| s.record = RecordState::Hangs, Verdict::Indeterminate, Reason::FileSystemHangs),
    (|s| s.record = RecordState::Unread, Verdict::Indeterminate, Reason::RecordUnreadable),
    (|s| s.record = RecordState::Suspicious, Verdict::Verified, Reason::Warnings),
    (|s| s.host = HostState::OtherMachine, Verdict::Indeterminate, Reason::ForeignHost),
    (|s| s.host = HostState::OtherPidNamespace, Verdict::Indeterminate, Reason::ForeignNamespace),
    (|s| s.host = HostState::NamespaceGone, Verdict::NotRunning, Reason::NamespaceGone),
    (|s| s.host = HostState::OtherMounts, Verdict::Verified, Reason::Warnings),
    (|s| s.endpoint = EndpointState::Differs, Verdict::Mismatch, Reason::EndpointDiffers),
    (|s| s.endpoint = EndpointState::Missing, Verdict::Unresponsive, Reason::EndpointMissing),
    (|s| s.endpoint = EndpointState::NotASocket, Verdict::Unresponsive, Reason::EndpointInvalid),
    (|s| s.endpoint = EndpointState::Refused, Verdict::Unresponsive, Reason::EndpointRefused),
    (|s| s.endpoint = EndpointState::QueueFull, Verdict::Unresponsive, Reason::EndpointBusy),
    (|s| s.endpoint = EndpointState::Unusable, Verdict::Unresponsive, Reason::EndpointInvalid),
    (|s| s.endpoint = EndpointState::Denied, Verdict::Indeterminate, Reason::PermissionDenied),
    (|s| s.endpoint = EndpointState::Hangs, Verdict::Indeterminate, Reason::FileSystemHangs),
    (|s| s.peer = PeerState::Stranger, Verdict::Mismatch, Reason::Squatted),
    (|s| s.peer = PeerState::Unresolved, Verdict::Indeterminate, Reason::PeerUnresolved),
    (|s| s.user = UserState::Differs, Verdict::Mismatch, Reason::UserMismatch),
    (|s| s.exe = ExeState::Unwanted, Verdict::Mismatch, Reason::PathMismatch),
    (|s| s.nonce = NonceState::Silent, Verdict::Unresponsive, Reason::EndpointSilent),
    (|s| s.nonce = NonceState::Closed, Verdict::Unresponsive, Reason::EndpointClosed),
    (|s| s.nonce = NonceState::OtherProtocol, Verdict::Unresponsive, Reason::NotProbeProtocol),
    (|s| s.nonce = NonceState::Wrong, Verdict::Unresponsive, Reason::WrongAnswer),
    (|s| s.nonce = NonceState::OtherInstance, Verdict::Mismatch, Reason::Superseded),
    (|s| s.nonce = NonceState::OtherIdentity, Verdict::Mismatch, Reason::IdentityMismatch),
    (|s| s.nonce = NonceState::NoCommonDigest, Verdict::Indeterminate, Reason::NoCommonDigest),
    (|s| s.boot = BootState::Unknown, Verdict::Verified, Reason::Warnings),
    (|s| s.boot = BootState::Other, Verdict::Mismatch, Reason::BootIdMismatch),
    (|s| s.boot = BootState::Contradicted, Verdict::Indeterminate, Reason::BootContradicted),
    (|s| s.pid = PidState::Exited, Verdict::NotRunning, Reason::ProcessExited),
    (|s| s.pid = PidState::Zombie, Verdict::NotRunning, Reason::Zombie),
    (|s| s.pid = PidState::Denied, Verdict::Indeterminate, Reason::PermissionDenied),
    (|s| s.pid = PidState::Unreadable, Verdict::Indeterminate, Reason::ProcessUnreadable),
    (|s| s.start = StartState::AfterRecord, Verdict::Verified, Reason::Warnings),
    (|s| s.start = StartState::Unusable, Verdict::Verified, Reason::Warnings),
    (|s| s.user = UserState::Other, Verdict::Verified, Reason::Warnings),
    (|s| s.user = UserState::Unknown, Verdict::Indeterminate, Reason::ProcessUnreadable),
    (|s| s.exe = ExeState::Replaced, Verdict::Verified, Reason::Outdated),
    (|s| s.exe = ExeState::Elsewhere, Verdict::Verified, Reason::Warnings),
    (|s| (s.exe, s.digest) = (ExeState::Other, DigestState::Skipped), Verdict::Mismatch, Reason::PathMismatch),
    (|s| s.exe = ExeState::Denied, Verdict::Indeterminate, Reason::PermissionDenied),
    (|s| s.exe = ExeState::Hangs, Verdict::Indeterminate, Reason::FileSystemHangs),
    (|s| s.exe = ExeState::Unreadable, Verdict::Indeterminate, Reason::ProcessUnreadable),
    (|s| s.digest = DigestState::Different, Verdict::Mismatch, Reason::DigestMismatch),
    (|s| s.digest = DigestState::Denied, Verdict::Indeterminate, Reason::PermissionDenied),
    (|s| s.digest = DigestState::Emulated, Verdict::Indeterminate, Reason::Emulated),
    (|s| s.digest = DigestState::Hangs, Verdict::Indeterminate, Reason::FileSystemHangs),
    (|s| s.digest = DigestState::TimedOut, Verdict::Indeterminate, Reason::HashingTimedOut),
    (|s| s.digest = DigestState::NotSupplied, Verdict::Indeterminate, Reason::NoCommonDigest),
];

#[test]
fn every_single_fault_has_its_reason() {
    for (spoil, verdict, reason) in FAULTS {
        let mut states = good();
        spoil(&mut states);
        assert_eq!(
            decide(&states, false),
            (*verdict, Some(*reason)),
            "{states:?}"
        );
    }
    assert_eq!(decide(&good(), true), (Verdict::Verified, None));
}
