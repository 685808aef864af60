//! Writing records, in any format, atomically and readable by the owner alone; and
//! removing them.

use std::io;
use std::path::{Path, PathBuf};

use prost::Message;

use super::error::LoadError;
use super::load::{load, load_bytes};
use super::protobuf;
use super::record::{Content, Format, Record};
use super::schema::CacheManifest;
use super::sidecar::WrittenNamed;
use super::wire::{DigestChoice, IdentityError};
use crate::identity::DaemonProcess;
use crate::platform::{self, Durability};

/// An error that prevents a record from being written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SaveError {
    /// The record names no daemon, and the format holds nothing else.
    #[error("the record names no daemon, and {} holds nothing else", .0.description())]
    NoDaemon(Format),
    /// The format needs a manifest, and the record is a bare identity.
    #[error("the record is a bare identity; {} needs a service name and version", .0.description())]
    NoManifest(Format),
    /// The record is a process record, which has no other form.
    #[error("the record is a process record; {} needs an endpoint that answers", .0.description())]
    ProcessRecord(Format),
    /// The record is a PID file, which has no other form.
    #[error("the record is a PID file; {} needs more than a number", .0.description())]
    PidFile(Format),
    /// A PID file holds a number alone, and daemons write their own.
    #[error("a PID file would hold nothing but the number")]
    OnlyNumber,
    /// The format holds a process record alone.
    #[error("the record is no process record, and {} holds nothing else", .0.description())]
    NoProcess(Format),
    /// The recorded identity breaks a rule.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The encoded record would be refused by [`load_bytes`], for its size or for the
    /// number of elements.
    #[error("the record could not be read again: {0}")]
    Unreadable(LoadError),
    /// A directory or file cannot be created.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// Path of the record.
        path: PathBuf,
        /// Error of the system.
        source: io::Error,
    },
}

/// Encodes a record in `format`.
///
/// JSON carries every supplied digest. Protobuf carries exactly one, of the
/// generation in `digest`; see [`DigestChoice`].
///
/// # Errors
///
/// [`SaveError::NoDaemon`], [`SaveError::NoManifest`], [`SaveError::ProcessRecord`],
/// [`SaveError::NoProcess`], [`SaveError::PidFile`] and [`SaveError::OnlyNumber`] if the record lacks the message of the format, [`SaveError::Identity`] for a malformed identity, and
/// [`SaveError::Unreadable`] for bytes that [`load_bytes`] would refuse.
pub fn encode(
    content: &Content,
    format: Format,
    digest: DigestChoice,
) -> Result<Vec<u8>, SaveError> {
    let bytes = match format {
        _ if matches!(content, Content::PidFile(_)) => return Err(SaveError::PidFile(format)),
        Format::PidFile => return Err(SaveError::OnlyNumber),
        Format::ProcessRecord => json_text(content.process().ok_or(SaveError::NoProcess(format))?),
        _ if content.process().is_some() => return Err(SaveError::ProcessRecord(format)),
        Format::ManifestProtobuf => protobuf::encode_manifest(&with_one_digest(
            content.manifest().ok_or(SaveError::NoManifest(format))?,
            digest,
        )?),
        Format::ManifestJson => json_text(content.manifest().ok_or(SaveError::NoManifest(format))?),
        Format::SidecarJson => sidecar(content)?,
        Format::DaemonProtobuf => daemon(content, format)?
            .to_proto_with(digest)
            .encode_to_vec(),
    };
    load_bytes(&bytes).map_err(SaveError::Unreadable)?;
    Ok(bytes)
}

/// Encodes a sidecar, with what the record says of the service and the host.
fn sidecar(content: &Content) -> Result<Vec<u8>, SaveError> {
    let daemon = daemon(content, Format::SidecarJson)?;
    let (service_name, service_version, host) = match content {
        Content::Manifest(manifest) => {
            let CacheManifest {
                service_name,
                service_version,
                host,
                ..
            } = &**manifest;
            (service_name, service_version, host)
        }
        Content::Named(named) => (&named.service_name, &named.service_version, &named.host),
        _ => return Ok(json_text(&daemon)),
    };
    Ok(json_text(&WrittenNamed {
        daemon,
        service_name,
        service_version,
        host: host.as_ref(),
    }))
}

fn daemon(content: &Content, format: Format) -> Result<DaemonProcess, SaveError> {
    let message = content
        .daemon_message()
        .ok_or(SaveError::NoDaemon(format))?;
    Ok(DaemonProcess::try_from(message)?)
}

fn with_one_digest(
    manifest: &CacheManifest,
    digest: DigestChoice,
) -> Result<CacheManifest, IdentityError> {
    let mut manifest = manifest.clone();
    if let Some(message) = &mut manifest.current_daemon
        && !message.exe_sha256.is_empty()
        && !message.exe_hash.is_empty()
    {
        *message = DaemonProcess::try_from(&*message)?.to_proto_with(digest);
    }
    Ok(manifest)
}

fn json_text(value: &impl serde::Serialize) -> Vec<u8> {
    // Serialising plain data into memory cannot fail. Every reader would refuse an
    // empty text.
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    text
}

/// Writes a record to `path` atomically: readers see the old file or the new one.
///
/// Unix: the file has mode 0600, and missing directories are created with mode
/// 0700; existing directories keep their mode. File and directory are synchronised
/// with the disk, as by [fsync(2)](https://man7.org/linux/man-pages/man2/fsync.2.html).
///
/// # Errors
///
/// As [`encode`], and [`SaveError::Io`].
pub fn save(
    path: &Path,
    content: &Content,
    format: Format,
    digest: DigestChoice,
) -> Result<(), SaveError> {
    let bytes = encode(content, format, digest)?;
    platform::replace_file(path, &bytes, Durability::Crash).map_err(|source| SaveError::Io {
        path: path.to_owned(),
        source,
    })
}

/// Removes the record at `path` if `matches` accepts it. Returns whether a file was
/// removed.
///
/// A record that a daemon writes to `path` during the call is not removed: the file
/// is moved to an unpredictable name, read again there, and moved back if `matches`
/// refuses it. In between, other programs do not find it. Daemons made with this
/// library wait for that time if the caller holds the lock of the directory.
///
/// # Errors
///
/// The error of the system if the file cannot be moved or removed. A missing file
/// is not an error.
pub fn remove_if(path: &Path, matches: impl Fn(&Record) -> bool) -> io::Result<bool> {
    platform::remove_if(path, |path| load(path).is_ok_and(|record| matches(&record)))
}
