//! Private groups: those that have one user.

use crate::platform::types::UserId;

/// Returns the only user of a group, by
/// [passwd(5)](https://man7.org/linux/man-pages/man5/passwd.5.html) and
/// [group(5)](https://man7.org/linux/man-pages/man5/group.5.html): the user whose primary
/// group it is, if it has no other member. `None` if there is none, or if it is not known.
///
/// A group without a name belongs to the user without a name that has the same ID.
/// Directory services are not asked, because their answer can take any time. If the system
/// uses one, it may know more members of any group, so that none is known to be private.
pub(super) fn sole_member(group: u32) -> Option<UserId> {
    // Without the file, the C library uses no service besides the files.
    let services = std::fs::read_to_string("/etc/nsswitch.conf").unwrap_or_default();
    if has_directory_service(&services) {
        return None;
    }
    let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
    let groups = std::fs::read_to_string("/etc/group").ok()?;
    sole_member_in(&passwd, &groups, group)
}

/// Returns whether the text of
/// [nsswitch.conf(5)](https://man7.org/linux/man-pages/man5/nsswitch.conf.5.html) names a
/// source of users or groups besides the files of this machine.
fn has_directory_service(services: &str) -> bool {
    /// Sources that know only users and groups of this machine, each in a group of its own.
    const LOCAL: [&str; 3] = ["files", "compat", "systemd"];
    let is_local = |source: &str| source.starts_with('[') || LOCAL.contains(&source);
    let lines = services.lines().filter_map(|line| {
        let (database, sources) = line.split('#').next()?.split_once(':')?;
        ["passwd", "group", "initgroups"]
            .contains(&database.trim())
            .then_some(sources)
    });
    lines
        .flat_map(str::split_ascii_whitespace)
        .any(|source| !is_local(source))
}

fn sole_member_in(passwd: &str, groups: &str, group: u32) -> Option<UserId> {
    let user = |line| Some((field(line, 0)?, number(line, 2)?, number(line, 3)?));
    let users: Vec<(&str, UserId, u32)> = passwd.lines().filter_map(user).collect();
    let mut primary = users.iter().filter(|(_, _, of)| *of == group);
    let mut lines = groups
        .lines()
        .filter(|line| number(line, 2) == Some(group))
        .peekable();
    let Some((name, user, _)) = primary.next() else {
        let is_named = lines.peek().is_some() || users.iter().any(|(_, user, _)| *user == group);
        return (!is_named).then_some(group);
    };
    let is_alone = primary.all(|(_, other, _)| other == user)
        && lines
            .filter_map(|line| field(line, 3))
            .flat_map(|members| members.split(','))
            .all(|member| member.is_empty() || member == *name);
    is_alone.then_some(*user)
}

fn field(line: &str, number: usize) -> Option<&str> {
    line.split(':').nth(number).map(str::trim)
}

fn number(line: &str, field: usize) -> Option<u32> {
    self::field(line, field)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const USERS: &str = "root:x:0:0::/:\nann:x:10:10::/:\nbob:x:11:11::/:\ncy:x:12:100::/:\n\
        dan:x:13:100::/:\neve:x:14:50::/:\n";
    const GROUPS: &str = "root:x:0:\nann:x:10:\nbob:x:11:ann\nusers:x:100:\neve:x:50:eve\n\
        mail:x:8:\nwork:x:20:ann\n";

    #[test]
    fn a_group_is_private_if_it_has_one_user() {
        let sole = |group| sole_member_in(USERS, GROUPS, group);
        assert_eq!(sole(10), Some(10));
        assert_eq!(sole(50), Some(14));
        // Another member, several users, no user, and a member whose primary group is
        // another one.
        for group in [11, 100, 8, 20] {
            assert_eq!(sole(group), None, "{group}");
        }
    }

    #[test]
    fn an_id_without_a_name_is_its_own_group() {
        assert_eq!(sole_member_in(USERS, GROUPS, 1235), Some(1235));
        // A user of this number has another primary group.
        assert_eq!(sole_member_in(USERS, GROUPS, 12), None);
    }

    #[test]
    fn a_directory_service_makes_every_membership_unknown() {
        let local = "passwd: files systemd\ngroup: files [SUCCESS=merge] systemd\nhosts: dns\n";
        assert!(!has_directory_service(local));
        assert!(!has_directory_service("# group: ldap\n"));
        for remote in [
            "group: files sss\n",
            "passwd:ldap\n",
            "initgroups: winbind\n",
        ] {
            assert!(has_directory_service(remote), "{remote}");
        }
    }
}
