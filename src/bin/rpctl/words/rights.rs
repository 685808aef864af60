//! Words for users and their rights.

use rpctl::__private;

use super::Words;

impl Words {
    /// Returns the user or the place with more rights for a command.
    pub(crate) fn with_all_rights(self, command: &str) -> String {
        if self.is_windows() {
            format!("run it in a terminal of an administrator (Run as administrator): {command}")
        } else {
            format!("run it as root: sudo {command}")
        }
    }

    /// Returns the two users, one of which has more rights for a command.
    pub(crate) fn with_rights(self, command: &str) -> String {
        if self.is_windows() {
            format!(
                "run it as the daemon's user, or in a terminal of an administrator (Run as \
                 administrator): {command}"
            )
        } else {
            format!("run it as the daemon's user, or as root: sudo {command}")
        }
    }

    /// Returns how a command is run as another user, who has this number: the beginning of
    /// a hint, and of the command.
    pub(crate) fn as_user(self, owner: u32) -> (String, String) {
        let run = "run it as the owner of the record".to_owned();
        if self.is_windows() {
            return match __private::user_name(owner).filter(|_| owner != 0) {
                Some(name) => (format!("{run}, {name}"), String::new()),
                None => (
                    format!("{run}, in a terminal of an administrator"),
                    String::new(),
                ),
            };
        }
        let before = match owner {
            _ if __private::user_id() == 0 => format!("setpriv --reuid={owner} --clear-groups "),
            0 => "sudo ".to_owned(),
            _ => format!("sudo -u '#{owner}' "),
        };
        (run, before)
    }

    /// Returns the hint about a signal that the system refused.
    pub(crate) fn right_to_signal(self) -> &'static str {
        match __private::user_id() {
            _ if self.is_windows() => {
                "run it as the daemon's user, or in a terminal of an administrator; Windows \
                 protects some processes from all of them"
            }
            0 => "root may not signal it from here: run it outside of this container",
            _ => "run it as the daemon's user, or as root",
        }
    }

    /// Returns the hint about a descendant that is denied.
    pub(crate) fn right_to_hold(self) -> &'static str {
        if self.is_windows() {
            "run it in a terminal of an administrator"
        } else {
            "run it as root, where /proc hides no process"
        }
    }

    /// Returns the hint about a file that is denied.
    pub(crate) fn right_to_file(self) -> &'static str {
        match __private::user_id() {
            _ if self.is_windows() => {
                "check the permissions (icacls), and whether another program has it open, or run \
                 it as the owner"
            }
            0 => {
                "this is denied to root, too: check the attributes of the file (lsattr), its file \
                 system, and the capabilities of this container"
            }
            _ => "check the permissions, or run it as the owner or as root",
        }
    }

    /// Returns the hint to make a record one's own.
    pub(crate) fn make_private(self) -> &'static str {
        if self.is_windows() {
            "make the record and the directories above it yours alone (icacls, takeown), or \
             accept it as it is: --trust-record"
        } else {
            "make the record and the directories above it yours alone (chmod go-w, chown, \
             setfacl -b), or accept it as it is: --trust-record"
        }
    }

    /// Returns the hint to make the records of a registry one's own.
    pub(crate) fn make_records_private(self) -> &'static str {
        if self.is_windows() {
            "make such a record yours alone (icacls, takeown), or remove it yourself"
        } else {
            "make such a record yours alone (chmod go-w, chown), or remove it yourself"
        }
    }
}
