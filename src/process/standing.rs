//! The judgement of a recorded process: pure functions of the evidence.

use std::path::Path;

use super::verify_error::{Doubt, Elsewhere, Gone, VerifyError};
use crate::host::{is_one_pid_namespace, is_same_boot, known, written_elsewhere};
use crate::identity::HostIdentity;

/// The relation of a record to this boot and PID namespace, if it may be of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// What keeps the record from being proven to be of this boot.
    pub(crate) boot_doubt: Option<Doubt>,
    /// Whether the record is known to be of this machine.
    pub(crate) is_this_machine: bool,
    /// Whether the recorded PID is known to be one of this PID namespace.
    pub(crate) is_our_namespace: bool,
}

impl Standing {
    /// Returns whether the record is known to be of this boot and PID namespace.
    pub(crate) fn is_of_this_boot_and_namespace(&self) -> bool {
        self.boot_doubt.is_none() && self.is_our_namespace
    }
}

/// The relation of the process with the recorded PID to the recorded process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// No process has the PID.
    Absent,
    /// The process has exited.
    Zombie,
    /// It is another process.
    Other,
    /// The pidfs inode is the recorded one, which no other process of a boot has.
    SameInode,
    /// The exact start is the recorded one; the kernel has no pidfs inodes.
    SameStart,
    /// Nothing exact can be compared.
    Unclear,
}

/// Compares the hosts. `boot_began` is when this boot began, in milliseconds since the
/// Unix epoch.
pub(super) fn examine_host(
    recorded: &HostIdentity,
    ours: &HostIdentity,
    recorded_at: u64,
    boot_began: Option<u64>,
) -> Result<Standing, VerifyError> {
    let no_path = Path::new("");
    if written_elsewhere(&recorded.boot_id, no_path, &ours.boot_id).is_some() {
        return Err(VerifyError::Elsewhere(Elsewhere::System));
    }
    let both = |field: fn(&HostIdentity) -> &str| known(field(recorded)).zip(known(field(ours)));
    let boots = both(|host| &host.boot_id);
    let machines = both(|host| &host.machine_id);
    let names = both(|host| &host.hostname);
    let are_equal = |(recorded, ours): (&str, &str)| recorded == ours;
    let is_same_boot = boots
        .is_some_and(|(theirs, ours)| is_same_boot(theirs, ours, boot_began.unwrap_or_default()));
    // One boot is on one machine, even if a container has a machine ID of its own. Machines
    // made from one image may have one machine ID, but not one name.
    let is_this_machine =
        is_same_boot || machines.is_some_and(are_equal) && names.is_none_or(are_equal);
    let is_other_boot = boots.is_some() && !is_same_boot;
    if !is_this_machine && (machines.is_some() || is_other_boot && !names.is_none_or(are_equal)) {
        return Err(VerifyError::Elsewhere(Elsewhere::Machine));
    }
    // Zero is no time at which a record was made.
    let began_later = boot_began.is_some_and(|began| began > recorded_at && recorded_at != 0);
    let boot_doubt = match boots {
        None => Some(Doubt::Boot),
        Some(_) if is_same_boot => None,
        Some(_) if !began_later => Some(Doubt::Clocks),
        Some(_) if is_this_machine => return Err(VerifyError::Gone(Gone::Rebooted)),
        Some(_) => Some(Doubt::Machine),
    };
    let is_our_namespace = is_one_pid_namespace(recorded, ours);
    if is_our_namespace == Some(false) {
        return Err(VerifyError::Elsewhere(Elsewhere::PidNamespace));
    }
    Ok(Standing {
        boot_doubt,
        is_this_machine,
        is_our_namespace: is_our_namespace == Some(true),
    })
}

