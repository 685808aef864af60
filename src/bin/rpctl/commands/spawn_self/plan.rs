//! Where a daemon's socket and records go, decided before it is started.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use rpctl::__private;
use rpctl::Endpoint;
use rpctl::record::{DigestChoice, Format};

use super::place;
use crate::args::{Digest, SpawnArgs};
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::selection::require_registry;

/// The version a daemon made of this program records.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The label of its endpoint.
const NAMESPACE: &str = "rpctl";

/// Everything a daemon needs to know; all paths are absolute.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) service: String,
    pub(super) version: &'static str,
    pub(super) endpoint: Endpoint,
    /// `None`: the record goes to standard output.
    pub(super) record: Option<PathBuf>,
    pub(super) sidecar: Option<PathBuf>,
    pub(super) digest: Digest,
    pub(super) idle_timeout: Duration,
}

impl Plan {
    pub(super) fn of(args: &SpawnArgs) -> Result<Self> {
        let service = args.service.clone();
        let socket = match &args.endpoint {
            Some(path) => place::named("--endpoint", path)?,
            None => private_directory()?.join(format!("{service}-{VERSION}.sock")),
        };
        let record = match &args.record {
            Some(path) if path == Path::new("-") => None,
            Some(path) => Some(place::named("--record", path)?),
            None => Some(registry_path(&service)?),
        };
        let sidecar = args
            .sidecar
            .as_ref()
            .map(|path| place_of_sidecar(path))
            .transpose()?;
        let paths = [record.as_ref(), sidecar.as_ref(), Some(&socket)];
        refuse_shared(paths.into_iter().flatten())?;
        Ok(Self {
            service,
            version: VERSION,
            endpoint: Endpoint {
                namespace_id: NAMESPACE.to_owned(),
                path: utf8(&socket)?,
            },
            record,
            sidecar,
            digest: args.digest,
            idle_timeout: args.idle_timeout,
        })
    }

    /// Where record files go.
    pub(super) fn record_paths(&self) -> impl Iterator<Item = &Path> {
        [&self.record, &self.sidecar]
            .into_iter()
            .filter_map(Option::as_deref)
    }

    /// The idle time as records state it.
    pub(super) fn idle_timeout_secs(&self) -> u32 {
        let seconds = self.idle_timeout.as_millis().div_ceil(1000);
        u32::try_from(seconds).unwrap_or(u32::MAX)
    }

    pub(super) fn digest_choice(&self) -> DigestChoice {
        self.digest.into()
    }
}

/// What `-` means for the record, it does not mean here.
fn place_of_sidecar(path: &Path) -> Result<PathBuf> {
    if path == Path::new("-") {
        let message = "--sidecar needs a file: of the two, only --record can be standard output";
        return Err(Failure::new(ExitCode::Usage, "usage", message)
            .hint("name the file, ./- if that is its name")
            .into());
    }
    place::named("--sidecar", path)
}

/// `.pb` gives protobuf, anything else JSON.
pub(super) fn format_of(record: &Path) -> Format {
    if record.extension() == Some(OsStr::new("pb")) {
        Format::ManifestProtobuf
    } else {
        Format::ManifestJson
    }
}

/// A record can only hold text.
fn utf8(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        Failure::new(
            ExitCode::Usage,
            "path_not_utf8",
            format!(
                "{} is not UTF-8, and a record cannot name it",
                path.display()
            ),
        )
        .hint("choose another --endpoint")
        .into()
    })
}

/// One file cannot be two things.
fn refuse_shared<'a>(paths: impl Iterator<Item = &'a PathBuf>) -> Result<()> {
    let mut seen = Vec::new();
    for path in paths {
        if seen.contains(&path) {
            let message = format!("{} is to be two files at once", path.display());
            return Err(Failure::new(ExitCode::Usage, "same_path", message)
                .hint("give --record, --sidecar and --endpoint a path each")
                .into());
        }
        seen.push(path);
    }
    Ok(())
}

/// A directory that nobody else can interfere with: below the runtime directory
/// of the user, where that is one, else in the temporary directory.
fn private_directory() -> Result<PathBuf> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let runtime = runtime
        .filter(|path| path.is_absolute() && is_private(path))
        .map(|path| path.join("rpctl"));
    let temporary = std::env::temp_dir().join(format!("rpctl-{}", __private::user_id()));
    let temporary = std::path::absolute(temporary).context("cannot resolve TMPDIR")?;
    let named = temporary.display().to_string();
    runtime
        .into_iter()
        .chain([temporary])
        .find(|path| is_private(path))
        .ok_or_else(|| {
            Failure::new(
                ExitCode::Refused,
                "directory_not_private",
                format!("{named} is not a private directory of yours, and cannot be made one"),
            )
            .hint("set XDG_RUNTIME_DIR, or choose the socket with --endpoint")
            .into()
        })
}

/// Whether a directory is private, once it exists. Looking comes after creating,
/// so that nobody can slip in between.
fn is_private(path: &Path) -> bool {
    __private::create_private_dir(path)
        .and_then(|()| __private::is_private_dir(path))
        .unwrap_or(false)
}

/// The record's place in the registry, which is made if it is missing.
fn registry_path(service: &str) -> Result<PathBuf> {
    let registry = require_registry("set HOME, or choose the record with --record")?;
    let path = registry
        .service_path(service, VERSION)
        .context("the service name leads out of the registry")?;
    __private::create_private_dir(registry.directory())
        .map_err(|error| place::unusable_directory("--record", registry.directory(), &error))?;
    std::path::absolute(path).context("cannot resolve the registry directory")
}
