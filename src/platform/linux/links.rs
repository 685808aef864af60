//! Symbolic links on a walk, of
//! [symlink(7)](https://man7.org/linux/man-pages/man7/symlink.7.html).

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{Stat, fstat, readlinkat};
use rustix::io::Errno;

use super::hanging::jump;
use super::kernel_files;
use super::place::{Place, unseen};
use super::walk::{End, Walk, is_same};

impl Walk {
    /// Goes on along the link that is held, or returns the file to which the kernel leads.
    pub(super) fn follow(
        &mut self,
        name: OsString,
        link: &OwnedFd,
        stat: &Stat,
    ) -> io::Result<Option<End>> {
        self.count_link()?;
        self.place.examine_link(&name, stat);
        let target = readlinkat(link, "", Vec::new())?.into_bytes();
        let target = Path::new(OsStr::from_bytes(&target));
        if kernel_files::is_in_proc(link)? {
            return self.follow_in_proc(name, target);
        }
        self.go_along(target)?;
        Ok(None)
    }

    /// Follows a link of `/proc`, which the kernel leads to a file whatever its text says.
    /// The directories on the path in its text count if they lead to that file.
    fn follow_in_proc(&mut self, name: OsString, target: &Path) -> io::Result<Option<End>> {
        let held = jump(&self.place.directory, &self.place.path, &name)?;
        let stat = fstat(&held)?;
        if !kernel_files::is_in_proc(&held)? {
            match end_of(target, self.links) {
                Ok((place, found)) if is_same(&found, &stat) => self.place.add(place.writers),
                _ => {
                    let path = self.place.path.join(&name);
                    self.place.add(vec![unseen(&path.display().to_string())]);
                }
            }
        }
        self.reach(name, held, stat, true)
    }
}

/// Returns the end of a path, and its attributes. The number of `links` before it counts,
/// so that links cannot lead to each other without end.
fn end_of(path: &Path, links: usize) -> io::Result<(Place, Stat)> {
    if !path.is_absolute() {
        return Err(Errno::NOENT.into());
    }
    let mut walk = Walk::begin(path)?;
    walk.links = links;
    let stat = match walk.run()? {
        End::Directory => fstat(&walk.place.directory)?,
        End::File(file) => file.stat,
    };
    Ok((walk.place, stat))
}
