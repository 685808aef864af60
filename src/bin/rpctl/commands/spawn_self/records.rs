//! The record files of a daemon: written at its start, removed at its end.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rpctl::record::{
    self, CacheManifest, CleanupPolicy, Content, DigestChoice, Format, MEDIA_TYPE, Record,
    SCHEMA_VERSION, SaveError,
};
use rpctl::{__private, DaemonProcess, HostIdentity};

use super::existing::Existing;
use super::paths::VERSION;
use super::plan::{Plan, format_of};
use crate::commands::places;

/// The record files. They are removed with this value, unless another process has
/// replaced them.
pub(super) struct Records {
    identity: DaemonProcess,
    paths: Vec<PathBuf>,
}

impl Records {
    /// Writes the records, under locks that keep other starters from writing between the
    /// examination and the write. Records that were not among `before` are examined.
    pub(super) fn write(plan: &Plan, identity: &DaemonProcess, before: &Existing) -> Result<Self> {
        let _locks = lock_directories(plan)?;
        Existing::examine(plan, before)?;
        let mut records = Self {
            identity: identity.clone(),
            paths: Vec::new(),
        };
        if let Some(path) = &plan.record {
            let content = Content::Manifest(Box::new(manifest(plan, identity, path)));
            let (format, digest) = (format_of(path), plan.digest.into());
            records.save(path, "--record", &content, format, digest)?;
        }
        if let Some(path) = &plan.sidecar {
            let content = Content::Daemon(identity.to_proto());
            let (format, digest) = (Format::SidecarJson, DigestChoice::All);
            records.save(path, "--sidecar", &content, format, digest)?;
        }
        Ok(records)
    }

    fn save(
        &mut self,
        path: &Path,
        option: &str,
        content: &Content,
        format: Format,
        digest: DigestChoice,
    ) -> Result<()> {
        record::save(path, content, format, digest).map_err(|error| match &error {
            SaveError::Io { source, .. } => places::unusable(option, error.to_string(), source),
            _ => error.into(),
        })?;
        self.paths.push(path.to_owned());
        Ok(())
    }
}

impl Drop for Records {
    fn drop(&mut self) {
        let is_ours = |record: &Record| {
            record.daemon().is_some_and(|daemon| {
                daemon.pid == self.identity.pid
                    && daemon.started_at_unix_ms == self.identity.started_at_unix_ms
            })
        };
        for path in &self.paths {
            // A record that remains is stale, and every reader expects stale records.
            let _ = record::remove_if(path, is_ours);
        }
    }
}

/// Locks the directories of the records against other starters, until the files are
/// closed.
///
/// Directories are locked once each, by their real paths, and in one order by all
/// starters, so that none waits for itself and no two wait for each other.
fn lock_directories(plan: &Plan) -> Result<Vec<File>> {
    let mut directories = BTreeSet::new();
    for directory in plan.record_paths().filter_map(Path::parent) {
        let real = __private::resolved(directory).map_err(|error| unusable(directory, &error))?;
        directories.insert(real);
    }
    directories
        .iter()
        .map(|directory| {
            __private::lock_dir(directory).map_err(|error| unusable(directory, &error))
        })
        .collect()
}

fn unusable(directory: &Path, error: &std::io::Error) -> anyhow::Error {
    places::unusable_directory("--record or --sidecar", directory, error)
}

/// Returns the manifest of the daemon for a file at `path`.
pub(super) fn manifest(plan: &Plan, identity: &DaemonProcess, path: &Path) -> CacheManifest {
    CacheManifest {
        manifest_schema_version: SCHEMA_VERSION,
        media_type: MEDIA_TYPE.to_owned(),
        service_name: plan.service.clone(),
        service_version: VERSION.to_owned(),
        broker_envelope_version: "v1".to_owned(),
        created_at_unix_ms: identity.started_at_unix_ms,
        last_active_unix_ms: identity.started_at_unix_ms,
        current_daemon: Some(identity.to_proto()),
        cleanup_policy: Some(CleanupPolicy::default()),
        host: Some((&HostIdentity::current(path.parent().unwrap_or(path))).into()),
        ..CacheManifest::default()
    }
}
