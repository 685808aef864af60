//! Check `host`: the machine and namespaces of the record, compared with ours.

use super::CheckText;
use super::boot_id::Claim;
use super::state::{BootState, DigestState, HostState, PidState, StartState};
use super::{boot_id, digest, start_time, user};
use crate::endpoint::ConnectError;
use crate::host::{Namespaces, has_no_namespaces, known};
use crate::identity::HostIdentity;
use crate::probe::evidence::{EndpointEvidence, Evidence, ServerEvidence};
use crate::probe::host_evidence::HostEvidence;
use crate::record::shortened;
use crate::report::Outcome;

pub(super) fn examine(evidence: &Evidence) -> (HostState, CheckText) {
    let host = &evidence.host.value;
    if let (true, Some(recorded)) = (host.is_namespace_gone, &host.recorded) {
        return namespace_gone(recorded, host, is_served(&evidence.endpoint.value));
    }
    let elsewhere = |detail| (HostState::OtherPidNamespace, CheckText::detail(detail));
    let server = evidence.peer.value.as_ref().map(|peer| &peer.server);
    match server {
        // A process of another namespace can take any socket. But one that has the recorded
        // number and may run the recorded image is as likely the daemon as the one here.
        Some(
            ServerEvidence::OutsideNamespace
            | ServerEvidence::InnerNamespace {
                is_other_image: true,
                ..
            },
        ) if is_proven(evidence) => from_record(host),
        Some(ServerEvidence::OutsideNamespace) => elsewhere(
            "the socket is served from outside our PID namespace, so the recorded PID is not ours"
                .to_owned(),
        ),
        Some(ServerEvidence::InnerNamespace { pid, .. }) => {
            let inner = evidence.expected.pid;
            elsewhere(format!(
                "the socket is served by PID {pid}, which is PID {inner} inside its own PID \
                 namespace (a container): the record is from there"
            ))
        }
        _ => from_record(host),
    }
}

/// Concludes from the record of a process that is not asked.
pub(super) fn examine_unasked(host: &HostEvidence) -> (HostState, CheckText) {
    match &host.recorded {
        Some(recorded) if host.is_namespace_gone => namespace_gone(recorded, host, false),
        _ => from_record(host),
    }
}

/// Returns whether the process with the recorded PID here proves to be the recorded one,
/// whatever serves its socket.
fn is_proven(evidence: &Evidence) -> bool {
    let alive = PidState::Alive;
    evidence.process.value.is_ok()
        && boot_id::examine(
            Claim::from(evidence),
            &evidence.host.value,
            HostState::Unsaid,
        )
        .0 == BootState::Same
        && user::examine(&evidence.user.value, alive).0.outcome() == Outcome::Pass
        && start_time::examine(evidence, alive).0 == StartState::BeforeRecord
        && digest::examine(&evidence.digest.value, &evidence.image.value, alive).0
            == DigestState::Equal
}

fn from_record(host: &HostEvidence) -> (HostState, CheckText) {
    if let Some(system) = &host.other_system {
        let detail = format!("the record was written on another system, {system}");
        return (HostState::OtherMachine, CheckText::detail(detail));
    }
    match &host.recorded {
        Some(recorded) => compare(recorded, host),
        None => unsaid("the record does not say where it was written"),
    }
}

/// Concludes from a namespace that is gone. It proves no death while a process listens on the
/// recorded socket, which may contradict the record.
fn namespace_gone(
    recorded: &HostIdentity,
    host: &HostEvidence,
    is_served: bool,
) -> (HostState, CheckText) {
    let (state, detail) = if is_served {
        let detail = "the record was written in a PID namespace (a container) that has ended, and \
                      a process serves its socket";
        (HostState::OtherPidNamespace, detail)
    } else {
        let detail = "the record was written in a PID namespace (a container) that has ended";
        (HostState::NamespaceGone, detail)
    };
    let text = CheckText::compared(&recorded.namespace_id, &host.ours.namespace_id);
    (state, text.with_detail(detail))
}

fn is_served(endpoint: &EndpointEvidence) -> bool {
    matches!(
        endpoint,
        EndpointEvidence::Connected { .. }
            | EndpointEvidence::Failed {
                error: ConnectError::QueueFull(_),
                ..
            }
    )
}

fn compare(recorded: &HostIdentity, host: &HostEvidence) -> (HostState, CheckText) {
    let ours = &*host.ours;
    let machines = CheckText::compared(&recorded.machine_id, &ours.machine_id);
    let namespaces = CheckText::compared(&recorded.namespace_id, &ours.namespace_id);
    if host.is_other_machine() {
        other_machine(recorded, host)
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

fn other_machine(recorded: &HostIdentity, host: &HostEvidence) -> (HostState, CheckText) {
    let ours = &*host.ours;
    let name = shortened(recorded.hostname.clone());
    let text = if host.differ(|host| &host.machine_id) {
        let text = CheckText::compared(&recorded.machine_id, &ours.machine_id);
        text.with_detail(format!(
            "the record was written on another machine, {name:?}"
        ))
    } else {
        let text = CheckText::compared(&name, &ours.hostname);
        text.with_detail(format!(
            "the record was written in another boot of a machine with another name, {name:?}: it \
             may be another machine"
        ))
    };
    (HostState::OtherMachine, text)
}

fn same(recorded: &HostIdentity, ours: &HostIdentity) -> (HostState, CheckText) {
    if has_no_namespaces(ours) && known(&recorded.machine_id).is_some() {
        let text = CheckText::compared(&recorded.machine_id, &ours.machine_id);
        return (HostState::Same, text);
    }
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
