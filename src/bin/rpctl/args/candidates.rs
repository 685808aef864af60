//! Values that shells complete from the registry and from directories.
//!
//! Completion happens in the middle of a command line: an error is no candidate, and
//! no message.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter};
use rpctl::__private;
use rpctl::control::Signal;
use rpctl::record::{self, Loader, Record};
use rpctl::registry::{Locations, Registry};

use super::values::graceful_signal;

/// Returns the registry that the environment names.
pub(crate) fn user_registry() -> Option<Registry> {
    Registry::for_user(&user_locations())
}

/// Returns the settings in the environment that name directories.
pub(crate) fn user_locations() -> Locations {
    Locations {
        manifest_dir: env::var_os("RUNNING_PROCESS_MANIFEST_DIR"),
        xdg_data_home: env::var_os("XDG_DATA_HOME"),
        xdg_runtime_dir: env::var_os("XDG_RUNTIME_DIR"),
        xdg_state_home: env::var_os("XDG_STATE_HOME"),
        xdg_cache_home: env::var_os("XDG_CACHE_HOME"),
        soldr_cache_dir: env::var_os("SOLDR_CACHE_DIR"),
        clud_state_dir: env::var_os("CLUD_DAEMON_STATE_DIR"),
        zccache_cache_dir: env::var_os("ZCCACHE_CACHE_DIR"),
        app_data: env::var_os("APPDATA"),
        local_app_data: env::var_os("LOCALAPPDATA"),
        home: env::home_dir().map(PathBuf::into_os_string),
        is_root: __private::user_id() == 0,
    }
}

/// Returns each service as a candidate.
pub(super) fn services() -> Vec<CompletionCandidate> {
    let names = service_names().into_iter();
    names.map(CompletionCandidate::new).collect()
}

/// Returns each service as `--service` takes it: by name, or by name and version if
/// the registry has several versions.
pub(crate) fn service_names() -> Vec<String> {
    let files = registry_files();
    let loader = Loader::default();
    let mut services: Vec<(String, String)> = files
        .iter()
        .filter_map(|path| loader.load(path).ok())
        .filter_map(|record| service(&record))
        .collect();
    services.sort();
    services
        .chunk_by(|one, next| one.0 == next.0)
        .flat_map(|versions| match versions {
            [(name, _)] => vec![name.clone()],
            _ => versions
                .iter()
                .map(|(name, version)| match version.as_str() {
                    "" => name.clone(),
                    version => format!("{name}@{version}"),
                })
                .collect(),
        })
        .collect()
}

/// Returns the names of the signals.
pub(super) fn signals() -> Vec<CompletionCandidate> {
    named_signals(|_| true)
}

/// Returns the names of the signals by which a process can end gracefully.
pub(super) fn graceful_signals() -> Vec<CompletionCandidate> {
    named_signals(|name| graceful_signal(name).is_ok())
}

fn named_signals(is_wanted: impl Fn(&str) -> bool) -> Vec<CompletionCandidate> {
    let short = |signal: &Signal| signal.name().strip_prefix("SIG");
    let names = Signal::ALL.iter().filter_map(short);
    names
        .filter(|name| is_wanted(name))
        .map(CompletionCandidate::new)
        .collect()
}

/// Returns the records of the registry and the files whose paths start with `word`.
pub(super) fn records(word: &OsStr) -> Vec<CompletionCandidate> {
    let starts = |path: &PathBuf| {
        let path = path.as_os_str().as_encoded_bytes();
        path.starts_with(word.as_encoded_bytes())
    };
    let records = registry_files().into_iter().filter(starts);
    let mut candidates: Vec<CompletionCandidate> = records.map(CompletionCandidate::new).collect();
    candidates.retain(is_safe);
    for file in files(word) {
        let is_known = |known: &CompletionCandidate| known.get_value() == file.get_value();
        if !candidates.iter().any(is_known) {
            candidates.push(file);
        }
    }
    candidates
}

/// Returns the files whose paths start with `word`.
pub(super) fn files(word: &OsStr) -> Vec<CompletionCandidate> {
    let directory = Path::new(word)
        .parent()
        .filter(|it| !it.as_os_str().is_empty());
    // Reading a directory would wait for its file system.
    if __private::attributes(directory.unwrap_or(Path::new("."))).is_err() {
        return Vec::new();
    }
    let mut candidates = PathCompleter::file().complete(word);
    candidates.retain(is_safe);
    candidates
}

fn registry_files() -> Vec<PathBuf> {
    let registry = user_registry();
    let places = registry.iter().flat_map(Registry::places);
    places
        .filter_map(|place| place.files().ok())
        .flatten()
        .collect()
}

/// Returns the name and version of a service that `--service` accepts.
fn service(record: &Record) -> Option<(String, String)> {
    let (name, version) = record.service();
    let has_version = version.is_empty() || record::is_service_version(version);
    (record::is_service_name(name) && has_version).then(|| (name.to_owned(), version.to_owned()))
}

/// Returns whether a path can be offered: shells take one candidate per line, and show
/// it in a terminal.
fn is_safe(candidate: &CompletionCandidate) -> bool {
    let path = candidate.get_value().to_str();
    path.is_some_and(|path| !path.contains(char::is_control))
}
