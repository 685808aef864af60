//! Access control lists as texts.

/// A user or group that a list gives rights to change a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::platform) enum Grantee {
    User(u32),
    Group(u32),
}

/// The rights with which a file can be changed or given away, or what a directory has be
/// replaced.
const CHANGING: [&str; 9] = [
    "write",
    "append",
    "delete",
    "delete_child",
    "add_file",
    "add_subdirectory",
    "writesecurity",
    "chown",
    "writeextattr",
];

/// Reads the users and groups that may change a file, from the text of
/// [acl_to_text(3)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man3/acl_to_text.3.html):
/// lines such as `user:UUID:ann:501:allow:write,append`. `None` if a line has another form, or
/// one of them has no number here.
pub(in crate::platform) fn grantees(text: &str) -> Option<Vec<Grantee>> {
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if line.starts_with("!#acl ") {
            continue;
        }
        let fields: Vec<&str> = line.split(':').collect();
        let [kind, _, _, id, effect, rights] = fields[..] else {
            return None;
        };
        let mut effect = effect.split(',');
        let is_allowed = effect.next() == Some("allow");
        // It counts for new files alone.
        let is_for_others = effect.any(|flag| flag == "only_inherit");
        if !is_allowed || is_for_others || !rights.split(',').any(|it| CHANGING.contains(&it)) {
            continue;
        }
        found.push(match (kind, id.parse()) {
            ("user", Ok(id)) => Grantee::User(id),
            ("group", Ok(id)) => Grantee::Group(id),
            _ => return None,
        });
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rights_to_change_a_file_count() {
        let text = "!#acl 1\n\
            group:ABCDEFAB-CDEF-ABCD-EFAB-CDEF0000000C:everyone:12:deny:delete\n\
            user:FFFFEEEE-DDDD-CCCC-BBBB-AAAA000001F6:bob:502:allow:read,execute\n\
            user:FFFFEEEE-DDDD-CCCC-BBBB-AAAA000001F5:ann:501:allow:read,write\n\
            group:ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000014:staff:20:allow,directory_inherit:add_file\n\
            user:A:cy:503:allow,file_inherit,only_inherit:write\n";
        let found = [Grantee::User(501), Grantee::Group(20)];
        assert_eq!(grantees(text).unwrap(), found);
        assert!(grantees("").unwrap().is_empty());
    }

    #[test]
    fn a_line_of_another_form_is_not_understood() {
        for line in ["user:1:allow:write", "user:ABCD:::allow:write"] {
            assert_eq!(grantees(&format!("!#acl 1\n{line}\n")), None, "{line}");
        }
    }
}
