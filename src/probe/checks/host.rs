//! Check `host`: the machine and namespaces of the record, compared with ours.

use super::CheckText;
use super::state::HostState;
use crate::host::{Namespaces, known};
use crate::identity::HostIdentity;
use crate::probe::evidence::{Evidence, PeerEvidence};
use crate::record::shortened;

pub(super) fn examine(evidence: &Evidence) -> (HostState, CheckText) {
    if let Some(PeerEvidence::OutsideNamespace) = evidence.peer.value {
        return (
            HostState::OtherPidNamespace,
            CheckText::detail(
                "the socket is served from outside our PID namespace, so the recorded PID is not ours",
            ),
        );
    }
    if let Some(PeerEvidence::InnerNamespace { pid }) = evidence.peer.value {
        let inner = evidence.expected.pid;
        return (
            HostState::OtherPidNamespace,
            CheckText::detail(format!(
                "the socket is served by PID {pid}, which is PID {inner} inside its own PID \
                 namespace (a container): the record is from there"
            )),
        );
    }
    let host = &evidence.host.value;
    let Some(recorded) = &host.recorded else {
        return unsaid("the record does not say where it was written");
    };
    let ours = &host.ours;
    let machines = || CheckText::compared(&recorded.machine_id, &ours.machine_id);
    let namespaces = || CheckText::compared(&recorded.namespace_id, &ours.namespace_id);
    if host.is_other_machine() {
        (
            HostState::OtherMachine,
            machines().with_detail(format!(
                "the record was written on another machine, {:?}",
                shortened(recorded.hostname.clone())
            )),
        )
    } else if host.is_other_pid_namespace() {
        (
            HostState::OtherPidNamespace,
            namespaces()
                .with_detail("the record was written in another PID namespace (a container)"),
        )
    } else if host.differ(|host| &host.machine_id) {
        (
            HostState::OtherMachineId,
            machines()
                .with_detail("another machine ID, but the same boot: a container on this machine"),
        )
    } else if host.is_other_mount_namespace() {
        (
            HostState::OtherMounts,
            namespaces().with_detail("another mount namespace: paths may mean other files"),
        )
    } else {
        same(recorded, ours)
    }
}

fn same(recorded: &HostIdentity, ours: &HostIdentity) -> (HostState, CheckText) {
    let has_namespaces = |host: &HostIdentity| Namespaces::parse(&host.namespace_id).is_some();
    if !has_namespaces(recorded) {
        return unsaid(match known(&recorded.machine_id) {
            Some(_) => "written on this machine; the record names no PID namespace",
            None => "the record names no machine",
        });
    }
    if !has_namespaces(ours) {
        return unsaid("the record names its namespaces, and those of this process cannot be read");
    }
    let text = CheckText::compared(&recorded.machine_id, &ours.machine_id);
    (HostState::Same, text)
}

fn unsaid(why: &str) -> (HostState, CheckText) {
    (HostState::Unsaid, CheckText::detail(why))
}
