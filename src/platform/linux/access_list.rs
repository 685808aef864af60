//! Access control lists, of
//! [acl(5)](https://man7.org/linux/man-pages/man5/acl.5.html).

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

use rustix::buffer::spare_capacity;
use rustix::fs::{Stat, getxattr};
use rustix::io::Errno;

/// A user or group that a list gives access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grantee {
    User(u32),
    Group(u32),
}

/// The largest extended attribute, in bytes.
const MAX_LEN: usize = 1 << 16;

/// The version of the format in the attribute, and the tags and the bit for write access
/// in its entries.
const VERSION: u32 = 2;
const USER: u16 = 0x02;
const GROUP_OF_FILE: u16 = 0x04;
const GROUP: u16 = 0x08;
const MASK: u16 = 0x10;
const WRITE: u16 = 0x02;

/// Returns whether a file with this mode can have other writers than its owner and all users:
/// without access of the group, no list gives any, because the bits of the group are its mask.
pub(super) fn may_grant(mode: u32) -> bool {
    mode & 0o020 != 0
}

/// Returns the users and groups, besides the owner and all users, who can write to an
/// open file, by [getxattr(2)](https://man7.org/linux/man-pages/man2/getxattr.2.html).
/// Without a list, that is the group of the file.
///
/// The path through `/proc` also works for a descriptor with `O_PATH`, which fgetxattr(2)
/// refuses.
pub(super) fn writers(file: BorrowedFd<'_>, stat: &Stat) -> io::Result<Vec<Grantee>> {
    let group = stat.st_gid;
    let mut list = Vec::with_capacity(MAX_LEN);
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    let name = "system.posix_acl_access";
    match getxattr(path, name, spare_capacity(&mut list)) {
        Ok(_) => parse(&list, group).ok_or_else(|| io::ErrorKind::InvalidData.into()),
        Err(Errno::NODATA | Errno::OPNOTSUPP) => Ok(vec![Grantee::Group(group)]),
        Err(error) => Err(error.into()),
    }
}

fn parse(list: &[u8], group: u32) -> Option<Vec<Grantee>> {
    let (version, entries) = list.split_first_chunk()?;
    let (entries, rest) = entries.as_chunks::<8>();
    if u32::from_le_bytes(*version) != VERSION || !rest.is_empty() {
        return None;
    }
    let entry = |&[t0, t1, p0, p1, i0, i1, i2, i3]: &[u8; 8]| {
        (
            u16::from_le_bytes([t0, t1]),
            u16::from_le_bytes([p0, p1]),
            u32::from_le_bytes([i0, i1, i2, i3]),
        )
    };
    let entries = || entries.iter().map(entry);
    let is_masked = entries().any(|(tag, rights, _)| tag == MASK && rights & WRITE == 0);
    let grantee = |(tag, rights, id): (u16, u16, u32)| match tag {
        _ if rights & WRITE == 0 || is_masked => None,
        USER => Some(Grantee::User(id)),
        GROUP => Some(Grantee::Group(id)),
        GROUP_OF_FILE => Some(Grantee::Group(group)),
        _ => None,
    };
    Some(entries().filter_map(grantee).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[(u16, u16, u32)]) -> Vec<u8> {
        let mut list = VERSION.to_le_bytes().to_vec();
        for (tag, rights, id) in entries {
            list.extend(tag.to_le_bytes());
            list.extend(rights.to_le_bytes());
            list.extend(id.to_le_bytes());
        }
        list
    }

    #[test]
    fn a_list_gives_write_access_as_far_as_its_mask_lets() {
        let named = [(USER, 7, 10), (USER, 5, 11), (GROUP, 2, 12)];
        let list = |mask| {
            let own = [(1, 6, u32::MAX), (GROUP_OF_FILE, 6, u32::MAX)];
            list(&[&own[..], &named, &[(MASK, mask, u32::MAX)]].concat())
        };
        let (of_file, user, group) = (Grantee::Group(9), Grantee::User(10), Grantee::Group(12));
        assert_eq!(parse(&list(7), 9), Some(vec![of_file, user, group]));
        assert_eq!(parse(&list(5), 9), Some(vec![]));
    }

    #[test]
    fn a_list_of_another_form_is_not_understood() {
        assert_eq!(parse(b"", 9), None);
        assert_eq!(parse(&[3, 0, 0, 0], 9), None);
        assert_eq!(parse(&[2, 0, 0, 0, 1], 9), None);
    }
}
