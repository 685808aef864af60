//! The walk along a path: every directory and link is examined on the descriptor that is
//! then used to go on, so that an exchange between two look-ups changes nothing.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path};

use rustix::fs::{FileType, Mode, Stat, fstat, mkdirat};
use rustix::io::Errno;

use super::files::id_of;
use super::hanging::step;
use super::held::{DIRECTORY, Held, directory_of, hold};
use super::place::Place;

/// The maximum number of symbolic links on a path, as in the kernel of Linux.
const MAX_LINKS: usize = 40;

/// A walk by [openat(2)](https://man7.org/linux/man-pages/man2/openat.2.html), as in
/// [path_resolution(7)](https://man7.org/linux/man-pages/man7/path_resolution.7.html).
#[derive(Clone, Debug)]
pub(super) struct Walk {
    /// The directory that was reached.
    pub(super) place: Place,
    pub(super) ahead: VecDeque<OsString>,
    pub(super) links: usize,
    /// Whether missing directories are created.
    creates: bool,
    /// Whether the path has to end at a directory.
    pub(super) to_directory: bool,
}

/// The end of a walk.
pub(super) enum End {
    /// The directory that was reached.
    Directory,
    /// A file in it.
    File(FoundFile),
}

/// A file that is no directory, and no symbolic link.
pub(super) struct FoundFile {
    pub(super) name: OsString,
    pub(super) held: Held,
    pub(super) stat: Stat,
    /// Whether the name is that of a link of `/proc` that only the kernel can follow.
    pub(super) is_behind_link: bool,
}

impl Walk {
    /// Walks to the directory at a path. `creates` states whether missing directories are
    /// created, with mode 0700.
    pub(super) fn to_directory(path: &Path, creates: bool) -> io::Result<Place> {
        let mut walk = Self::begin(path)?;
        walk.creates = creates;
        walk.to_directory = true;
        match walk.run()? {
            End::Directory => Ok(walk.place),
            End::File(_) => Err(Errno::NOTDIR.into()),
        }
    }

    /// Prepares a walk along a path. It starts at the root, also for a relative path.
    pub(super) fn begin(path: &Path) -> io::Result<Self> {
        if path.as_os_str().is_empty() {
            return Err(Errno::NOENT.into());
        }
        let mut walk = Self::from(if path.is_absolute() {
            Place::root()?
        } else {
            working_directory()?
        });
        walk.ahead = names(path);
        walk.to_directory = ends_as_directory(path);
        Ok(walk)
    }

    /// Prepares a walk from a directory to a file in it.
    pub(super) fn from_place(place: Place, name: &OsStr) -> Self {
        let mut walk = Self::from(place);
        walk.ahead.push_back(name.to_owned());
        walk
    }

    /// Goes to the end of the path.
    pub(super) fn run(&mut self) -> io::Result<End> {
        while let Some(name) = self.ahead.pop_front() {
            if (self.expects_directory() || name == "..") && self.enter(&name)? {
                continue;
            }
            if let Some(end) = self.examine(name)? {
                return Ok(end);
            }
        }
        Ok(End::Directory)
    }

    fn expects_directory(&self) -> bool {
        self.to_directory || !self.ahead.is_empty()
    }

    /// Goes to a directory, which mounts it if it is an automount point. Returns whether
    /// it is a directory.
    fn enter(&mut self, name: &OsStr) -> io::Result<bool> {
        let at = &self.place.directory;
        let open = || step(at, &self.place.path, name, DIRECTORY);
        let opened = match open() {
            Err(error) if self.creates && is(&error, Errno::NOENT) => {
                match mkdirat(at, name, Mode::RWXU) {
                    Ok(()) | Err(Errno::EXIST) => open(),
                    Err(error) => Err(error.into()),
                }
            }
            opened => opened,
        };
        match opened {
            Ok(directory) => {
                let stat = fstat(&directory)?;
                self.place.go(name, directory, &stat);
                Ok(true)
            }
            Err(error) if is(&error, Errno::NOTDIR) || is(&error, Errno::LOOP) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Examines a file of any kind, and returns it. From a directory or link, the walk goes
    /// on.
    fn examine(&mut self, name: OsString) -> io::Result<Option<End>> {
        let (held, stat) = hold(&self.place.directory, &self.place.path, &name)?;
        if FileType::from_raw_mode(stat.st_mode) == FileType::Symlink {
            return self.follow(name, &held, &stat);
        }
        self.reach(name, held, stat, false)
    }

    /// Goes on along the target of a symbolic link in the directory that was reached.
    pub(super) fn go_along(&mut self, target: &Path) -> io::Result<()> {
        if target.is_absolute() {
            self.place.go_to(Place::root()?);
        }
        self.to_directory |= self.ahead.is_empty() && ends_as_directory(target);
        let ahead = std::mem::take(&mut self.ahead);
        self.ahead = names(target).into_iter().chain(ahead).collect();
        Ok(())
    }

    /// Counts a symbolic link.
    pub(super) fn count_link(&mut self) -> io::Result<()> {
        self.links += 1;
        if self.links > MAX_LINKS {
            return Err(Errno::LOOP.into());
        }
        Ok(())
    }

    /// Goes on from a directory, and returns any other file.
    pub(super) fn reach(
        &mut self,
        name: OsString,
        held: Held,
        stat: Stat,
        is_behind_link: bool,
    ) -> io::Result<Option<End>> {
        if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
            self.place.go(&name, directory_of(held)?, &stat);
            return Ok(None);
        }
        if self.expects_directory() {
            return Err(Errno::NOTDIR.into());
        }
        self.place.examine_name(&name, &stat);
        Ok(Some(End::File(FoundFile {
            name,
            held,
            stat,
            is_behind_link,
        })))
    }
}

impl From<Place> for Walk {
    fn from(place: Place) -> Self {
        Self {
            place,
            ahead: VecDeque::new(),
            links: 0,
            creates: false,
            to_directory: false,
        }
    }
}

fn working_directory() -> io::Result<Place> {
    let here = Place::unnamed()?;
    let path = std::env::current_dir();
    match path.and_then(|path| Walk::to_directory(&path, false)) {
        Ok(place) if is_same(&fstat(&place.directory)?, &fstat(&here.directory)?) => Ok(place),
        _ => Ok(here),
    }
}

fn is(error: &io::Error, number: Errno) -> bool {
    Errno::from_io_error(error) == Some(number)
}

pub(super) fn is_same(one: &Stat, other: &Stat) -> bool {
    id_of(one) == id_of(other)
}

pub(super) fn ends_as_directory(path: &Path) -> bool {
    path.as_os_str().as_bytes().ends_with(b"/")
}

/// Returns the names on a path, without the root and without `.`.
pub(super) fn names(path: &Path) -> VecDeque<OsString> {
    path.components()
        .filter(|component| matches!(component, Component::Normal(_) | Component::ParentDir))
        .map(|component| component.as_os_str().to_owned())
        .collect()
}
