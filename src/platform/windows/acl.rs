//! Who can change a file, by its owner and its access control list.

use std::fs::File;
use std::io;
use std::os::windows::io::AsHandle;
use std::path::Path;

use windows_sys::Win32::Security::INHERIT_ONLY_ACE;
use windows_sys::Win32::Storage::FileSystem::{
    DELETE, FILE_APPEND_DATA, FILE_DELETE_CHILD, FILE_READ_DATA, FILE_WRITE_DATA, WRITE_DAC,
    WRITE_OWNER,
};
use windows_sys::Win32::System::SystemServices::ACCESS_DENIED_ACE_TYPE;

use super::sys::security::{self, Access, Entry, Sid};
use super::users;
use crate::platform::types::{Ownership, Power, UserId, Writer};

/// The identifier that stands for the owner of an object.
const OWNER_RIGHTS: &str = "S-1-3-4";

/// The rights to change a file, or the list itself.
const CHANGE: u32 = FILE_WRITE_DATA | FILE_APPEND_DATA | DELETE | WRITE_DAC | WRITE_OWNER;

/// The rights to put another file in the place of one in a directory, or another directory
/// in its own place. To create new files replaces none.
const REPLACE: u32 = FILE_DELETE_CHILD | DELETE | WRITE_DAC | WRITE_OWNER;

/// Returns the owner of an open file and what others may do, in the form of a mode: 0600,
/// with 044 if others may read it, and 022 if they may change it.
pub(crate) fn ownership(file: &File) -> io::Result<Ownership> {
    Ok(ownership_by(&security::access(file.as_handle())?))
}

pub(super) fn ownership_by(access: &Access) -> Ownership {
    let owner = users::number(&access.owner);
    let may = |rights| others(access, rights).next().is_some();
    let read = if may(FILE_READ_DATA) { 0o044 } else { 0 };
    let write = if may(CHANGE) { 0o022 } else { 0 };
    Ownership {
        owner,
        mode: 0o600 | read | write,
    }
}

/// Returns the users, besides the caller and the system, who can write to an open file.
pub(crate) fn file_writers(file: &File) -> io::Result<Vec<Writer>> {
    let access = security::access(file.as_handle())?;
    Ok(writers(&access, CHANGE, Power::Write, "the file"))
}

/// Returns the users who can replace what is in a directory.
pub(super) fn directory_writers(directory: &File, path: &Path) -> io::Result<Vec<Writer>> {
    let access = security::access(directory.as_handle())?;
    let name = path.display().to_string();
    Ok(writers(&access, REPLACE, Power::Replace, &name))
}

fn writers(access: &Access, rights: u32, power: Power, what: &str) -> Vec<Writer> {
    let is_trusted = |user: UserId| user == 0 || user == users::effective_uid();
    let mut writers = Vec::new();
    let owner = users::number(&access.owner);
    if !is_trusted(owner) {
        writers.push(Writer {
            user: Some(owner),
            power: if power == Power::Write {
                Power::Own
            } else {
                power
            },
            reason: format!("{what} belongs to {}", name(&access.owner)),
        });
    }
    if access.entries.is_none() {
        let reason = format!("{what} has no access control list: everyone may change it");
        writers.push(Writer::unknown(power, reason));
    }
    for entry in others(access, rights) {
        let user = entry.sid.as_ref().map(users::number);
        if user.is_some_and(is_trusted) {
            continue;
        }
        let who = entry.sid.as_ref().map_or("others".to_owned(), name);
        writers.push(Writer {
            // It may be a group.
            user: None,
            power,
            reason: format!("the access control list of {what} lets {who} change it"),
        });
    }
    writers
}

/// Returns the entries that give any of these rights to others than the owner and the system.
/// What another entry denies counts all the same.
fn others(access: &Access, rights: u32) -> impl Iterator<Item = &Entry> {
    let entries = access.entries.iter().flatten();
    entries.filter(move |entry| {
        let is_other = entry.sid.as_ref().is_none_or(|sid| {
            *sid != access.owner && users::number(sid) != 0 && sid.to_string() != OWNER_RIGHTS
        });
        u32::from(entry.kind) != ACCESS_DENIED_ACE_TYPE
            && u32::from(entry.flags) & INHERIT_ONLY_ACE == 0
            && entry.mask & rights != 0
            && is_other
    })
}

fn name(sid: &Sid) -> String {
    security::account_name(sid).unwrap_or_else(|_| sid.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::sys::security::Descriptor;
    use super::*;

    fn reasons(sddl: &str, rights: u32, power: Power) -> Vec<String> {
        let own = users::own_sid().unwrap();
        let sddl = sddl.replace("ME", &own.to_string());
        let access = Descriptor::parse(&sddl).unwrap().access().unwrap();
        let writers = writers(&access, rights, power, "it");
        writers.into_iter().map(|writer| writer.reason).collect()
    }

    #[test]
    fn the_owner_the_system_and_administrators_are_trusted() {
        for sddl in [
            "O:MED:P(A;;FA;;;OW)(A;;FA;;;SY)(A;;FA;;;BA)",
            "O:SYD:(A;;FA;;;ME)",
            "O:BAD:(A;;FR;;;WD)(A;IOOI;FA;;;WD)(D;;FA;;;WD)",
        ] {
            assert!(reasons(sddl, CHANGE, Power::Write).is_empty(), "{sddl}");
        }
    }

    #[test]
    fn anyone_else_who_may_change_a_file_is_named() {
        for (sddl, expected) in [
            ("O:MED:(A;;FW;;;WD)", "lets"),
            ("O:MED:(A;;SD;;;S-1-5-21-1-2-3-1001)", "S-1-5-21-1-2-3-1001"),
            ("O:MED:(A;;WD;;;BU)", "lets"),
            ("O:MED:(A;;WO;;;BU)", "lets"),
            (
                "O:S-1-5-21-1-2-3-1001D:(A;;FA;;;OW)",
                "belongs to S-1-5-21-1-2-3-1001",
            ),
        ] {
            let reasons = reasons(sddl, CHANGE, Power::Write);
            assert_eq!(reasons.len(), 1, "{sddl}: {reasons:?}");
            assert!(reasons[0].contains(expected), "{reasons:?}");
        }
    }

    #[test]
    fn a_file_without_a_list_is_open_to_everyone() {
        let access = Access {
            owner: users::own_sid().unwrap(),
            entries: None,
        };
        let writers = writers(&access, CHANGE, Power::Write, "it");
        assert!(writers[0].reason.contains("everyone"), "{writers:?}");
    }

    #[test]
    fn who_may_only_add_files_replaces_none() {
        let add = "O:MED:(A;;0x6;;;BU)";
        assert!(reasons(add, REPLACE, Power::Replace).is_empty());
        let delete = "O:MED:(A;;0x40;;;BU)";
        assert_eq!(reasons(delete, REPLACE, Power::Replace).len(), 1);
    }

    #[test]
    fn a_mode_says_what_others_may_do() {
        let mode = |sddl| {
            let access = Descriptor::parse(sddl).unwrap().access().unwrap();
            ownership_by(&access).mode
        };
        assert_eq!(mode("O:SYD:(A;;FA;;;OW)"), 0o600);
        assert_eq!(mode("O:SYD:(A;;FR;;;BU)"), 0o644);
        assert_eq!(mode("O:SYD:(A;;FA;;;BU)"), 0o666);
    }
}
