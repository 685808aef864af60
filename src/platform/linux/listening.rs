//! The listeners of a process, found without a connection to them.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{Mode, OFlags, openat};

use super::{PinnedProcess, diagnostics};

/// The flag of a listener in `/proc/net/unix`: `__SO_ACCEPTCON`.
const LISTENS: u32 = 0x0001_0000;

impl PinnedProcess {
    /// Returns whether this process holds a listener that was bound by this path. `None` if
    /// that cannot be told, also if it holds one by a path that may be another form of it.
    /// Nothing at the path is looked at.
    ///
    /// By [proc_pid_net(5)](https://man7.org/linux/man-pages/man5/proc_pid_net.5.html), in
    /// the network namespaces of this process and of the caller.
    pub(crate) fn listens_at(&self, path: &Path) -> Option<bool> {
        let path_bytes = path.as_os_str().as_bytes();
        // A line of the table ends there, and with it the path.
        if path_bytes.contains(&b'\n') {
            return None;
        }
        let tables = self.tables_of_sockets().ok()?;
        let lines = || {
            tables
                .iter()
                .flat_map(|table| table.split(|&byte| byte == b'\n'))
        };
        let listeners = || lines().filter_map(listener);
        let inodes = |is_it: fn(&[u8], &[u8]) -> bool| {
            let those = listeners().filter(|(_, bound)| is_it(bound, path_bytes));
            those.map(|(inode, _)| inode).collect::<Vec<_>>()
        };
        if self
            .holds_socket(&inodes(|bound, path| bound == path))
            .ok()?
        {
            return Some(true);
        }
        let holds_another_form = self.holds_socket(&inodes(may_be_same)).ok()?;
        (!holds_another_form).then_some(false)
    }

    /// Reads `/proc/net/unix` in the namespaces of this process and of the caller.
    fn tables_of_sockets(&self) -> io::Result<[Vec<u8>; 2]> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let theirs = File::from(openat(&self.proc_dir, "net/unix", flags, Mode::empty())?);
        let ours = File::open("/proc/self/net/unix")?;
        let mut tables = [Vec::new(), Vec::new()];
        for (mut file, table) in [theirs, ours].into_iter().zip(&mut tables) {
            file.read_to_end(table)?;
        }
        Ok(tables)
    }
}

/// Returns the inode and the path in a line of `/proc/net/unix`, if it is of a listener that
/// is bound to a path.
fn listener(line: &[u8]) -> Option<(u32, &[u8])> {
    // The number, the references, the protocol, the flags, the type and the state, each
    // followed by one space; then the inode, which is padded, and the path.
    let mut fields = line.splitn(7, |&byte| byte == b' ');
    let flags = std::str::from_utf8(fields.nth(3)?).ok()?;
    let rest = fields.nth(2)?.trim_ascii_start();
    let end = rest.iter().position(|&byte| byte == b' ')?;
    let inode: u64 = std::str::from_utf8(&rest[..end]).ok()?.parse().ok()?;
    let is_listener = u32::from_str_radix(flags, 16).ok()? & LISTENS != 0;
    is_listener.then(|| (diagnostics::low_half(inode), &rest[end + 1..]))
}

/// Returns whether two paths may name one file: one is relative and has the name of the
/// other, or one continues the other upwards, as through links (`/var/run`) or in another
/// root directory.
fn may_be_same(bound: &[u8], path: &[u8]) -> bool {
    let name = |path: &[u8]| path.rsplit(|&byte| byte == b'/').next().map(<[u8]>::to_vec);
    let is_relative = !bound.starts_with(b"/") || !path.starts_with(b"/");
    bound.ends_with(path) || path.ends_with(bound) || (is_relative && name(bound) == name(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_read_with_its_path() {
        let line = b"00000000df308e20: 00000002 00000000 00010000 0001 01    18 /run/a b/s";
        assert_eq!(listener(line), Some((18, b"/run/a b/s".as_slice())));
        let connected = b"00000000df308e20: 00000002 00000000 00000000 0001 03 1032718 /run/s";
        assert_eq!(listener(connected), None);
        let unnamed = b"00000000a9b93975: 00000003 00000000 00010000 0001 01 1260492";
        assert_eq!(listener(unnamed), None);
    }

    #[test]
    fn forms_of_one_path_are_not_taken_for_two_files() {
        for bound in ["s", "./s", "../b/s", "/var/run/a/s", "/a/s"] {
            assert!(may_be_same(bound.as_bytes(), b"/run/a/s"), "{bound}");
        }
        for bound in ["/run/b/s", "t", "/s/t"] {
            assert!(!may_be_same(bound.as_bytes(), b"/run/a/s"), "{bound}");
        }
    }
}
