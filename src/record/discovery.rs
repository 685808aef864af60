//! From a manifest that names no daemon to the identity kept beside it.
//!
//! Most daemons leave `current_daemon` unset and keep their identity in a file
//! of their own, in a root of kind `locks` or `runtime`. What is looked at stays
//! within what the manifest's owner controls: the roots themselves, never below
//! them, and only files of that owner or of root.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use super::lenient::WireEnum;
use super::record::Record;
use super::schema::{CacheManifest, RootKind};
use crate::platform::{self, FileId};

/// Kinds of root in which daemons keep their identity, in the order searched.
const KINDS: [&str; 2] = ["locks", "runtime"];

/// The most directories that are looked at for one manifest.
const MAX_DIRECTORIES: usize = 64;

/// The most directory entries that are read for one manifest.
const MAX_ENTRIES: usize = 1 << 16;

/// The longest list of identities that one manifest may lead to.
const MAX_FOUND: usize = 64;

/// Where a manifest led.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The identity files found, in the order searched.
    pub found: Vec<PathBuf>,
    /// The directories searched.
    pub searched: Vec<PathBuf>,
    /// What was left alone, and why.
    pub ignored: Vec<Ignored>,
    /// Where the search ended before everything was looked at.
    pub cut_short: Option<CutShort>,
}

/// A directory at which a search ended, and by which limit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CutShort {
    /// It was one directory too many.
    #[error("the search ended at {}: no more than {MAX_DIRECTORIES} directories are searched", .0.display())]
    Directories(PathBuf),
    /// It has too many entries, together with the directories before it.
    #[error("the search ended at {}: no more than {MAX_ENTRIES} entries are read", .0.display())]
    Entries(PathBuf),
    /// It has too many identities, together with the directories before it.
    #[error("the search ended at {}: no more than {MAX_FOUND} identities are used", .0.display())]
    Identities(PathBuf),
}

/// A file or directory that was left alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} was ignored: {why}", path.display())]
pub struct Ignored {
    /// What was not looked at.
    pub path: PathBuf,
    /// Why not.
    pub why: String,
    /// Whether it is not there at all, so that no identity can be in it.
    pub is_missing: bool,
}

impl Discovery {
    /// Whether an identity may be where it was not looked.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.cut_short.is_some() || self.ignored.iter().any(|ignored| !ignored.is_missing)
    }
}

impl Ignored {
    fn refused(path: PathBuf, why: String) -> Self {
        Self {
            path,
            why,
            is_missing: false,
        }
    }

    fn failed(path: PathBuf, error: &io::Error) -> Self {
        let is_missing = error.kind() == io::ErrorKind::NotFound;
        Self {
            path,
            why: if is_missing {
                "it does not exist".to_owned()
            } else {
                error.to_string()
            },
            is_missing,
        }
    }
}

/// Look for the identity of the daemon that a manifest belongs to.
///
/// Searched are the roots of kind `locks` or `runtime`, for the names that
/// daemons use: `daemon*.running-process.json`, `daemon-identity.json`,
/// `SERVICE.identity.json` (any `*.identity.json` where there is none of the
/// service's own name) and `broker-route-claim.pb`.
///
/// Whoever wrote the manifest says where to look, but not for how long: see
/// [`CutShort`].
#[must_use]
pub fn discover(manifest: &Record) -> Discovery {
    let Some(content) = manifest.content.manifest() else {
        return Discovery::default();
    };
    let mut search = Search {
        service: &content.service_name,
        owner: manifest
            .trust
            .map_or_else(platform::effective_uid, |trust| trust.owner),
        seen: HashSet::new(),
        entries: 0,
        discovery: Discovery::default(),
    };
    let mut named = HashSet::new();
    for root in roots(content) {
        if !named.insert(root) {
            continue;
        }
        search.root(root, named.len());
        if search.discovery.cut_short.is_some() {
            break;
        }
    }
    search.discovery
}

/// The roots that may hold an identity.
fn roots(manifest: &CacheManifest) -> impl Iterator<Item = &Path> {
    let of_kind = |kind: &'static str| {
        manifest
            .roots
            .iter()
            .filter(move |root| RootKind::name(root.kind).as_deref() == Some(kind))
    };
    KINDS
        .into_iter()
        .flat_map(of_kind)
        .map(|root| Path::new(&root.path))
        .filter(|path| path.is_absolute())
}

/// A search, and how far it has come.
struct Search<'a> {
    service: &'a str,
    /// Who owns the manifest.
    owner: u32,
    /// The directories looked at; one may have many names.
    seen: HashSet<FileId>,
    /// How many directory entries were read.
    entries: usize,
    discovery: Discovery,
}

