//! The directory where daemons keep their manifests.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::record::{self, CacheManifest};

/// A directory of manifests, one file per daemon: `SERVICE-VERSION.pb`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    directory: PathBuf,
}

/// The settings that say where the registry is, as the caller found them.
///
/// There may come to be more: end yours with `..Locations::default()`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locations {
    /// `$RUNNING_PROCESS_MANIFEST_DIR`.
    pub manifest_dir: Option<OsString>,
    /// `$XDG_DATA_HOME`.
    pub xdg_data_home: Option<OsString>,
    /// The user's home directory.
    pub home: Option<OsString>,
}

impl Registry {
    /// The registry in a given directory.
    #[must_use]
    pub fn at(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
        }
    }

    /// The user's registry; `None` when nothing says where it is.
    ///
    /// Linux: `$RUNNING_PROCESS_MANIFEST_DIR`, else
    /// `$XDG_DATA_HOME/running-process/manifests`, else
    /// `~/.local/share/running-process/manifests`. As the XDG rules demand, a
    /// relative `$XDG_DATA_HOME` is ignored.
    #[must_use]
    pub fn of_user(locations: &Locations) -> Option<Self> {
        let set = |value: &Option<OsString>| {
            value
                .as_ref()
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let data_home = || {
            set(&locations.xdg_data_home)
                .filter(|path| path.is_absolute())
                .or_else(|| Some(set(&locations.home)?.join(".local/share")))
        };
        set(&locations.manifest_dir)
            .or_else(|| Some(data_home()?.join("running-process/manifests")))
            .map(Self::at)
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The manifest files in the directory, sorted by name; none when there is no
    /// such directory.
    ///
    /// # Errors
    ///
    /// When the directory cannot be read.
    pub fn files(&self) -> io::Result<Vec<PathBuf>> {
        let entries = match std::fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "pb") {
                files.push(path);
            }
        }
        // Of one directory: only the names differ, and paths are slow to compare.
        files.sort_unstable_by(|one, other| one.as_os_str().cmp(other.as_os_str()));
        Ok(files)
    }

    /// Where the manifest of a service belongs; `None` when the name or the
    /// version breaks its grammar, and could lead out of the directory.
    #[must_use]
    pub fn path_of(&self, service_name: &str, service_version: &str) -> Option<PathBuf> {
        (record::is_service_name(service_name) && record::is_service_version(service_version)).then(
            || {
                self.directory
                    .join(format!("{service_name}-{service_version}.pb"))
            },
        )
    }

    /// Where a manifest belongs; `None` as for [`Self::path_of`].
    #[must_use]
    pub fn path_for(&self, manifest: &CacheManifest) -> Option<PathBuf> {
        self.path_of(&manifest.service_name, &manifest.service_version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(manifest_dir: &str, xdg_data_home: &str, home: &str) -> Option<PathBuf> {
        Registry::of_user(&Locations {
            manifest_dir: Some(manifest_dir.into()),
            xdg_data_home: Some(xdg_data_home.into()),
            home: Some(home.into()),
        })
        .map(|registry| registry.directory)
    }

    #[test]
    fn the_first_setting_that_is_set_names_the_directory() {
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
    fn no_service_name_leads_out_of_the_directory() {
        let registry = Registry::at("/r");
        assert_eq!(
            registry.path_of("zccache", "1.2.3"),
            Some("/r/zccache-1.2.3.pb".into())
        );
        for (name, version) in [
            ("../x", "1.2.3"),
            ("x", "../1"),
            ("", "1.2.3"),
            ("X", "1.2.3"),
        ] {
            assert_eq!(registry.path_of(name, version), None, "{name} {version}");
        }
    }
}
