//! The names of users, and the user that stands for many.

use std::sync::{Mutex, OnceLock};

use super::files::stat_of;
use crate::platform::types::{FileStat, UserId};

/// Returns the name of a user, of
/// [passwd(5)](https://man7.org/linux/man-pages/man5/passwd.5.html). Directory services are
/// not asked, because their answer can take any time.
#[must_use]
pub fn user_name(user: UserId) -> Option<String> {
    /// The file as it was read last: a run asks for the users of all its processes.
    static READ: Mutex<Option<(FileStat, String)>> = Mutex::new(None);
    let now = stat_of(&rustix::fs::stat("/etc/passwd").ok()?);
    let Ok(mut read) = READ.try_lock() else {
        return name_in(&read_passwd()?, user).map(str::to_owned);
    };
    let text = match read.take() {
        Some((stat, text)) if stat == now => text,
        _ => read_passwd()?,
    };
    let name = name_in(&text, user).map(str::to_owned);
    *read = Some((now, text));
    name
}

fn read_passwd() -> Option<String> {
    std::fs::read_to_string("/etc/passwd").ok()
}

fn name_in(passwd: &str, user: UserId) -> Option<&str> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1)?.parse() == Ok(user)).then_some(name)
    })
}

/// Returns whether an ID stands for all users that have none here: the overflow user of
/// [user_namespaces(7)](https://man7.org/linux/man-pages/man7/user_namespaces.7.html), in
/// a namespace that does not map every user.
pub(crate) fn is_overflow_user(user: UserId) -> bool {
    /// The setting of the kernel, which every probe asks for.
    static OVERFLOW: OnceLock<UserId> = OnceLock::new();
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let overflow = || read("/proc/sys/kernel/overflowuid").trim().parse();
    let overflow = OVERFLOW.get_or_init(|| overflow().unwrap_or(OVERFLOW_USER));
    user == *overflow && !maps_every_user(&read("/proc/self/uid_map"))
}

/// The overflow user, unless the kernel is configured otherwise.
const OVERFLOW_USER: UserId = 65_534;

/// Returns whether the text of `/proc/self/uid_map` maps all user IDs, the last of which
/// is reserved.
fn maps_every_user(map: &str) -> bool {
    let lengths = map
        .lines()
        .filter_map(|line| line.split_ascii_whitespace().nth(2)?.parse().ok());
    lengths.fold(0, u64::saturating_add) >= u64::from(UserId::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_named_by_its_line_alone() {
        let passwd =
            "root:x:0:0:root:/root:/bin/sh\nbroken\n:x:7:7::/:\na:x:70:7::/:\nb:x:7:0::/:\n";
        assert_eq!(name_in(passwd, 0), Some("root"));
        assert_eq!(name_in(passwd, 7), Some("b"));
        assert_eq!(name_in(passwd, 8), None);
    }

    #[test]
    fn a_map_of_a_part_leaves_users_without_an_id() {
        assert!(maps_every_user("         0          0 4294967295\n"));
        assert!(!maps_every_user("         0       1000          1\n"));
        assert!(!maps_every_user(""));
    }
}
