//! A place in which daemons keep records, and the names that records have there.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::platform;
use crate::record::file_names;

/// The programs that keep records in a [`Place`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Keeper {
    /// Services with a manifest: `*.pb` and `*.json`.
    Manifests,
    /// `rpctl record` and users of [`ProcessRecord`](crate::process::ProcessRecord): `*.json`.
    ProcessRecords,
    /// Services in Python, by the bindings of running-process: `NAME.identity.json`.
    PythonServices,
    /// Services that a broker of running-process leads to: `daemon-NAME.json`.
    BrokerServices,
    /// soldr: `broker-route-claim.pb`, also in directories below.
    Soldr,
    /// clud: `daemon-identity.json`.
    Clud,
    /// zccache: `daemon*.running-process.json`, also in directories of versions.
    Zccache,
}

impl Keeper {
    /// Returns whether a file of this name is a record.
    fn names(self, name: &OsStr) -> bool {
        let end = Path::new(name).extension().and_then(OsStr::to_str);
        let text = name.to_str();
        match self {
            Self::Manifests => matches!(end, Some("pb" | "json")),
            Self::ProcessRecords => end == Some("json"),
            Self::PythonServices => file_names::names_a_service(name),
            Self::BrokerServices => text.and_then(file_names::broker_service).is_some(),
            Self::Soldr => text == Some(file_names::BROKER_CLAIM),
            Self::Clud => text == Some(file_names::CLUD),
            Self::Zccache => text.is_some_and(file_names::is_zccache),
        }
    }

    /// Returns whether a directory of this name, in the place, can hold records as well.
    fn descends_to(self, name: &OsStr) -> bool {
        let Some(name) = name.to_str() else {
            return false;
        };
        match self {
            Self::Soldr => name.starts_with("soldr-daemon-"),
            Self::Zccache => {
                let version = name.strip_prefix('v');
                version.is_some_and(|version| version.starts_with(|it: char| it.is_ascii_digit()))
            }
            _ => false,
        }
    }
}

/// A directory in which daemons keep records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    directory: PathBuf,
    keeper: Keeper,
}

impl Place {
    /// Creates a place from a directory, which need not exist.
    #[must_use]
    pub fn new(keeper: Keeper, directory: impl Into<PathBuf>) -> Self {
        let directory = directory.into();
        Self { directory, keeper }
    }

    /// Returns the path of the directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns the programs that keep records here.
    #[must_use]
    pub fn keeper(&self) -> Keeper {
        self.keeper
    }

    /// Returns the directories that may hold records: that of the place, and those below it in
    /// which the keeper separates its versions.
    ///
    /// # Errors
    ///
    /// The error of the system if the directory cannot be read.
    pub fn directories(&self) -> io::Result<Vec<PathBuf>> {
        let mut directories = vec![self.directory.clone()];
        if matches!(self.keeper, Keeper::Soldr | Keeper::Zccache) {
            let below = self.names_in(&self.directory, |name| self.keeper.descends_to(name))?;
            directories.extend(below);
        }
        Ok(directories)
    }

    /// Returns the paths of the records, those of each directory sorted. None if the directory
    /// does not exist.
    ///
    /// # Errors
    ///
    /// The error of the system if a directory cannot be read.
    pub fn files(&self) -> io::Result<Vec<PathBuf>> {
        let directories = self.directories()?;
        let each = directories.iter().map(|directory| self.files_in(directory));
        Ok(each.collect::<io::Result<Vec<_>>>()?.concat())
    }

    /// Returns the paths of the records in one of its directories, sorted.
    ///
    /// # Errors
    ///
    /// The error of the system if the directory cannot be read.
    pub fn files_in(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        self.names_in(directory, |name| self.keeper.names(name))
    }

    /// Returns the sorted paths in a directory whose names `is_wanted`.
    fn names_in(
        &self,
        directory: &Path,
        is_wanted: impl Fn(&OsStr) -> bool,
    ) -> io::Result<Vec<PathBuf>> {
        let is_below = directory != self.directory;
        let names = match platform::names_in(directory, usize::MAX) {
            Ok(names) => names,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            // A file may have the name of a directory below.
            Err(error) if is_below && error.kind() == io::ErrorKind::NotADirectory => {
                return Ok(Vec::new());
            }
            Err(error) => return Err(error),
        };
        let names = names.into_iter().filter(|name| is_wanted(name));
        let mut paths: Vec<PathBuf> = names.map(|name| directory.join(name)).collect();
        // The directory is common to all, and comparing paths by component is slow.
        paths.sort_unstable_by(|one, other| one.as_os_str().cmp(other.as_os_str()));
        Ok(paths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_keeper_has_names_of_its_own() {
        let is_named = |keeper: Keeper, name: &str| keeper.names(OsStr::new(name));
        for (keeper, names, others) in [
            (
                Keeper::Manifests,
                &["a.pb", "a.json", "a.v2.pb"][..],
                &["a.tmp", "pb"][..],
            ),
            (Keeper::ProcessRecords, &["web.json"], &["web.pb", ".json"]),
            (
                Keeper::PythonServices,
                &["a.identity.json"],
                &[".identity.json", "a.json"],
            ),
            (
                Keeper::BrokerServices,
                &["daemon-a.json"],
                &["daemon.json", "a.json"],
            ),
            (Keeper::Soldr, &["broker-route-claim.pb"], &["a.pb"]),
            (Keeper::Clud, &["daemon-identity.json"], &["daemon.json"]),
            (
                Keeper::Zccache,
                &["daemon-a.running-process.json"],
                &["daemon.json"],
            ),
        ] {
            for name in names {
                assert!(is_named(keeper, name), "{keeper:?} {name}");
            }
            for name in others {
                assert!(!is_named(keeper, name), "{keeper:?} {name}");
            }
        }
    }

    #[test]
    fn records_of_versions_are_found_beside_files_of_such_names() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        for directory in ["v1.2.3", "v1.10.0", "virtual"] {
            std::fs::create_dir(path(directory)).unwrap();
            std::fs::write(path(directory).join("daemon.running-process.json"), "").unwrap();
        }
        std::fs::write(path("v2.0.0"), "a file").unwrap();
        let files = Place::new(Keeper::Zccache, root.path()).files().unwrap();
        let expected = ["v1.10.0", "v1.2.3"];
        assert_eq!(
            files,
            expected.map(|it| path(it).join("daemon.running-process.json"))
        );
    }
}
