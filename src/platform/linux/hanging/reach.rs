//! Opening a path without entering a mount that may hang.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, OFlags, ResolveFlags, openat, openat2, readlinkat};
use rustix::io::Errno;

use super::mode;
use super::mounts::{self, mount_that_may_hang};
use crate::platform::types::Mount;

/// The maximum number of symbolic links on a path, as in the kernel.
const MAX_LINKS: usize = 40;

/// Stops at the border of a mount.
const WITHIN_MOUNT: ResolveFlags = ResolveFlags::NO_XDEV.union(ResolveFlags::NO_MAGICLINKS);

const STEP: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Opens a path with `flags`, by
/// [openat2(2)](https://man7.org/linux/man-pages/man2/openat2.2.html).
///
/// The mount of the root directory is always entered, because this program runs from it.
///
/// # Errors
///
/// An error of the system; or a refusal, which `guarded` notices, at a mount that
/// may hang.
pub(in crate::platform::linux) fn open(path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    let flags = flags | OFlags::CLOEXEC;
    if mode::is_apart() {
        return Ok(openat(CWD, path, flags, Mode::empty())?);
    }
    if let Some((descriptor, rest)) = below_descriptor(path) {
        return open_below(&descriptor, rest, flags);
    }
    if path.is_absolute() {
        match openat2(CWD, path, flags, Mode::empty(), WITHIN_MOUNT) {
            Err(Errno::XDEV | Errno::LOOP) => {}
            // Sandboxes may know openat(2) only.
            Err(Errno::NOSYS | Errno::PERM) => {
                return Ok(openat(CWD, path, flags, Mode::empty())?);
            }
            opened => return Ok(opened?),
        }
    }
    Walk::along(path)?.run(flags)
}

/// Opens the working directory with `O_PATH`.
///
/// # Errors
///
/// As for [`open`].
pub(in crate::platform::linux) fn working_directory() -> io::Result<OwnedFd> {
    let here = openat(CWD, ".", STEP | OFlags::DIRECTORY, Mode::empty())?;
    match mount_that_may_hang(&here) {
        Some(mount) if !mode::is_apart() => Err(mode::refuse(mount)),
        _ => Ok(here),
    }
}

/// Opens a path below a directory of another process with `O_PATH`, within `limits`.
///
/// # Errors
///
/// As for [`open`].
pub(in crate::platform::linux) fn open_in(
    directory: &OwnedFd,
    path: &Path,
    limits: ResolveFlags,
) -> io::Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    if mode::is_apart() {
        return Ok(openat2(directory, path, flags, Mode::empty(), limits)?);
    }
    if let Some(mount) = mount_that_may_hang(directory) {
        return Err(mode::refuse(mount));
    }
    match openat2(
        directory,
        path,
        flags,
        Mode::empty(),
        limits | ResolveFlags::NO_XDEV,
    ) {
        Err(Errno::XDEV) => Err(mode::refuse(Mount::default())),
        opened => Ok(opened?),
    }
}

/// Splits a path into that of a descriptor of this process and the rest.
fn below_descriptor(path: &Path) -> Option<(PathBuf, &Path)> {
    let below = path.strip_prefix("/proc/self/fd").ok()?;
    let number = below.components().next()?;
    let rest = below.strip_prefix(number).ok()?;
    Some((Path::new("/proc/self/fd").join(number), rest))
}

fn open_below(descriptor: &Path, rest: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    let below = openat(
        CWD,
        descriptor,
        OFlags::PATH | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    if let Some(mount) = mount_that_may_hang(&below) {
        return Err(mode::refuse(mount));
    }
    if rest.as_os_str().is_empty() {
        return Ok(openat(CWD, descriptor, flags, Mode::empty())?);
    }
    match openat2(&below, rest, flags, Mode::empty(), WITHIN_MOUNT) {
        Err(Errno::XDEV) => Err(mode::refuse(Mount::default())),
        opened => Ok(opened?),
    }
}

/// Takes one step from the directory `at`, whose path without links is `path`, by the name
/// of a file in it.
///
/// # Errors
///
/// As for [`open`].
pub(in crate::platform::linux) fn step(
    at: impl AsFd,
    path: &Path,
    name: &OsStr,
    flags: OFlags,
) -> io::Result<OwnedFd> {
    let flags = flags | OFlags::CLOEXEC;
    if mode::is_apart() {
        return Ok(openat(at, name, flags, Mode::empty())?);
    }
    match openat2(&at, name, flags, Mode::empty(), WITHIN_MOUNT) {
        Err(Errno::XDEV) => cross(at, &path.join(name), name, flags),
        Err(Errno::NOSYS | Errno::PERM) => Ok(openat(at, name, flags, Mode::empty())?),
        opened => Ok(opened?),
    }
}

/// Follows the link `name` of `/proc` in the directory `at`, whose path without links is
/// `path`, to what only the kernel knows. If that may be on any file system, it is refused:
/// to follow the link can touch it.
///
/// # Errors
///
/// As for [`open`].
pub(in crate::platform::linux) fn jump(
    at: impl AsFd,
    path: &Path,
    name: &OsStr,
) -> io::Result<OwnedFd> {
    if !mode::is_apart() && !is_own(path) {
        return Err(mode::refuse(Mount::default()));
    }
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let behind = openat(at, name, flags, Mode::empty())?;
    match mount_that_may_hang(&behind) {
        // A helper has another standard input.
        Some(mount) if !mode::is_apart() && name != "0" => Err(mode::refuse(mount)),
        _ => Ok(behind),
    }
}

/// Returns whether the links in a directory of `/proc` are those of this process, or lead
/// to other directories of `/proc`.
fn is_own(path: &Path) -> bool {
    let own = Path::new("/proc").join(std::process::id().to_string());
    let names = ["/proc/self", "/proc/thread-self"].map(Path::new);
    path == Path::new("/proc")
        || names.iter().any(|name| path.starts_with(name))
        || path.starts_with(own)
}

/// Enters the mount at `point`, which is `name` in the directory `at`.
fn cross(at: impl AsFd, point: &Path, name: &OsStr, flags: OFlags) -> io::Result<OwnedFd> {
    // Above a mount is one through which the walk has come.
    if name != ".."
        && let Some(mount) = mounts::at_point(point)
    {
        return Err(mode::refuse(mount));
    }
    let entered = openat(at, name, flags, Mode::empty())?;
    // Another file system may have been mounted there since.
    match mount_that_may_hang(&entered) {
        Some(mount) => Err(mode::refuse(mount)),
        None => Ok(entered),
    }
}

/// A walk along a path, from mount to mount.
struct Walk {
    at: OwnedFd,
    /// The path of `at`, without symbolic links.
    path: PathBuf,
    ahead: VecDeque<OsString>,
    links: usize,
}

impl Walk {
    fn along(path: &Path) -> io::Result<Self> {
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

    fn run(mut self, flags: OFlags) -> io::Result<OwnedFd> {
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
