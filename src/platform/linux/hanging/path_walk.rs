//! The way along a whole path, from mount to mount.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, OFlags, ResolveFlags, openat, openat2, readlinkat};
use rustix::io::Errno;

use super::mode;
use super::steps::{STEP, WITHIN_MOUNT, step};
use crate::platform::types::Mount;

/// The maximum number of symbolic links on a path, as in the kernel.
const MAX_LINKS: usize = 40;

/// A walk along a path, from mount to mount.
pub(super) struct PathWalk {
    at: OwnedFd,
    /// The path of `at`, without symbolic links.
    path: PathBuf,
    ahead: VecDeque<OsString>,
    links: usize,
}

impl PathWalk {
    pub(super) fn along(path: &Path) -> io::Result<Self> {
        let mut ahead = names(path);
        if path.as_os_str().as_bytes().ends_with(b"/") {
            ahead.push_back(".".into());
        }
        if path.as_os_str().is_empty() {
            return Err(Errno::NOENT.into());
        }
        if !path.is_absolute() {
            let here = std::env::current_dir()?;
            ahead = names(&here).into_iter().chain(ahead).collect();
        }
        Ok(Self {
            at: root()?,
            path: "/".into(),
            ahead,
            links: 0,
        })
    }

    pub(super) fn run(mut self, flags: OFlags) -> io::Result<OwnedFd> {
        loop {
            let rest: PathBuf = self.ahead.iter().collect();
            let rest = if self.ahead.is_empty() {
                Path::new(".")
            } else {
                &rest
            };
            match openat2(&self.at, rest, flags, Mode::empty(), WITHIN_MOUNT) {
                Err(Errno::XDEV | Errno::LOOP) => {}
                opened => return Ok(opened?),
            }
            let Some(name) = self.ahead.pop_front() else {
                return Err(Errno::LOOP.into());
            };
            if name == ".." {
                self.go_up()?;
                continue;
            }
            let is_last = self.ahead.is_empty();
            if is_last && flags.contains(OFlags::NOFOLLOW) {
                return step(&self.at, &self.path, &name, flags);
            }
            let next = self.enter(&name)?;
            if self.follow(&name, &next)? {
                continue;
            }
            self.at = next;
            self.path.push(name);
        }
    }

    /// Enters a directory or link.
    fn enter(&self, name: &OsStr) -> io::Result<OwnedFd> {
        step(&self.at, &self.path, name, STEP)
    }

    /// Continues at the target of a link. Returns whether `file` is one.
    fn follow(&mut self, name: &OsStr, file: &OwnedFd) -> io::Result<bool> {
        if FileType::from_raw_mode(rustix::fs::fstat(file)?.st_mode) != FileType::Symlink {
            return Ok(false);
        }
        self.links += 1;
        if self.links > MAX_LINKS {
            return Err(Errno::LOOP.into());
        }
        // It may lead to any file system, which is touched by following it.
        if self.path.starts_with("/proc") && self.is_magic(name)? {
            return Err(mode::refuse(Mount::default()));
        }
        let target = readlinkat(file, "", Vec::new())?.into_bytes();
        let target = Path::new(OsStr::from_bytes(&target));
        if target.is_absolute() {
            self.at = root()?;
            self.path = "/".into();
        }
        let ahead = std::mem::take(&mut self.ahead);
        self.ahead = names(target).into_iter().chain(ahead).collect();
        Ok(true)
    }

    /// Returns whether a link of `/proc` leads to a file whatever its text says.
    fn is_magic(&self, name: &OsStr) -> io::Result<bool> {
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        match openat2(
            &self.at,
            name,
            flags,
            Mode::empty(),
            ResolveFlags::NO_MAGICLINKS,
        ) {
            Err(Errno::LOOP) => Ok(true),
            Ok(_) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Goes to the directory above, which may be on another mount.
    fn go_up(&mut self) -> io::Result<()> {
        self.path.pop();
        let ahead = std::mem::take(&mut self.ahead);
        self.ahead = names(&self.path).into_iter().chain(ahead).collect();
        self.at = root()?;
        self.path = "/".into();
        Ok(())
    }
}

fn root() -> io::Result<OwnedFd> {
    Ok(openat(CWD, "/", STEP, Mode::empty())?)
}

/// Returns the names on a path, without the root and without `.`.
fn names(path: &Path) -> VecDeque<OsString> {
    path.components()
        .filter(|component| matches!(component, Component::Normal(_) | Component::ParentDir))
        .map(|component| component.as_os_str().to_owned())
        .collect()
}
