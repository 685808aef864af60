//! The listeners of a process, found without a connection to them.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use netlink_packet_sock_diag::unix::nlas::{Nla, UnixDiagName};
use netlink_packet_sock_diag::unix::{ShowFlags, UnixResponse};
use rustix::fs::{AtFlags, Mode, OFlags, openat, stat, statat};

use super::diagnostics::{self, unix_listeners};
use super::netlink::Diagnostics;
use super::process::PinnedProcess;
use super::walk::is_same;

/// The flag of a listener in `/proc/net/unix`: `__SO_ACCEPTCON`.
const LISTENS: u32 = 0x0001_0000;

impl PinnedProcess {
    /// Returns whether this process holds a listener that was bound by this path. `None` if
    /// that cannot be told, also if it holds one by a path that may be another form of it.
    /// Nothing at the path is looked at.
    ///
    /// In the network namespaces of this process and of the caller.
    pub(crate) fn listens_at(&self, path: &Path) -> Option<bool> {
        let path_bytes = path.as_os_str().as_bytes();
        // A line of the table ends there, and with it the path.
        if path_bytes.contains(&b'\n') {
            return None;
        }
        let listeners = self.listeners_around().ok()?;
        let inodes = |is_it: fn(&[u8], &[u8]) -> bool| {
            let those = listeners.iter().filter(|it| is_it(&it.path, path_bytes));
            those.map(|it| it.inode).collect::<Vec<_>>()
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

    /// Returns the listeners in the namespaces of this process and of the caller. The kernel
    /// is asked for listeners alone, because its table has every socket; but another namespace
    /// shows its table to callers who may not enter it.
    fn listeners_around(&self) -> io::Result<Vec<BoundListener>> {
        let asked = Diagnostics::new().and_then(|ours| unix_listeners(&ours, ShowFlags::NAME));
        let mut found = match asked {
            Ok(answers) => answers.iter().filter_map(BoundListener::named).collect(),
            // Sandboxes may have the table only.
            Err(_) => BoundListener::in_table(File::open("/proc/self/net/unix")?)?,
        };
        if !self.is_in_our_network() {
            let flags = OFlags::RDONLY | OFlags::CLOEXEC;
            let theirs = openat(&self.proc_dir, "net/unix", flags, Mode::empty())?;
            found.extend(BoundListener::in_table(theirs.into())?);
        }
        Ok(found)
    }

    fn is_in_our_network(&self) -> bool {
        let theirs = statat(&self.proc_dir, "ns/net", AtFlags::empty());
        let ours = stat("/proc/thread-self/ns/net");
        matches!((theirs, ours), (Ok(theirs), Ok(ours)) if is_same(&theirs, &ours))
    }
}

/// A listener that is bound to a path.
struct BoundListener {
    inode: u32,
    path: Vec<u8>,
}

impl BoundListener {
    fn named(socket: &UnixResponse) -> Option<Self> {
        let path = socket.nlas.iter().find_map(|attribute| match attribute {
            Nla::Name(UnixDiagName::Pathname(path)) => Some(path.as_bytes().to_owned()),
            _ => None,
        })?;
        let inode = socket.header.inode;
        Some(Self { inode, path })
    }

    /// Reads a table of
    /// [proc_pid_net(5)](https://man7.org/linux/man-pages/man5/proc_pid_net.5.html).
    fn in_table(mut file: File) -> io::Result<Vec<Self>> {
        let mut table = Vec::new();
        file.read_to_end(&mut table)?;
        let lines = table.split(|&byte| byte == b'\n').filter_map(listener);
        let owned = lines.map(|(inode, path)| Self {
            inode,
            path: path.to_owned(),
        });
        Ok(owned.collect())
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
