//! The host of the record and ours, compared.

use std::path::Path;
use std::sync::Arc;

use crate::host::{self, Namespaces};
use crate::identity::HostIdentity;
use crate::platform::{self, Clocks};

/// The host of the record and ours.
#[derive(Debug)]
pub(crate) struct HostEvidence {
    pub(crate) recorded: Option<HostIdentity>,
    pub(crate) ours: Arc<HostIdentity>,
    /// The name of the other system on which the record was written.
    pub(crate) other_system: Option<String>,
    /// Whether the recorded PID namespace is another one of this boot, in which no process
    /// lives any more.
    pub(crate) is_namespace_gone: bool,
    pub(crate) clocks: Clocks,
}

/// The boot of a record, compared with this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordedBoot {
    This,
    /// Another ID, and this boot began after the record was made.
    Earlier,
    /// Another ID, and the clocks do not tell of a boot since the record was made.
    Contradicted,
    /// One of the IDs is not known.
    Unknown,
}

impl HostEvidence {
    /// Compares the host of a record with ours, without a look at its namespaces.
    pub(crate) fn new(recorded: Option<HostIdentity>, ours: Arc<HostIdentity>) -> Self {
        Self {
            recorded,
            ours,
            other_system: None,
            is_namespace_gone: false,
            clocks: Clocks::read(),
        }
    }

    /// Concludes from the forms of the recorded boot ID and path on which system they were
    /// written.
    pub(crate) fn examine_system(&mut self, boot_id: &str, path: &Path) {
        self.other_system = host::written_elsewhere(boot_id, path, &self.ours.boot_id);
    }

    /// Looks whether a process lives in the recorded PID namespace, if that is another one of
    /// this boot, as the recorded process, of boot `boot_id`, must be, too.
    pub(crate) fn examine_namespace(&mut self, boot_id: &str) {
        self.is_namespace_gone = self.agree(|host| &host.boot_id)
            && self.ours.boot_id == boot_id
            && self.namespaces().is_some_and(|(theirs, ours)| {
                theirs.pid != ours.pid && platform::is_pid_namespace_gone(theirs.pid)
            });
    }

    /// Returns whether the record was written on another machine. One boot is on one
    /// machine, even if a container has a machine ID of its own. Machines made from one image
    /// may have one machine ID, but not one name.
    pub(crate) fn is_other_machine(&self) -> bool {
        let is_other = self.differ(|host| &host.machine_id) || self.differ(|host| &host.hostname);
        is_other && !self.agree(|host| &host.boot_id)
    }

    /// Returns whether the record was written in another PID namespace.
    pub(crate) fn is_other_pid_namespace(&self) -> bool {
        self.is_one_pid_namespace() == Some(false)
    }

    pub(crate) fn is_other_mount_namespace(&self) -> bool {
        self.namespaces()
            .is_some_and(|(theirs, ours)| theirs.mount != ours.mount)
    }

    pub(crate) fn is_foreign(&self) -> bool {
        self.other_system.is_some() || self.is_other_machine() || self.is_other_pid_namespace()
    }

    /// Returns whether a PID of the record proves to be the number of the same process here.
    pub(crate) fn is_numbered_here(&self) -> bool {
        self.agree(|host| &host.boot_id) && self.is_same_pid_namespace()
    }

    /// Returns whether the record proves to be of this machine and PID namespace, and the
    /// identity in it, of boot `boot_id`, to be of this boot or of the one in which the
    /// record was written. Without proof, a record may be from anywhere.
    pub(crate) fn is_from_here(&self, boot_id: &str) -> bool {
        let is_this_machine =
            self.agree(|host| &host.machine_id) && self.agree(|host| &host.hostname);
        let mut hosts = self.recorded.iter().chain([&*self.ours]);
        let is_known_boot =
            host::known(boot_id).is_some_and(|known| hosts.any(|host| host.boot_id == known));
        (is_this_machine || self.agree(|host| &host.boot_id))
            && self.is_same_pid_namespace()
            && is_known_boot
    }

    /// Returns the boot of an identity that was recorded in boot `theirs`, at `made_at` in
    /// milliseconds since the Unix epoch.
    pub(crate) fn boot_of(&self, theirs: &str, made_at: u64) -> RecordedBoot {
        let ours = &self.ours.boot_id;
        if host::known(theirs).is_none() || host::known(ours).is_none() {
            RecordedBoot::Unknown
        } else if host::is_same_boot(theirs, ours, self.clocks.boot_ms()) {
            RecordedBoot::This
        } else if self.clocks.is_before_boot(made_at) {
            RecordedBoot::Earlier
        } else {
            RecordedBoot::Contradicted
        }
    }

    /// Returns whether a field is known on both hosts, with different values.
    pub(crate) fn differ(&self, field: impl Fn(&HostIdentity) -> &str) -> bool {
        self.both(field)
            .is_some_and(|(theirs, ours)| theirs != ours)
    }

    fn agree(&self, field: impl Fn(&HostIdentity) -> &str) -> bool {
        self.both(field)
            .is_some_and(|(theirs, ours)| theirs == ours)
    }

    fn is_same_pid_namespace(&self) -> bool {
        self.is_one_pid_namespace() == Some(true)
    }

    fn is_one_pid_namespace(&self) -> Option<bool> {
        host::is_one_pid_namespace(self.recorded.as_ref()?, &self.ours)
    }

    /// Returns the recorded value of a field and ours, if both are known.
    fn both(&self, field: impl Fn(&HostIdentity) -> &str) -> Option<(&str, &str)> {
        let theirs = host::known(field(self.recorded.as_ref()?))?;
        Some((theirs, host::known(field(&self.ours))?))
    }

    fn namespaces(&self) -> Option<(Namespaces<'_>, Namespaces<'_>)> {
        let (theirs, ours) = self.both(|host| &host.namespace_id)?;
        Namespaces::parse(theirs).zip(Namespaces::parse(ours))
    }
}
