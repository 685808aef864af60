//! Private groups: those that have one user.

use crate::platform::types::UserId;

/// Returns the only user of a group, by
/// [passwd(5)](https://man7.org/linux/man-pages/man5/passwd.5.html) and
/// [group(5)](https://man7.org/linux/man-pages/man5/group.5.html): the user whose primary
/// group it is, if it has no other member. `None` if there is none, or if it is not known.
///
/// A group without a name belongs to the user without a name that has the same ID.
/// Directory services are not asked, because their answer can take any time.
pub(super) fn sole_member(group: u32) -> Option<UserId> {
    let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
    let groups = std::fs::read_to_string("/etc/group").ok()?;
    sole_member_in(&passwd, &groups, group)
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
}
