//! The decision, compared with an independent statement of the rules.

use super::*;

mod combinations;
mod examples;
mod faults;
mod numbered;
mod observed;
mod stated;

fn good() -> States {
    States {
        record: RecordState::Sound,
        host: HostState::Same,
        endpoint: EndpointState::Connected,
        peer: PeerState::Recorded,
        nonce: NonceState::Answered,
        boot: BootState::Same,
        pid: PidState::Alive,
        user: UserState::Owner,
        start: StartState::BeforeRecord,
        exe: ExeState::Same,
        digest: DigestState::Equal,
        instance: InstanceState::NotRecorded,
    }
}
