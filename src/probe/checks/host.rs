//! Check `host`: the machine and namespaces of the record, compared with ours.

use super::CheckText;
use super::state::HostState;
use crate::host::{Namespaces, known};
use crate::identity::HostIdentity;
use crate::probe::evidence::{Evidence, PeerEvidence};
use crate::probe::host_evidence::HostEvidence;
use crate::record::shortened;

pub(super) fn examine(evidence: &Evidence) -> (HostState, CheckText) {
    let elsewhere = |detail| (HostState::OtherPidNamespace, CheckText::detail(detail));
    match evidence.peer.value {
        Some(PeerEvidence::OutsideNamespace) => elsewhere(
            "the socket is served from outside our PID namespace, so the recorded PID is not ours"
                .to_owned(),
        ),
        Some(PeerEvidence::InnerNamespace { pid }) => {
            let inner = evidence.expected.pid;
            elsewhere(format!(
                "the socket is served by PID {pid}, which is PID {inner} inside its own PID \
                 namespace (a container): the record is from there"
            ))
        }
        _ => match &evidence.host.value.recorded {
            Some(recorded) => compare(recorded, &evidence.host.value),
            None => unsaid("the record does not say where it was written"),
        },
    }
}

fn compare(recorded: &HostIdentity, host: &HostEvidence) -> (HostState, CheckText) {
    let ours = &*host.ours;
    let machines = CheckText::compared(&recorded.machine_id, &ours.machine_id);
    let namespaces = CheckText::compared(&recorded.namespace_id, &ours.namespace_id);
    if host.is_other_machine() {
        let name = shortened(recorded.hostname.clone());
        let detail = format!("the record was written on another machine, {name:?}");
        (HostState::OtherMachine, machines.with_detail(detail))
    } else if host.is_other_pid_namespace() {
        let detail = "the record was written in another PID namespace (a container)";
        (HostState::OtherPidNamespace, namespaces.with_detail(detail))
    } else if host.differ(|host| &host.machine_id) {
        let detail = "another machine ID, but the same boot: a container on this machine";
        (HostState::OtherMachineId, machines.with_detail(detail))
    } else if host.is_other_mount_namespace() {
        let detail = "another mount namespace: paths may mean other files";
        (HostState::OtherMounts, namespaces.with_detail(detail))
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
