//! The places in which the records of a user are: the manifests of daemons, process records,
//! and the identity files of the daemons that keep theirs elsewhere.

mod locations;
mod place;

use std::io;
use std::path::{Path, PathBuf};

use crate::record::{self, CacheManifest};

pub use locations::Locations;
pub use place::{Keeper, Place};

/// A directory of manifests, one file per service and version, and the other places of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    directory: PathBuf,
    places: Vec<Place>,
}

impl Registry {
    /// Creates the registry of a given directory of manifests, which need not exist.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        let directory = directory.into();
        let places = vec![Place::new(Keeper::Manifests, &directory)];
        Self { directory, places }
    }

    /// Adds places of records. A directory that is already one is not searched twice.
    #[must_use]
    pub fn with_places(mut self, places: impl IntoIterator<Item = Place>) -> Self {
        for place in places {
            if !self
                .places
                .iter()
                .any(|it| it.directory() == place.directory())
            {
                self.places.push(place);
            }
        }
        self
    }

    /// Returns the registry of the user; `None` if no setting determines it.
    ///
    /// Linux: `$RUNNING_PROCESS_MANIFEST_DIR`, else
    /// `$XDG_DATA_HOME/running-process/manifests`, else
    /// `~/.local/share/running-process/manifests`. A relative `$XDG_DATA_HOME` is
    /// ignored, as the [XDG Base Directory Specification] demands. Windows:
    /// `%APPDATA%\\running-process\\manifests` in place of the last two. The other places are
    /// [`Locations::places`].
    ///
    /// [XDG Base Directory Specification]: https://specifications.freedesktop.org/basedir/latest/
    #[must_use]
    pub fn for_user(locations: &Locations) -> Option<Self> {
        let registry = Self::new(locations.manifests()?);
        Some(registry.with_places(locations.places()))
    }

    /// Returns the path of the directory of manifests.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns all places, that of manifests first.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Returns the paths of the records in all places, those of each directory sorted. None if
    /// no directory exists.
    ///
    /// Several of them can be of one daemon: a manifest and the identity file that it leads to,
    /// for example.
    ///
    /// # Errors
    ///
    /// The error of the system if a directory cannot be read.
    pub fn files(&self) -> io::Result<Vec<PathBuf>> {
        let each = self.places.iter().map(Place::files);
        Ok(each.collect::<io::Result<Vec<_>>>()?.concat())
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

    #[cfg(unix)]
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
    #[cfg(unix)]
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
    #[cfg(windows)]
    fn the_data_of_the_user_are_where_windows_says() {
        let mut locations = Locations {
            app_data: Some(r"C:\roaming".into()),
            local_app_data: Some(r"C:\local".into()),
            xdg_data_home: Some("/x".into()),
            home: Some(r"C:\home".into()),
            ..Locations::default()
        };
        let registry = Registry::for_user(&locations).unwrap();
        let manifests = Path::new(r"C:\roaming\running-process\manifests");
        assert_eq!(registry.directory(), manifests);
        let records = [Path::new(r"C:\local\rpctl\records")];
        assert_eq!(locations.process_records(), records);
        locations.manifest_dir = Some(r"C:\m".into());
        let registry = Registry::for_user(&locations).unwrap();
        assert_eq!(registry.directory(), Path::new(r"C:\m"));
        locations.manifest_dir = None;
        locations.app_data = None;
        assert_eq!(Registry::for_user(&locations), None);
    }

    #[test]
    #[cfg(unix)]
    fn the_data_of_the_user_are_where_each_system_says() {
        use crate::platform::UserDirectories;

        let locations = Locations {
            app_data: Some("/roaming".into()),
            local_app_data: Some("/local".into()),
            xdg_data_home: Some("/x".into()),
            xdg_runtime_dir: Some("/run/user/501".into()),
            home: Some("/Users/ann".into()),
            ..Locations::default()
        };
        let library = Some(PathBuf::from("/Users/ann/Library/Application Support"));
        assert_eq!(locations.data_in(UserDirectories::MACOS), library);
        let bases = locations.record_bases(UserDirectories::MACOS);
        assert_eq!(bases, [library, None]);
        // The variables of another system count only there.
        let roaming = Some(PathBuf::from("/roaming"));
        assert_eq!(locations.data_in(UserDirectories::WINDOWS), roaming);
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
