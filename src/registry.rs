//! The directories in which the records of a user are: the manifests of daemons, and process
//! records.

mod locations;

use std::io;
use std::path::{Path, PathBuf};

use crate::platform;
use crate::record::{self, CacheManifest};

pub use locations::Locations;

/// A directory of manifests, one file per service and version, and the directories of
/// process records beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    directory: PathBuf,
    process_records: Vec<PathBuf>,
}

impl Registry {
    /// Creates the registry of a given directory of manifests, which need not exist.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            process_records: Vec::new(),
        }
    }

    /// Adds directories of process records, which need not exist.
    #[must_use]
    pub fn with_process_records(mut self, directories: Vec<PathBuf>) -> Self {
        self.process_records = directories;
        self
    }

    /// Returns the registry of the user; `None` if no setting determines it.
    ///
    /// Linux: `$RUNNING_PROCESS_MANIFEST_DIR`, else
    /// `$XDG_DATA_HOME/running-process/manifests`, else
    /// `~/.local/share/running-process/manifests`. A relative `$XDG_DATA_HOME` is
    /// ignored, as the [XDG Base Directory Specification] demands. The directories of process
    /// records are those of [`Locations::process_records`].
    ///
    /// [XDG Base Directory Specification]: https://specifications.freedesktop.org/basedir/latest/
    #[must_use]
    pub fn for_user(locations: &Locations) -> Option<Self> {
        let registry = Self::new(locations.manifests()?);
        Some(registry.with_process_records(locations.process_records()))
    }

    /// Returns the path of the directory of manifests.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns the paths of all directories, that of manifests first.
    #[must_use]
    pub fn directories(&self) -> Vec<&Path> {
        let process_records = self.process_records.iter().map(PathBuf::as_path);
        [self.directory()]
            .into_iter()
            .chain(process_records)
            .collect()
    }

    /// Returns the paths of the records in all directories: of manifests, which end in
    /// `.pb`, and then of process records, which end in `.json`; those of each directory
    /// sorted. None if no directory exists.
    ///
    /// # Errors
    ///
    /// The error of the system if a directory cannot be read.
    pub fn files(&self) -> io::Result<Vec<PathBuf>> {
        let each = self.directories().into_iter().map(|it| self.files_in(it));
        Ok(each.collect::<io::Result<Vec<_>>>()?.concat())
    }

    /// Returns the paths of the records in one of the directories, as [`Self::files`] does.
    ///
    /// # Errors
    ///
    /// The error of the system if the directory cannot be read.
    pub fn files_in(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        let names = match platform::names_in(directory, usize::MAX) {
            Ok(names) => names,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let end = if directory == self.directory {
            "pb"
        } else {
            "json"
        };
        let is_record = |path: &PathBuf| path.extension().is_some_and(|it| it == end);
        let paths = names.into_iter().map(|name| directory.join(name));
        let mut files: Vec<PathBuf> = paths.filter(is_record).collect();
        // The directory is common to all, and comparing paths by component is slow.
        files.sort_unstable_by(|one, other| one.as_os_str().cmp(other.as_os_str()));
        Ok(files)
    }

    /// Returns the path for the manifest of a service, `SERVICE-VERSION.pb`; `None` if
    /// the name or version breaks its grammar, because the path could then be outside
    /// the directory.
    #[must_use]
    pub fn service_path(&self, service_name: &str, service_version: &str) -> Option<PathBuf> {
        (record::is_service_name(service_name) && record::is_service_version(service_version)).then(
            || {
                self.directory
                    .join(format!("{service_name}-{service_version}.pb"))
            },
        )
    }

    /// Returns the path for a manifest; `None` as for [`Self::service_path`].
    #[must_use]
    pub fn manifest_path(&self, manifest: &CacheManifest) -> Option<PathBuf> {
        self.service_path(&manifest.service_name, &manifest.service_version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(manifest_dir: &str, xdg_data_home: &str, home: &str) -> Option<PathBuf> {
        Registry::for_user(&Locations {
            manifest_dir: Some(manifest_dir.into()),
            xdg_data_home: Some(xdg_data_home.into()),
            home: Some(home.into()),
            ..Locations::default()
        })
        .map(|registry| registry.directory)
    }

    #[test]
    fn the_first_setting_determines_the_directory() {
        assert_eq!(directory("/m", "/x", "/h"), Some("/m".into()));
        assert_eq!(
            directory("", "/x", "/h"),
            Some("/x/running-process/manifests".into())
        );
        let home = Some("/h/.local/share/running-process/manifests".into());
        assert_eq!(directory("", "", "/h"), home);
        assert_eq!(directory("", "relative", "/h"), home);
        assert_eq!(directory("", "", ""), None);
    }

    #[test]
    fn no_service_name_escapes_the_directory() {
        let registry = Registry::new("/r");
        assert_eq!(
            registry.service_path("zccache", "1.2.3"),
            Some("/r/zccache-1.2.3.pb".into())
        );
        for (name, version) in [
            ("../x", "1.2.3"),
            ("x", "../1"),
            ("", "1.2.3"),
            ("X", "1.2.3"),
        ] {
            assert_eq!(
                registry.service_path(name, version),
                None,
                "{name} {version}"
            );
        }
    }
}