impl Search<'_> {
    /// Search a root, which is the `number`th; of a root that is a file, the
    /// directory it is in.
    fn root(&mut self, root: &Path, number: usize) {
        if number > MAX_DIRECTORIES {
            self.discovery.cut_short = Some(CutShort::Directories(root.to_owned()));
            return;
        }
        let (directory, metadata) = match (std::fs::metadata(root), root.parent()) {
            (Ok(metadata), Some(parent)) if !metadata.is_dir() => {
                (parent, std::fs::metadata(parent))
            }
            (metadata, _) => (root, metadata),
        };
        let searched = match metadata {
            Ok(metadata) if !self.seen.insert(platform::file_stat(&metadata).id) => return,
            Ok(metadata) => self.directory(directory, &metadata),
            Err(error) => Err(Ignored::failed(directory.to_owned(), &error)),
        };
        self.discovery.ignored.extend(searched.err());
    }

    /// Search a directory, and take what it adds to the identities.
    fn directory(&mut self, directory: &Path, metadata: &Metadata) -> Result<(), Ignored> {
        if let Some(why) = distrusted(metadata, self.owner) {
            return Err(Ignored::refused(directory.to_owned(), why));
        }
        let names = self
            .names(directory)
            .map_err(|error| Ignored::failed(directory.to_owned(), &error))?;
        let Some(names) = names else {
            self.discovery.cut_short = Some(CutShort::Entries(directory.to_owned()));
            return Ok(());
        };
        self.discovery.searched.push(directory.to_owned());
        for path in names.into_iter().map(|name| directory.join(name)) {
            match usable(&path, self.owner) {
                Err(ignored) => self.discovery.ignored.push(ignored),
                Ok(()) if self.discovery.found.len() == MAX_FOUND => {
                    self.discovery.cut_short = Some(CutShort::Identities(directory.to_owned()));
                    break;
                }
                Ok(()) => self.discovery.found.push(path),
            }
        }
        Ok(())
    }

    /// The names of identities in a directory, sorted; `None` where it has more
    /// entries than may be read. Which names count depends on all of them.
    fn names(&mut self, directory: &Path) -> io::Result<Option<Vec<OsString>>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(directory)? {
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                return Ok(None);
            }
            let name = entry?.file_name();
            if is_identity_name(&name) {
                names.push(name);
            }
        }
        names.sort();
        let own = format!("{}{SERVICE_SUFFIX}", self.service);
        if names.iter().any(|name| *name == *own) {
            names.retain(|name| *name == *own || !is_of_a_service(name));
        }
        Ok(Some(names))
    }
}

/// Whether an identity file may be read.
fn usable(path: &Path, owner: u32) -> Result<(), Ignored> {
    let metadata = std::fs::symlink_metadata(path)
        .map_err(|error| Ignored::failed(path.to_owned(), &error))?;
    let refused = if metadata.is_symlink() {
        Some("it is a symbolic link".to_owned())
    } else {
        distrusted(&metadata, owner)
    };
    refused.map_or(Ok(()), |why| Err(Ignored::refused(path.to_owned(), why)))
}

/// Why something does not belong to the manifest's owner; root may own anything.
fn distrusted(metadata: &Metadata, owner: u32) -> Option<String> {
    let theirs = platform::trust(metadata).owner;
    (theirs != owner && theirs != 0)
        .then(|| format!("it belongs to user ID {theirs}, the manifest to user ID {owner}"))
}

const SERVICE_SUFFIX: &str = ".identity.json";

fn is_of_a_service(name: &OsStr) -> bool {
    name.to_str()
        .and_then(|name| name.strip_suffix(SERVICE_SUFFIX))
        .is_some_and(|service| !service.is_empty())
}

fn is_identity_name(name: &OsStr) -> bool {
    let Some(text) = name.to_str() else {
        return false;
    };
    matches!(text, "daemon-identity.json" | "broker-route-claim.pb")
        || (text.starts_with("daemon") && text.ends_with(".running-process.json"))
        || is_of_a_service(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_that_daemons_use_are_known_and_no_others() {
        for name in [
            "daemon.running-process.json",
            "daemon-dev-main.running-process.json",
            "daemon-identity.json",
            "py-svc.identity.json",
            "broker-route-claim.pb",
        ] {
            assert!(is_identity_name(OsStr::new(name)), "{name}");
        }
        for name in [
            "identity.json",
            ".identity.json",
            "daemon.json",
            "old-daemon.running-process.json",
            "broker-route-claim.pb.bak",
        ] {
            assert!(!is_identity_name(OsStr::new(name)), "{name}");
        }
    }
}
