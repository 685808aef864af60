//! Symbolic links on a walk.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{AtFlags, Stat, readlinkat, statat};
use rustix::io::Errno;

use super::held::Held;
use super::walk::{End, Walk, is_same};

impl Walk {
    /// Goes on along a link in the directory that was reached, by
    /// [readlinkat(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/readlinkat.2.html).
    #[expect(clippy::needless_pass_by_value, reason = "other systems go on with it")]
    pub(super) fn follow(
        &mut self,
        name: OsString,
        _: &Held,
        stat: &Stat,
    ) -> io::Result<Option<End>> {
        self.count_link()?;
        self.place.examine_link(&name, stat);
        let target = readlinkat(&self.place.directory, &name, Vec::new())?.into_bytes();
        // Otherwise, the link that was read is not the one that was examined.
        let now = statat(&self.place.directory, &name, AtFlags::SYMLINK_NOFOLLOW)?;
        if !is_same(&now, stat) {
            return Err(Errno::AGAIN.into());
        }
        self.go_along(Path::new(OsStr::from_bytes(&target)))?;
        Ok(None)
    }
}
