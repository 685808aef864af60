//! The settings that name the places of a user's records.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::place::{Keeper, Place};
use crate::platform::{USER_DIRECTORIES, UserDirectories};

/// The settings that determine the user's registry.
///
/// The library reads no environment: the caller supplies the values. Fields may be
/// added, so end a value with `..Locations::default()`. Linux: a relative path in a
/// variable `XDG_…` is ignored, as the [XDG Base Directory Specification] demands.
///
/// [XDG Base Directory Specification]: https://specifications.freedesktop.org/basedir/latest/
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locations {
    /// Value of `$RUNNING_PROCESS_MANIFEST_DIR`.
    pub manifest_dir: Option<OsString>,
    /// Value of `$XDG_DATA_HOME`.
    pub xdg_data_home: Option<OsString>,
    /// Value of `$XDG_RUNTIME_DIR`.
    pub xdg_runtime_dir: Option<OsString>,
    /// Value of `$XDG_STATE_HOME`.
    pub xdg_state_home: Option<OsString>,
    /// Value of `$XDG_CACHE_HOME`.
    pub xdg_cache_home: Option<OsString>,
    /// Value of `$SOLDR_CACHE_DIR`.
    pub soldr_cache_dir: Option<OsString>,
    /// Value of `$CLUD_DAEMON_STATE_DIR`.
    pub clud_state_dir: Option<OsString>,
    /// Value of `$ZCCACHE_CACHE_DIR`.
    pub zccache_cache_dir: Option<OsString>,
    /// Value of `%APPDATA%`, which counts on Windows alone.
    pub app_data: Option<OsString>,
    /// Value of `%LOCALAPPDATA%`, which counts on Windows alone.
    pub local_app_data: Option<OsString>,
    /// Home directory of the user.
    pub home: Option<OsString>,
    /// Whether the user is root.
    pub is_root: bool,
}

impl Locations {
    /// Returns the directory of the user's manifests.
    pub(super) fn manifests(&self) -> Option<PathBuf> {
        set(&self.manifest_dir)
            .or_else(|| Some(self.data_home()?.join("running-process").join("manifests")))
    }

    /// Returns the directories in which the user keeps process records: the first one for
    /// writing, all of them for reading. None if no setting determines one.
    ///
    /// Linux: `$XDG_RUNTIME_DIR/rpctl/records`, and `$XDG_STATE_HOME/rpctl/records` or
    /// `~/.local/state/rpctl/records`, so that a session without a runtime directory finds
    /// its own records in one with it. For root, it is `/run/rpctl/records` alone, unless
    /// `$XDG_RUNTIME_DIR` is set to a directory outside `/run/user`: those below it end with
    /// a login, or belong to the user who became root, but root's daemons go on.
    ///
    /// Windows: `%LOCALAPPDATA%\\rpctl\\records`. macOS:
    /// `~/Library/Application Support/rpctl/records`.
    #[must_use]
    pub fn process_records(&self) -> Vec<PathBuf> {
        let bases = self.record_bases(USER_DIRECTORIES).into_iter().flatten();
        bases
            .map(|base| base.join("rpctl").join("records"))
            .collect()
    }

    pub(super) fn record_bases(&self, places: UserDirectories) -> [Option<PathBuf>; 2] {
        if places.has_app_data {
            return [set(&self.local_app_data), None];
        }
        if !places.has_xdg {
            return [self.data_in(places), None];
        }
        let runtime = base(&self.xdg_runtime_dir);
        if self.is_root {
            let lasting = runtime.filter(|path| !path.starts_with("/run/user"));
            [Some(lasting.unwrap_or_else(|| "/run".into())), None]
        } else {
            let state = || self.in_home(".local/state");
            [runtime, base(&self.xdg_state_home).or_else(state)]
        }
    }

