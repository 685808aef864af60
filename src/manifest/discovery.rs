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

use super::load::{LoadError, Record, load};
use super::schema::{CacheManifest, RootKind, WireEnum};
use crate::platform;

/// Kinds of root in which daemons keep their identity, in the order searched.
const KINDS: [&str; 2] = ["locks", "runtime"];

/// Entries of one directory that are looked at; a daemon's has a handful.
const MAX_ENTRIES: usize = 10_000;

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
                discovery.searched.push(directory);
                discovery.ignored.extend(ignored);
                let room = MAX_FOUND.saturating_sub(discovery.found.len());
                let files = files.into_iter().take(room);
                discovery
                    .found
                    .extend(files.map(|file| (file.clone(), load(&file))));
            }
            Err(why) => discovery.ignored.push(Ignored {
                path: directory,
                why,
            }),
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
fn candidates(directory: &Path, service: &str, owner: u32) -> Result<Candidates, String> {
    let said = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        _ => error.to_string(),
    };
    if let Some(why) = distrusted(&std::fs::metadata(directory).map_err(said)?, owner) {
        return Err(why);
    }
    let mut names: Vec<_> = std::fs::read_dir(directory)
        .map_err(said)?
        .take(MAX_ENTRIES)
        .filter_map(|entry| Some(entry.ok()?.file_name()))
        .filter(|name| is_identity_name(name))
        .collect();
    names.sort();
    let own = format!("{service}{SERVICE_SUFFIX}");
    if names.iter().any(|name| *name == *own) {
        names.retain(|name| *name == *own || !is_of_a_service(name));
    }

    let mut files = Vec::new();
    let mut ignored = Vec::new();
    for path in names.into_iter().map(|name| directory.join(name)) {
        let refused = match std::fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => Some("it is a symbolic link".to_owned()),
            Ok(metadata) => distrusted(&metadata, owner),
            Err(error) => Some(said(error)),
        };
        match refused {
            None => files.push(path),
            Some(why) => ignored.push(Ignored { path, why }),
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
