//! The states of the checks. The verdict is a function of these states alone, and each
//! state has exactly one outcome.

use crate::report::Outcome;

/// Defines an enum of states with the outcome of each, and the list of all states.
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
        /// A valid manifest that names no daemon, whose identity may be in a place that
        /// could not be searched.
        Unsearched => Unknown,
        Invalid => Fail,
        Missing => Fail,
        /// It is on a file system that does not answer.
        Hangs => Unknown,
        /// The system did not let it be read.
        Unread => Unknown,
    }
}

states! {
    /// The host of the record.
    HostState {
        Same => Pass,
        /// PIDs are those of this host, but paths may name other files.
        OtherMounts => Warn,
        /// Another machine ID in this boot: a container.
        OtherMachineId => Warn,
        OtherMachine => Fail,
        OtherPidNamespace => Fail,
        /// Another PID namespace of this boot, in which no process lives any more.
        NamespaceGone => Fail,
        Unsaid => Skip,
    }
}

states! {
    /// The connection.
    EndpointState {
        Connected => Pass,
        /// The kernel shows all recorded listeners; nothing was connected to.
        Listening => Pass,
        Differs => Fail,
        Missing => Fail,
        NotASocket => Fail,
        Refused => Fail,
        QueueFull => Fail,
        /// The path is no valid one, or that of a socket of another type.
        Unusable => Fail,
        Failed => Fail,
        Denied => Unknown,
        /// A file system does not answer.
        Hangs => Unknown,
        Skipped => Skip,
    }
}

states! {
    /// The server of the socket.
    PeerState {
        Recorded => Pass,
        /// Another process created the listener, and the recorded one holds it.
        HandedOver => Pass,
        /// The recorded process holds the listener, and a descendant accepted.
        Worker => Pass,
        /// Only a descendant that runs as the same user holds the listener.
        Heir => Warn,
        /// There is no connection, and the recorded process holds a listener at the path.
        Listening => Pass,
        Stranger => Fail,
        /// Another process of the same user and with the same image.
        Restarted => Fail,
        /// Another process, after the end of the recorded instance.
        Successor => Fail,
        Unresolved => Unknown,
        /// There is no connection, and the recorded process holds no listener at the path.
        NotListening => Skip,
        /// The process holds a lock on the PID file.
        Locked => Pass,
        /// A process above or below it holds a lock on the PID file: that proves whose file it is,
        /// and not the process.
        LockedByFamily => Skip,
        /// Another process holds a lock on the PID file, and is not of its family.
        LockedByOther => Fail,
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
        /// Another identity; the kernel confirms that it is that of the server.
        OtherInstance => Fail,
        OtherIdentity => Fail,
        NoCommonDigest => Fail,
        /// The record is not of a daemon that can be asked.
        Unasked => Skip,
        Skipped => Skip,
    }
}

states! {
    /// The boot.
    BootState {
        Same => Pass,
        /// One of the boot IDs is not known.
        Unknown => Warn,
        /// This boot began after the record was made.
        Other => Fail,
        /// The boot IDs differ, and the clocks do not tell of another boot.
        Contradicted => Unknown,
        Skipped => Skip,
    }
}

states! {
    /// The process.
    PidState {
        Alive => Pass,
        /// It does nothing: a signal or a debugger has stopped it, or its cgroup is frozen. A
        /// daemon that is asked shows that by its silence.
        Standstill => Warn,
        Exited => Fail,
        Zombie => Fail,
        Denied => Unknown,
        Unreadable => Unknown,
        Skipped => Skip,
    }
}

states! {
    /// The user of the process.
    UserState {
        /// The owner of the record, with every user ID.
        Owner => Pass,
        /// The record belongs to root, or to the effective user alone: the process has
        /// changed its user IDs. Another user may have put it in the place of the daemon.
        Changed => Pass,
        /// The record belongs to another ordinary user.
        Other => Warn,
        /// The record says otherwise, or the caller requires another one.
        Differs => Fail,
        /// The one that the caller requires.
        Required => Pass,
        Unknown => Unknown,
        /// There is no process, or the record has no owner.
        Skipped => Skip,
    }
}