/// Decides whether the process is proven to be the recorded one.
pub(crate) fn conclude(standing: Standing, seen: Seen) -> Result<(), VerifyError> {
    // On another machine or in another namespace, the PID is that of another process.
    let gone = |how| {
        Err(if !standing.is_this_machine {
            VerifyError::Unknown(Doubt::Machine)
        } else if !standing.is_our_namespace {
            VerifyError::Unknown(Doubt::PidNamespace)
        } else {
            VerifyError::Gone(how)
        })
    };
    match seen {
        Seen::Absent => return gone(Gone::NoSuchProcess),
        Seen::Zombie => return gone(Gone::Exited),
        Seen::Other => return gone(Gone::Reused),
        Seen::SameInode | Seen::SameStart | Seen::Unclear => {}
    }
    let doubt = match standing.boot_doubt {
        None if seen == Seen::Unclear => Some(Doubt::Start),
        // Without a pidfs inode, a process of another namespace can have the same PID and
        // start.
        None if seen == Seen::SameStart && !standing.is_our_namespace => Some(Doubt::PidNamespace),
        doubt => doubt,
    };
    doubt.map_or(Ok(()), |doubt| Err(VerifyError::Unknown(doubt)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When the record was made and when the boot began, in milliseconds.
    const RECORDED: u64 = 5_000;
    const BEFORE: Option<u64> = Some(1_000);
    const AFTER: Option<u64> = Some(9_000);

    fn host() -> HostIdentity {
        HostIdentity {
            hostname: "here".to_owned(),
            machine_id: "m1".to_owned(),
            boot_id: "b1".to_owned(),
            fs_dev_id: 1,
            namespace_id: "mnt:[1]:pid:[2]".to_owned(),
        }
    }

    fn verdict(
        edit: impl Fn(&mut HostIdentity),
        began: Option<u64>,
        seen: Seen,
    ) -> Result<(), String> {
        let mut recorded = host();
        edit(&mut recorded);
        examine_host(&recorded, &host(), RECORDED, began)
            .and_then(|standing| conclude(standing, seen))
            .map_err(|error| match error {
                VerifyError::Gone(gone) => format!("{gone:?}"),
                VerifyError::Elsewhere(elsewhere) => format!("{elsewhere:?}"),
                VerifyError::Unknown(doubt) => format!("{doubt:?}?"),
                other => other.to_string(),
            })
    }

    #[track_caller]
    fn assert_verdict(
        edit: impl Fn(&mut HostIdentity),
        began: Option<u64>,
        seen: Seen,
        expected: &str,
    ) {
        assert_eq!(verdict(edit, began, seen), Err(expected.to_owned()));
    }

    const SEEN: [Seen; 6] = [
        Seen::Absent,
        Seen::Zombie,
        Seen::Other,
        Seen::SameInode,
        Seen::SameStart,
        Seen::Unclear,
    ];

    #[test]
    fn an_exact_start_on_this_boot_is_proof() {
        assert_eq!(verdict(|_| {}, BEFORE, Seen::SameInode), Ok(()));
        assert_eq!(verdict(|_| {}, BEFORE, Seen::SameStart), Ok(()));
        assert_verdict(|_| {}, BEFORE, Seen::Unclear, "Start?");
        assert_verdict(|_| {}, BEFORE, Seen::Absent, "NoSuchProcess");
        assert_verdict(|_| {}, BEFORE, Seen::Zombie, "Exited");
        assert_verdict(|_| {}, BEFORE, Seen::Other, "Reused");
    }

    #[test]
    fn the_boot_outweighs_another_machine_id() {
        let container = |host: &mut HostIdentity| host.machine_id = "m2".to_owned();
        assert_eq!(verdict(container, BEFORE, Seen::SameInode), Ok(()));
    }

    #[test]
    fn another_boot_is_gone_only_if_the_clocks_agree() {
        let other = |host: &mut HostIdentity| host.boot_id = "b2".to_owned();
        for seen in SEEN {
            assert_verdict(other, AFTER, seen, "Rebooted");
        }
        for began in [BEFORE, None] {
            assert_verdict(other, began, Seen::SameInode, "Clocks?");
            assert_verdict(other, began, Seen::Absent, "NoSuchProcess");
        }
    }

    #[test]
    fn a_time_of_zero_tells_of_no_other_boot() {
        let mut other = host();
        other.boot_id = "b2".to_owned();
        let doubt = |recorded_at| {
            let standing = examine_host(&other, &host(), recorded_at, AFTER);
            standing.map(|standing| standing.boot_doubt)
        };
        assert!(matches!(doubt(0), Ok(Some(Doubt::Clocks))));
        assert!(matches!(doubt(1), Err(VerifyError::Gone(Gone::Rebooted))));
    }

    #[test]
    fn a_placeholder_for_the_boot_is_no_evidence() {
        for placeholder in ["", "unknown"] {
            let edit = |host: &mut HostIdentity| host.boot_id = placeholder.to_owned();
            for began in [BEFORE, AFTER] {
                assert_verdict(edit, began, Seen::SameInode, "Boot?");
                assert_verdict(edit, began, Seen::Absent, "NoSuchProcess");
                assert_verdict(edit, began, Seen::Other, "Reused");
            }
        }
    }

    #[test]
    fn another_machine_tells_nothing_about_the_process() {
        let edits: [fn(&mut HostIdentity); 3] = [
            |host| host.machine_id = "m2".to_owned(),
            |host| host.hostname = "there".to_owned(),
            |host| (host.machine_id, host.hostname) = (String::new(), "there".to_owned()),
        ];
        for seen in SEEN {
            for began in [BEFORE, AFTER] {
                for edit in edits {
                    let other = |host: &mut HostIdentity| {
                        host.boot_id = "b2".to_owned();
                        edit(host);
                    };
                    assert_verdict(other, began, seen, "Machine");
                }
            }
        }
        let nameless = |host: &mut HostIdentity| {
            host.boot_id = "b2".to_owned();
            host.machine_id.clear();
        };
        for seen in SEEN {
            assert_verdict(nameless, AFTER, seen, "Machine?");
        }
        assert_verdict(nameless, BEFORE, Seen::Absent, "Machine?");
    }

    #[test]
    fn another_pid_namespace_tells_nothing_about_the_process() {
        let other = |host: &mut HostIdentity| host.namespace_id = "mnt:[1]:pid:[3]".to_owned();
        for seen in SEEN {
            assert_verdict(other, BEFORE, seen, "PidNamespace");
        }
    }

    #[test]
    fn without_its_namespace_only_the_inode_proves_a_process() {
        let nameless = |host: &mut HostIdentity| host.namespace_id.clear();
        assert_eq!(verdict(nameless, BEFORE, Seen::SameInode), Ok(()));
        for seen in [Seen::Absent, Seen::Zombie, Seen::Other, Seen::SameStart] {
            assert_verdict(nameless, BEFORE, seen, "PidNamespace?");
        }
    }
}
