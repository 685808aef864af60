//! From a manifest that names no daemon to the identity kept beside it.
//!
//! Most daemons leave `current_daemon` unset and keep their identity in a file
//! of their own, in a root of kind `locks` or `runtime`. What is looked at stays
//! within what the manifest's owner controls: the roots themselves, never below
//! them, and only files of that owner or of root.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use super::load::{LoadError, Record};
use super::read::load;
use super::schema::{CacheManifest, RootKind, WireEnum};
use crate::platform;

/// Kinds of root in which daemons keep their identity, in the order searched.
const KINDS: [&str; 2] = ["locks", "runtime"];

/// The longest list of identities that one manifest may lead to.
const MAX_FOUND: usize = 64;

/// Where a manifest led.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The identity files found, in the order searched, as they were read.
    pub found: Vec<(PathBuf, Result<Record, LoadError>)>,
    /// The directories searched.
    pub searched: Vec<PathBuf>,
    /// What was left alone, and why.
    pub ignored: Vec<Ignored>,
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
        self.ignored.iter().any(|ignored| !ignored.is_missing)
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
#[must_use]
pub fn discover(manifest: &Record) -> Discovery {
    let mut discovery = Discovery::default();
    let Some(content) = manifest.content.manifest() else {
        return discovery;
    };
    let owner = manifest
        .trust
        .map_or_else(platform::effective_uid, |trust| trust.owner);
    for directory in directories(content) {
        if discovery.searched.contains(&directory) {
            continue;
        }
        match candidates(&directory, &content.service_name, owner) {
            Ok((files, ignored)) => {
                let room = MAX_FOUND.saturating_sub(discovery.found.len());
                if files.len() > room {
                    let why = format!("there are more than {MAX_FOUND} identities");
                    let rest = Ignored::refused(directory.clone(), why);
                    discovery.ignored.push(rest);
                }
                discovery.searched.push(directory);
                discovery.ignored.extend(ignored);
                let files = files.into_iter().take(room);
                discovery
                    .found
                    .extend(files.map(|file| (file.clone(), load(&file))));
            }
            Err(ignored) => discovery.ignored.push(ignored),
        }
    }
    discovery
}

/// The directories of the roots that may hold an identity; of a root that is a
/// file, the one it is in.
fn directories(manifest: &CacheManifest) -> Vec<PathBuf> {
    let of_kind = |kind: &'static str| {
        manifest
            .roots
            .iter()
            .filter(move |root| RootKind::name(root.kind).as_deref() == Some(kind))
    };
    KINDS
        .into_iter()
        .flat_map(of_kind)
        .map(|root| PathBuf::from(&root.path))
        .filter(|path| path.is_absolute())
        .filter_map(|path| match std::fs::metadata(&path) {
            Ok(metadata) if !metadata.is_dir() => path.parent().map(Path::to_owned),
            _ => Some(path),
        })
        .collect()
}

type Candidates = (Vec<PathBuf>, Vec<Ignored>);

/// The identity files in a directory, sorted by name.
fn candidates(directory: &Path, service: &str, owner: u32) -> Result<Candidates, Ignored> {
    let failed = |error: io::Error| Ignored::failed(directory.to_owned(), &error);
    if let Some(why) = distrusted(&std::fs::metadata(directory).map_err(failed)?, owner) {
        return Err(Ignored::refused(directory.to_owned(), why));
    }
    let mut names: Vec<_> = std::fs::read_dir(directory)
        .map_err(failed)?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .filter(|name| name.as_ref().map_or(true, |name| is_identity_name(name)))
        .collect::<io::Result<_>>()
        .map_err(failed)?;
    names.sort();
    let own = format!("{service}{SERVICE_SUFFIX}");
    if names.iter().any(|name| *name == *own) {
        names.retain(|name| *name == *own || !is_of_a_service(name));
    }

    let mut files = Vec::new();
    let mut ignored = Vec::new();
    for path in names.into_iter().map(|name| directory.join(name)) {
        let metadata = match std::fs::symlink_metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) => {
                ignored.push(Ignored::failed(path, &error));
                continue;
            }
        };
        let refused = if metadata.is_symlink() {
            Some("it is a symbolic link".to_owned())
        } else {
            distrusted(&metadata, owner)
        };
        match refused {
            None => files.push(path),
            Some(why) => ignored.push(Ignored::refused(path, why)),
        }
    }
    Ok((files, ignored))
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
