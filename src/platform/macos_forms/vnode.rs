//! Files in the structures of `proc_pidinfo`.

use std::ffi::OsString;
#[cfg(unix)]
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use super::bytes::{before_nul, i64_at, u16_at, u32_at, u64_at};
use crate::platform::types::{FileId, FileStat};

/// The size of `struct vnode_info_path`.
const VNODE_PATH_LEN: usize = 152 + PATH_LEN;

/// The longest path, with its final NUL: `MAXPATHLEN`.
const PATH_LEN: usize = 1024;

/// The size of `struct proc_vnodepathinfo`.
pub(in crate::platform) const DIRECTORIES_LEN: usize = 2 * VNODE_PATH_LEN;

/// The size of `struct proc_regionwithpathinfo`.
pub(in crate::platform) const REGION_LEN: usize = REGION_INFO_LEN + VNODE_PATH_LEN;

/// The size of `struct proc_regioninfo`.
const REGION_INFO_LEN: usize = 96;

/// The right to execute: `VM_PROT_EXECUTE`.
const EXECUTE: u32 = 4;

/// A file that a process has mapped or has as a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform) struct VnodePath {
    pub(in crate::platform) stat: FileStat,
    pub(in crate::platform) links: u16,
    /// The path by which the system knows it now; empty if it has none.
    pub(in crate::platform) path: PathBuf,
}

/// A part of the memory of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform) struct Region {
    /// The address that follows it.
    pub(in crate::platform) end: u64,
    pub(in crate::platform) is_executable: bool,
    /// The file that is mapped there.
    pub(in crate::platform) file: Option<VnodePath>,
}

/// Reads `struct proc_regionwithpathinfo`.
pub(in crate::platform) fn region(bytes: &[u8]) -> Option<Region> {
    if bytes.len() != REGION_LEN {
        return None;
    }
    let (address, size) = (u64_at(bytes, 80)?, u64_at(bytes, 88)?);
    Some(Region {
        end: address.checked_add(size).filter(|end| *end > address)?,
        is_executable: u32_at(bytes, 0)? & EXECUTE != 0,
        file: vnode_path(&bytes[REGION_INFO_LEN..]),
    })
}

/// Reads the working directory, and the root directory if it is another one than that of the
/// system, from `struct proc_vnodepathinfo`.
pub(in crate::platform) fn directories(
    bytes: &[u8],
) -> Option<(Option<VnodePath>, Option<VnodePath>)> {
    if bytes.len() != DIRECTORIES_LEN {
        return None;
    }
    let (working, root) = bytes.split_at(VNODE_PATH_LEN);
    Some((vnode_path(working), vnode_path(root)))
}

/// Reads `struct vnode_info_path`; `None` if it describes no file.
fn vnode_path(bytes: &[u8]) -> Option<VnodePath> {
    let nanoseconds = |place| {
        let (seconds, rest) = (i64_at(bytes, place)?, i64_at(bytes, place + 8)?);
        Some(i128::from(seconds) * 1_000_000_000 + i128::from(rest))
    };
    let id = FileId {
        device: u32_at(bytes, 0)?.into(),
        inode: u64_at(bytes, 8)?.into(),
    };
    let path = before_nul(bytes.get(152..VNODE_PATH_LEN)?);
    let found = VnodePath {
        stat: FileStat {
            id,
            size: u64_at(bytes, 88)?,
            modified_ns: nanoseconds(40)?,
            changed_ns: nanoseconds(56)?,
        },
        links: u16_at(bytes, 6)?,
        path: path_of(path),
    };
    (id.inode != 0).then_some(found)
}

#[cfg(unix)]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    OsString::from_vec(bytes.to_vec()).into()
}

/// Only tests run on other systems.
#[cfg(not(unix))]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    OsString::from(String::from_utf8_lossy(bytes).into_owned()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(inode: u64, path: &str) -> Vec<u8> {
        let mut bytes = vec![0; VNODE_PATH_LEN];
        let mut put = |place: usize, value: &[u8]| {
            bytes[place..place + value.len()].copy_from_slice(value);
        };
        put(0, &0x0100_0004_u32.to_ne_bytes());
        put(6, &1_u16.to_ne_bytes());
        put(8, &inode.to_ne_bytes());
        put(40, &5_i64.to_ne_bytes());
        put(48, &6_i64.to_ne_bytes());
        put(88, &1234_i64.to_ne_bytes());
        put(152, path.as_bytes());
        bytes
    }

    #[test]
    fn a_mapped_file_is_read_with_its_path() {
        let mut bytes = vec![0; REGION_INFO_LEN];
        bytes[0..4].copy_from_slice(&5_u32.to_ne_bytes());
        bytes[80..88].copy_from_slice(&0x1_0000_0000_u64.to_ne_bytes());
        bytes[88..96].copy_from_slice(&0x4000_u64.to_ne_bytes());
        bytes.extend(file(99, "/usr/local/bin/daemon"));
        let found = region(&bytes).unwrap();
        assert!(found.is_executable);
        assert_eq!(found.end, 0x1_0000_4000);
        let file = found.file.unwrap();
        assert_eq!(file.path, PathBuf::from("/usr/local/bin/daemon"));
        assert_eq!((file.stat.id.device, file.stat.id.inode), (0x0100_0004, 99));
        assert_eq!((file.stat.size, file.links), (1234, 1));
        assert_eq!(file.stat.modified_ns, 5_000_000_006);
        assert_eq!(region(&bytes[1..]), None);
    }

    #[test]
    fn an_empty_region_has_no_end() {
        assert_eq!(region(&[0; REGION_LEN]), None);
    }

    #[test]
    fn a_process_without_a_root_of_its_own_has_none() {
        let bytes = [file(7, "/srv"), vec![0; VNODE_PATH_LEN]].concat();
        let (working, root) = directories(&bytes).unwrap();
        assert_eq!(working.unwrap().path, PathBuf::from("/srv"));
        assert_eq!(root, None);
    }
}