states! {
    /// The start time of the process.
    StartState {
        BeforeRecord => Pass,
        AfterRecord => Warn,
        /// The exact start is the recorded one.
        Exact => Pass,
        /// Another process: its start, or its pidfs inode, is another one.
        OtherInstance => Fail,
        /// Nothing exact can be compared.
        Incomparable => Unknown,
        /// After the PID file was written, by so little that the clock may have been set.
        PerhapsAfter => Unknown,
        /// The recorded time lies before this boot or in the future: it is no evidence.
        Unusable => Unknown,
        Unreadable => Unknown,
        Skipped => Skip,
    }
}

states! {
    /// The name of the running image.
    ExeState {
        Same => Pass,
        /// Replaced, deleted or moved since the start.
        Replaced => Warn,
        /// The recorded image, which the recorded path does not name for another reason:
        /// mounted over, unmounted, without a name, or a copy.
        Elsewhere => Warn,
        Other => Fail,
        /// Another one than the caller requires.
        Unwanted => Fail,
        Denied => Unknown,
        /// A file system does not answer.
        Hangs => Unknown,
        Unreadable => Unknown,
        /// The record does not say what the process ran.
        Unrecorded => Skip,
        Skipped => Skip,
    }
}

states! {
    /// The digest of the running image.
    DigestState {
        Equal => Pass,
        /// The recorded file, unchanged since: its content is the recorded one.
        Unchanged => Pass,
        /// The recorded path, with another content: the process executed it again.
        OtherBuild => Warn,
        Different => Fail,
        Denied => Unknown,
        /// A file system does not answer.
        Hangs => Unknown,
        Unreadable => Unknown,
        /// The image is an emulator that runs the recorded file.
        Emulated => Unknown,
        /// Hashing took too long.
        TimedOut => Unknown,
        NotSupplied => Skip,
        /// The process is proven without a digest, and the record has none.
        Unrecorded => Skip,
        Skipped => Skip,
    }
}

/// The recorded instance of a process, by boot, PID and exact start. It has no check of its
/// own: those of boot, PID and start show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InstanceState {
    /// The record describes no exact instance.
    NotRecorded,
    Proven,
    Gone,
    /// The evidence suffices for neither.
    Unknown,
    /// The record is nothing but a number: a PID file.
    Numbered,
}

impl PidState {
    pub(crate) fn is_alive(self) -> bool {
        matches!(self, Self::Alive | Self::Standstill)
    }
}

/// Returns whether the caller requires something of the process that has the number in a PID file,
/// and it is that.
pub(crate) fn is_wanted(exe: ExeState, user: UserState) -> bool {
    let is_program = matches!(exe, ExeState::Same | ExeState::Replaced);
    let is_other = user == UserState::Differs || exe.outcome() == Outcome::Fail;
    (is_program || user == UserState::Required) && !is_other
}

/// The states of all checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct States {
    pub(crate) record: RecordState,
    pub(crate) host: HostState,
    pub(crate) endpoint: EndpointState,
    pub(crate) peer: PeerState,
    pub(crate) nonce: NonceState,
    pub(crate) boot: BootState,
    pub(crate) pid: PidState,
    pub(crate) user: UserState,
    pub(crate) start: StartState,
    pub(crate) exe: ExeState,
    pub(crate) digest: DigestState,
    pub(crate) instance: InstanceState,
}

impl States {
    /// Returns the states of a probe that examined nothing but the record.
    pub(crate) fn with_record_alone(record: RecordState) -> Self {
        Self {
            record,
            host: HostState::Unsaid,
            endpoint: EndpointState::Skipped,
            peer: PeerState::Skipped,
            nonce: NonceState::Skipped,
            boot: BootState::Skipped,
            pid: PidState::Skipped,
            user: UserState::Skipped,
            start: StartState::Skipped,
            exe: ExeState::Skipped,
            digest: DigestState::Skipped,
            instance: InstanceState::NotRecorded,
        }
    }

    /// Returns all outcomes, in report order.
    pub(crate) fn outcomes(&self) -> [Outcome; 11] {
        [
            self.record.outcome(),
            self.host.outcome(),
            self.endpoint.outcome(),
            self.peer.outcome(),
            self.nonce.outcome(),
            self.boot.outcome(),
            self.pid.outcome(),
            self.user.outcome(),
            self.start.outcome(),
            self.exe.outcome(),
            self.digest.outcome(),
        ]
    }
}
