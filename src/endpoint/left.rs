//! The socket file that a daemon leaves behind.

use std::io;
use std::path::Path;

use crate::identity::Endpoint;
use crate::platform::{self, Directory, FileId, HeldSocket, UserId};

/// A socket file, as it was when its daemon was last seen or recorded.
#[derive(Clone, Debug)]
pub(crate) struct LeftSocket {
    endpoint: Endpoint,
    /// The identity of the file and its time of creation.
    file: (FileId, i128),
    owner: UserId,
}

impl LeftSocket {
    /// Returns the socket file at an endpoint, if there is one now and its path is not a
    /// symbolic link. A relative path names none: it belongs to the working directory of
    /// the daemon.
    pub(crate) fn at_path(endpoint: &Endpoint) -> Option<Self> {
        let path = Path::new(&endpoint.path);
        let is_link = platform::link_attributes(path).is_ok_and(|file| file.is_link);
        let is_plain = path.is_absolute() && !is_link;
        Self::following_links(endpoint).filter(|_| is_plain)
    }

    /// Returns the socket file at an endpoint, if there is one now. Symbolic links are
    /// followed.
    pub(crate) fn following_links(endpoint: &Endpoint) -> Option<Self> {
        let socket = HeldSocket::open(Path::new(&endpoint.path))?;
        Some(Self {
            endpoint: endpoint.clone(),
            file: socket.identity(),
            owner: socket.owner(),
        })
    }

    /// Returns whether the socket was created by `unix_ns`. A daemon listens before it
    /// writes its record, so a younger socket belongs to another daemon.
    pub(crate) fn is_not_younger_than(&self, unix_ns: i128) -> bool {
        self.file.1 <= unix_ns
    }

    /// Returns `self` if the file has this inode number, as far as a listener's record has
    /// it: its lower 32 bits.
    pub(crate) fn with_inode(self, low_half: u64) -> Option<Self> {
        let inode = self.file.0.inode & u128::from(u32::MAX);
        (inode == u128::from(low_half)).then_some(self)
    }

    /// Returns the path of the file.
    pub(crate) fn path(&self) -> &Path {
        Path::new(&self.endpoint.path)
    }

    /// Returns whether the path still names this file and no process has a socket that is
    /// bound to it: one that does not listen yet will.
    pub(crate) fn is_left(&self) -> bool {
        self.is_left_at(self.path())
    }

    fn is_left_at(&self, path: &Path) -> bool {
        HeldSocket::open(path)
            .is_some_and(|socket| socket.identity() == self.file && socket.is_unbound())
    }

    /// Returns the owner of the file.
    pub(crate) fn owner(&self) -> UserId {
        self.owner
    }

    /// Returns the reason that another user could have put the file there. Trusted are
    /// root, the caller and the owner of the socket.
    pub(crate) fn distrust(&self) -> Option<String> {
        let look = || Directory::of_file(self.path()).map(|place| self.distrust_in(&place));
        platform::guarded(look, look).unwrap_or_else(|error| Some(error.to_string()))
    }

    fn distrust_in(&self, directory: &Directory) -> Option<String> {
        let writers = directory.writers().iter();
        let mut others = writers.filter(|writer| writer.user != Some(self.owner));
        others.next().map(|writer| writer.reason.clone())
    }

    /// Removes the file if it is still the same and no socket is bound to it. Returns
    /// whether a file was removed.
    ///
    /// The file is inspected again after it is renamed, so the socket of a daemon that
    /// binds the path during the call is never removed.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be removed; with [`io::ErrorKind::PermissionDenied`] if
    /// other users could have put it there.
    pub(crate) fn remove(&self) -> io::Result<bool> {
        let remove = || {
            let (Ok(directory), Some(name)) =
                (Directory::of_file(self.path()), self.path().file_name())
            else {
                return Ok(false);
            };
            match self.distrust_in(&directory) {
                Some(why) if self.is_left() => Err(io::Error::new(
                    io::ErrorKind::PermissionDenied,
                    format!("others could have put it there: {why}"),
                )),
                Some(_) => Ok(false),
                None => directory.remove_if(name, |path| self.is_left_at(path)),
            }
        };
        platform::guarded(remove, remove)
    }

    /// Removes the file like [`Self::remove`], without checking who can write to the
    /// parent directories. For paths that the caller chose.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be removed.
    pub(crate) fn remove_unchecked(&self) -> io::Result<bool> {
        platform::remove_if(self.path(), |path| self.is_left_at(path))
    }
}
