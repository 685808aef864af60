//! What each check can find. The verdict is a function of these states alone,
//! and each state has exactly one outcome.

use crate::report::Outcome;

/// Defines an enum of states with the outcome of each, and the list of all.
macro_rules! states {
    ($(#[$doc:meta])* $name:ident { $($(#[$state_doc:meta])* $state:ident => $outcome:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name {
            $($(#[$state_doc])* $state,)+
        }

        impl $name {
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$state),+];

            pub(crate) fn outcome(self) -> Outcome {
                match self {
                    $(Self::$state => Outcome::$outcome,)+
                }
            }
        }
    };
}

states! {
    /// The record file.
    RecordState {
        Sound => Pass,
        Suspicious => Warn,
        /// A valid manifest that names no daemon.
        NoDaemon => Pass,
        /// Such a manifest, whose identity may be in a place that could not be searched.
        Unsearched => Unknown,
        Invalid => Fail,
        Missing => Fail,
    }
}

states! {
    /// Where the record was written.
    HostState {
        Same => Pass,
        /// PIDs hold, but paths may mean other files.
        OtherMounts => Warn,
        /// Another machine ID in the same boot: a container.
        OtherMachineId => Warn,
        OtherMachine => Fail,
        OtherPidNamespace => Fail,
        Unsaid => Skip,
    }
}

states! {
    /// The connection.
    EndpointState {
        Connected => Pass,
        Differs => Fail,
        Missing => Fail,
        NotASocket => Fail,
        Refused => Fail,
        QueueFull => Fail,
        /// No name a socket can have, or a socket of another type.
        Unusable => Fail,
        Failed => Fail,
        Denied => Unknown,
        Skipped => Skip,
    }
}

states! {
    /// Who serves the socket.
    PeerState {
        Recorded => Pass,
        /// Created by another process, held by the recorded one.
        HandedOver => Pass,
        Stranger => Fail,
        Unresolved => Unknown,
        Skipped => Skip,
    }
}

states! {
    /// The challenge.
    NonceState {
        Answered => Pass,
        Silent => Fail,
        Closed => Fail,
        OtherProtocol => Fail,
        Wrong => Fail,
        /// Another identity, and the kernel confirms that it is the answerer's.
        OtherInstance => Fail,
        OtherIdentity => Fail,
        NoCommonDigest => Fail,
        Skipped => Skip,
    }
}

states! {
    /// The boot.
    BootState {
        Same => Pass,
        /// No evidence on one of the sides.
        Unknown => Warn,
        Other => Fail,
        Skipped => Skip,
    }
}

states! {
    /// The process.
    PidState {
        Alive => Pass,
        Exited => Fail,
        Zombie => Fail,
        Denied => Unknown,
        Unreadable => Unknown,
        Skipped => Skip,
    }
}

states! {
    /// When the process started.
    StartState {
        BeforeRecord => Pass,
        AfterRecord => Warn,
        Unreadable => Unknown,
        Skipped => Skip,
    }
}

states! {
    /// The running image's name.
    ExeState {
        Same => Pass,
        /// Replaced or deleted since the start.
        Replaced => Warn,
        /// Renamed since the start.
        Moved => Warn,
        Other => Fail,
        Denied => Unknown,
        Unreadable => Unknown,
        Skipped => Skip,
    }
}

states! {
    /// The running image's digest.
    DigestState {
        Equal => Pass,
        Different => Fail,
        Denied => Unknown,
        Unreadable => Unknown,
        /// Hashing was given up.
        TimedOut => Unknown,
        NotSupplied => Skip,
        Skipped => Skip,
    }
}

/// What every check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct States {
    pub(crate) record: RecordState,
    pub(crate) host: HostState,
    pub(crate) endpoint: EndpointState,
    pub(crate) peer: PeerState,
    pub(crate) nonce: NonceState,
    pub(crate) boot: BootState,
    pub(crate) pid: PidState,
    pub(crate) start: StartState,
    pub(crate) exe: ExeState,
    pub(crate) digest: DigestState,
}

impl States {
    /// Every outcome, in report order.
    pub(crate) fn outcomes(&self) -> [Outcome; 10] {
        [
            self.record.outcome(),
            self.host.outcome(),
            self.endpoint.outcome(),
            self.peer.outcome(),
            self.nonce.outcome(),
            self.boot.outcome(),
            self.pid.outcome(),
            self.start.outcome(),
            self.exe.outcome(),
            self.digest.outcome(),
        ]
    }
}
