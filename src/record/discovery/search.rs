//! The search in the roots of a manifest.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::file_names;
use super::found::{CutShort, Discovery, Ignored, MAX_DIRECTORIES, MAX_ENTRIES, MAX_FOUND};
use crate::platform::{self, Directory, FileId, Ownership, UserId, Writer};
use crate::record::record::Record;
use crate::record::schema::{CacheManifest, RootKind};

/// Kinds of root in which daemons keep their identity, in the order of the search.
const KINDS: [RootKind; 2] = [RootKind::Locks, RootKind::Runtime];

/// Searches the roots of a manifest for the identity of its daemon.
///
/// Roots of kind `locks` or `runtime` are searched for the names that daemons use:
/// `daemon*.running-process.json`, `daemon-identity.json`, `SERVICE.identity.json`
/// (any `*.identity.json` if the service has none of its name) and
/// `broker-route-claim.pb`.
///
/// The writer of the manifest determines the directories of the search, but not its
/// duration, which has limits; see [`CutShort`].
#[must_use]
pub fn discover(manifest: &Record) -> Discovery {
    let Some(content) = manifest.content.manifest() else {
        return Discovery::default();
    };
    let mut search = Search {
        service: content.service_name.clone(),
        owner: manifest
            .ownership
            .map_or_else(platform::effective_uid, |ownership| ownership.owner),
        seen: HashSet::new(),
        entries: 0,
        discovery: Discovery::default(),
    };
    let mut distinct = HashSet::new();
    for root in roots(content) {
        if !distinct.insert(root) {
            continue;
        }
        search.search_guarded(root, distinct.len());
        if search.discovery.cut_short.is_some() {
            break;
        }
    }
    search.discovery
}

/// Returns the roots that may hold an identity.
fn roots(manifest: &CacheManifest) -> impl Iterator<Item = &Path> {
    let of_kind = |kind| {
        manifest
            .roots
            .iter()
            .filter(move |root| RootKind::try_from(root.kind) == Ok(kind))
    };
    KINDS
        .into_iter()
        .flat_map(of_kind)
        .map(|root| Path::new(&root.path))
        .filter(|path| path.is_absolute())
}

/// The state of a search.
#[derive(Clone, Serialize, Deserialize)]
struct Search {
    service: String,
    /// User ID of the manifest's owner.
    owner: UserId,
    /// Directories that were examined; a directory may have several paths.
    seen: HashSet<FileId>,
    /// Number of directory entries that were read.
    entries: usize,
    discovery: Discovery,
}

impl Search {
    /// Searches a root, also if it is on a file system that may hang.
    fn search_guarded(&mut self, root: &Path, number: usize) {
        let search = || {
            let mut search = self.clone();
            search.search_root(root, number);
            Ok(search)
        };
        match platform::guarded(search, search) {
            Ok(search) => *self = search,
            Err(error) => self
                .discovery
                .ignored
                .push(Ignored::failed(root.to_owned(), &error)),
        }
    }

    /// Searches a root, the `number`th one. For a root that is a file, its directory
    /// is searched.
    fn search_root(&mut self, root: &Path, number: usize) {
        if number > MAX_DIRECTORIES {
            self.discovery.cut_short = Some(CutShort::Directories(root.to_owned()));
            return;
        }
        let (path, opened) = match (Directory::open(root), root.parent()) {
            (Err(error), Some(parent)) if error.kind() == io::ErrorKind::NotADirectory => {
                (parent, Directory::open(parent))
            }
            (opened, _) => (root, opened),
        };
        let searched = opened
            .and_then(|directory| Ok((directory.id()?, directory)))
            .map_err(|error| Ignored::failed(path.to_owned(), &error))
            .and_then(|(id, directory)| {
                if self.seen.insert(id) {
                    self.search_directory(path, &directory)
                } else {
                    Ok(())
                }
            });
        self.discovery.ignored.extend(searched.err());
    }

    /// Searches a directory, and adds its identities to the result.
    fn search_directory(&mut self, path: &Path, directory: &Directory) -> Result<(), Ignored> {
        let failed = |error: io::Error| Ignored::failed(path.to_owned(), &error);
        refuse_foreign(path, directory.ownership().map_err(failed)?, self.owner)?;
        self.refuse_detour(path, directory)?;
        let names = self.identity_names(directory).map_err(failed)?;
        let Some(names) = names else {
            self.discovery.cut_short = Some(CutShort::Entries(path.to_owned()));
            return Ok(());
        };
        self.discovery.searched.push(path.to_owned());
        for name in names {
            let file = path.join(&name);
            match check_usable(directory, &name, &file, self.owner) {
                Err(ignored) => self.discovery.ignored.push(ignored),
                Ok(()) if self.discovery.found.len() == MAX_FOUND => {
                    self.discovery.cut_short = Some(CutShort::Identities(path.to_owned()));
                    break;
                }
                Ok(()) => self.discovery.found.push(file),
            }
        }
        Ok(())
    }

    /// Refuses a directory to which a link or a directory of a third user leads.
    fn refuse_detour(&self, path: &Path, directory: &Directory) -> Result<(), Ignored> {
        let is_third = |writer: &&Writer| writer.user.is_some_and(|user| user != self.owner);
        match directory.writers().iter().find(is_third) {
            None => Ok(()),
            Some(writer) => Err(Ignored::refused(path.to_owned(), writer.reason.clone())),
        }
    }

    /// Returns the names of the identities in a directory, sorted, or `None` if it
    /// has more entries than may be read: the choice depends on all names.
    fn identity_names(&mut self, directory: &Directory) -> io::Result<Option<Vec<OsString>>> {
        let mut names = Vec::new();
        for name in directory.names()? {
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                return Ok(None);
            }
            let name = name?;
            if file_names::is_identity(&name) {
                names.push(name);
            }
        }
        names.sort();
        file_names::prefer_service(&mut names, &self.service);
        Ok(Some(names))
    }
}

/// Checks that an identity file may be read.
fn check_usable(
    directory: &Directory,
    name: &OsStr,
    path: &Path,
    owner: UserId,
) -> Result<(), Ignored> {
    let ownership = directory.ownership_of(name);
    match ownership.map_err(|error| Ignored::failed(path.to_owned(), &error))? {
        None => {
            let why = "it is a symbolic link".to_owned();
            Err(Ignored::refused(path.to_owned(), why))
        }
        Some(ownership) => refuse_foreign(path, ownership, owner),
    }
}

/// Refuses a file or directory whose owner is neither the owner of the manifest nor root.
fn refuse_foreign(path: &Path, ownership: Ownership, owner: UserId) -> Result<(), Ignored> {
    if ownership.belongs_to(owner) {
        return Ok(());
    }
    let why = format!(
        "it belongs to user ID {}, the manifest to user ID {owner}",
        ownership.owner
    );
    Err(Ignored::refused(path.to_owned(), why))
}