    /// Returns the places of records besides the directory of manifests.
    ///
    /// | keeper | directory |
    /// |---|---|
    /// | [`Keeper::ProcessRecords`] | those of [`Self::process_records`] |
    /// | [`Keeper::PythonServices`] | `$XDG_RUNTIME_DIR/running-process/services`, and `~/.local/share/running-process/services` of a session without a runtime directory |
    /// | [`Keeper::BrokerServices`] | `$XDG_RUNTIME_DIR/running-process/broker-v2`, and `~/.cache/running-process/broker-v2` of a session without a runtime directory |
    /// | [`Keeper::Soldr`] | `$SOLDR_CACHE_DIR/cache/soldr-daemon`, else that in `~/.soldr` |
    /// | [`Keeper::Clud`] | `$CLUD_DAEMON_STATE_DIR`, else `~/.clud/state` |
    /// | [`Keeper::Zccache`] | `$ZCCACHE_CACHE_DIR`, else `~/.zccache` |
    ///
    /// `$XDG_DATA_HOME` replaces `~/.local/share`, and `$XDG_CACHE_HOME` replaces `~/.cache`.
    #[must_use]
    pub fn places(&self) -> Vec<Place> {
        let runtime = base(&self.xdg_runtime_dir);
        let data = self.data_home();
        let cache = base(&self.xdg_cache_home).or_else(|| self.in_home(".cache"));
        let soldr = set(&self.soldr_cache_dir).or_else(|| self.in_home(".soldr"));
        let clud = set(&self.clud_state_dir).or_else(|| self.in_home(".clud/state"));
        let zccache = set(&self.zccache_cache_dir).or_else(|| self.in_home(".zccache"));
        let bases = [
            (Keeper::PythonServices, &runtime, "running-process/services"),
            (Keeper::PythonServices, &data, "running-process/services"),
            (
                Keeper::BrokerServices,
                &runtime,
                "running-process/broker-v2",
            ),
            (Keeper::BrokerServices, &cache, "running-process/broker-v2"),
            (Keeper::Soldr, &soldr, "cache/soldr-daemon"),
            (Keeper::Soldr, &soldr, "cache/soldr-daemon/generations"),
            (Keeper::Clud, &clud, ""),
            (Keeper::Zccache, &zccache, ""),
        ];
        let place = |(keeper, base, path): (_, &Option<PathBuf>, &str)| {
            let base = base.as_ref()?;
            let directory = if path.is_empty() {
                base.clone()
            } else {
                base.join(path)
            };
            Some(Place::new(keeper, directory))
        };
        let process_records = self.process_records().into_iter();
        process_records
            .map(|directory| Place::new(Keeper::ProcessRecords, directory))
            .chain(bases.into_iter().filter_map(place))
            .collect()
    }

    fn data_home(&self) -> Option<PathBuf> {
        self.data_in(USER_DIRECTORIES)
    }

    /// Returns the directory of the user's data.
    pub(super) fn data_in(&self, places: UserDirectories) -> Option<PathBuf> {
        if places.has_app_data {
            return set(&self.app_data);
        }
        let named = base(&self.xdg_data_home).filter(|_| places.has_xdg);
        named.or_else(|| self.in_home(places.data))
    }

    fn in_home(&self, path: &str) -> Option<PathBuf> {
        Some(set(&self.home)?.join(path))
    }
}

/// Returns the path in a variable; `None` if it is not set, or empty.
fn set(value: &Option<OsString>) -> Option<PathBuf> {
    let value = value.as_ref().filter(|value| !value.is_empty());
    value.map(PathBuf::from)
}

/// Returns the path in a variable `XDG_…`.
fn base(value: &Option<OsString>) -> Option<PathBuf> {
    set(value).filter(|path| Path::is_absolute(path))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn user() -> Locations {
        Locations {
            xdg_runtime_dir: Some("/run/user/7".into()),
            home: Some("/h".into()),
            ..Locations::default()
        }
    }

    fn records(locations: &Locations) -> Vec<String> {
        let directories = locations.process_records().into_iter();
        directories
            .map(|path| {
                let base = path.to_str().unwrap().strip_suffix("/rpctl/records");
                base.unwrap().to_owned()
            })
            .collect()
    }

    #[test]
    fn records_go_to_the_runtime_and_else_the_state_directory() {
        let mut user = user();
        assert_eq!(records(&user), ["/run/user/7", "/h/.local/state"]);
        user.xdg_state_home = Some("/s".into());
        user.xdg_runtime_dir = Some("relative".into());
        assert_eq!(records(&user), ["/s"]);
        assert_eq!(Locations::default().process_records().len(), 0);
    }

    #[test]
    fn records_of_root_outlive_the_login() {
        let root = |runtime: &str| Locations {
            xdg_runtime_dir: Some(runtime.into()),
            is_root: true,
            ..user()
        };
        for runtime in ["", "/run/user/0", "/run/user/7", "relative"] {
            assert_eq!(records(&root(runtime)), ["/run"], "{runtime}");
        }
        assert_eq!(records(&root("/tmp/t")), ["/tmp/t"]);
    }
}
