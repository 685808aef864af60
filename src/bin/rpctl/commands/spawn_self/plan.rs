//! The options and files of a daemon, decided before it is started.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use rpctl::Endpoint;
use rpctl::record::Format;

use super::paths::{self, CreatedDirectory, VERSION};
use crate::args::{Digest, SpawnArgs};
use crate::exit_code::ExitCode;
use crate::failure::Failure;

/// The label of the endpoint.
const NAMESPACE: &str = "rpctl";

/// The options and files of a daemon. All paths are absolute.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) service: String,
    pub(super) endpoint: Endpoint,
    /// `None`: the record goes to standard output.
    pub(super) record: Option<PathBuf>,
    pub(super) sidecar: Option<PathBuf>,
    pub(super) digest: Digest,
    pub(super) idle_timeout: Duration,
    /// The process with which the daemon ends, even if that is killed.
    pub(super) parent: Option<u32>,
    /// The directory of the socket, if it was not there before.
    _directory: Option<CreatedDirectory>,
}

impl Plan {
    pub(super) fn new(args: &SpawnArgs) -> Result<Self> {
        let service = args.service.clone();
        let (socket, directory) = paths::endpoint(args.endpoint.as_deref(), &service)?;
        let record = match args.record.as_deref() {
            Some(path) if is_stdout(path) => None,
            Some(path) => Some(paths::absolute("--record", path)?),
            None => Some(paths::in_registry(&service, VERSION)?),
        };
        let sidecar = args.sidecar.as_deref().map(sidecar_path).transpose()?;
        let files = [record.as_ref(), sidecar.as_ref(), Some(&socket)];
        refuse_shared(files.into_iter().flatten())?;
        Ok(Self {
            service,
            endpoint: Endpoint {
                namespace_id: NAMESPACE.to_owned(),
                path: utf8(&socket)?,
            },
            record,
            sidecar,
            digest: args.digest,
            idle_timeout: args.idle_timeout,
            parent: args.parent,
            _directory: directory,
        })
    }

    /// Returns the paths of the record files.
    pub(super) fn record_paths(&self) -> impl Iterator<Item = &Path> {
        [&self.record, &self.sidecar]
            .into_iter()
            .filter_map(Option::as_deref)
    }

    /// Returns the idle timeout in seconds, rounded up, as records hold it.
    pub(super) fn idle_timeout_secs(&self) -> u32 {
        let seconds = self.idle_timeout.as_millis().div_ceil(1000);
        u32::try_from(seconds).unwrap_or(u32::MAX)
    }
}

/// Returns the format of a record file: protobuf for `.pb`, or else JSON.
pub(super) fn format_of(record: &Path) -> Format {
    if record.extension() == Some(OsStr::new("pb")) {
        Format::ManifestProtobuf
    } else {
        Format::ManifestJson
    }
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

fn sidecar_path(path: &Path) -> Result<PathBuf> {
    if is_stdout(path) {
        let message = "--sidecar needs a file: of the two, only --record can be standard output";
        return Err(Failure::new(ExitCode::Usage, "usage", message)
            .hint("name the file, ./- if that is its name")
            .into());
    }
    paths::absolute("--sidecar", path)
}

/// Returns a path as a record can hold it.
fn utf8(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        let path = path.display();
        let message = format!("{path} is not UTF-8, and a record cannot name it");
        Failure::new(ExitCode::Usage, "path_not_utf8", message)
            .hint("choose another --endpoint")
            .into()
    })
}

/// Refuses one path for two files.
fn refuse_shared<'a>(mut paths: impl Iterator<Item = &'a PathBuf>) -> Result<()> {
    let mut seen = HashSet::new();
    let Some(path) = paths.find(|path| !seen.insert(*path)) else {
        return Ok(());
    };
    let path = path.display();
    let message =
        format!("{path} is given for more than one of --record, --sidecar and --endpoint");
    Err(Failure::new(ExitCode::Usage, "same_path", message)
        .hint("give --record, --sidecar and --endpoint a path each")
        .into())
}
