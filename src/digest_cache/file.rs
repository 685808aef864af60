//! The file of a digest cache.

use std::io::{self, Read, Write};
use std::path::Path;

use data_encoding::HEXLOWER;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::{DigestCacheError, refuse_if_replaceable, refuse_unless_private};
use super::key::{ImageKey, Moment};
use crate::identity::{DIGEST_LEN, Digest};
use crate::platform::{self, Directory, PathChecks};

/// The version of the file format.
const VERSION: u32 = 1;

/// The most digests in a file, the newest ones: more than a machine has kinds of
/// daemons.
const MAX_ENTRIES: usize = 256;

/// The largest file that is read, in bytes: far more than [`MAX_ENTRIES`] digests
/// take.
const MAX_LEN: u64 = 1 << 20;

/// A cached digest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) image: ImageKey,
    digest: String,
    /// Time at which hashing began.
    pub(super) at: Moment,
}

impl Entry {
    pub(super) fn new(image: ImageKey, digest: &Digest, at: Moment) -> Self {
        Self {
            image,
            digest: HEXLOWER.encode(digest),
            at,
        }
    }

    /// Returns the digest; `None` if it is malformed.
    pub(super) fn digest(&self) -> Option<Digest> {
        let bytes = HEXLOWER.decode(self.digest.as_bytes()).ok()?;
        <[u8; DIGEST_LEN]>::try_from(bytes).ok()
    }
}

#[derive(Serialize, Deserialize)]
struct Document {
    version: u32,
    boot_id: String,
    entries: Vec<Entry>,
}

/// Reads the entries of this boot; none if the file is missing or damaged.
pub(super) fn read(path: &Path, boot_id: &str) -> Result<Vec<Entry>, DigestCacheError> {
    guarded(path, || read_here(path, boot_id))
}

/// Works on the file at a path, also on a file system that may hang.
fn guarded<T: Serialize + DeserializeOwned>(
    path: &Path,
    work: impl Fn() -> Result<T, DigestCacheError>,
) -> Result<T, DigestCacheError> {
    let work = || match work() {
        Ok(result) => Ok(Ok(result)),
        Err(DigestCacheError::Io { source, .. }) => Err(source),
        Err(DigestCacheError::NotOurs { path, reason }) => Ok(Err((path, reason))),
        Err(error @ DigestCacheError::NoBootId) => Err(io::Error::other(error)),
    };
    platform::guarded(work, work)
        .map_err(DigestCacheError::io(path))?
        .map_err(|(path, reason)| DigestCacheError::NotOurs { path, reason })
}

fn read_here(path: &Path, boot_id: &str) -> Result<Vec<Entry>, DigestCacheError> {
    let failed = DigestCacheError::io(path);
    let file = match PathChecks::default().open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        opened => opened
            .map_err(failed)?
            .map_err(|_| DigestCacheError::not_ours(path, "it is not a regular file".to_owned()))?,
    };
    refuse_unless_private(path, &file)?;
    let mut text = Vec::new();
    let content = file.file;
    content
        .take(MAX_LEN)
        .read_to_end(&mut text)
        .map_err(failed)?;
    // A damaged file is treated as missing, and replaced by the next writer.
    Ok(serde_json::from_slice::<Document>(&text)
        .ok()
        .filter(|document| document.version == VERSION && document.boot_id == boot_id)
        .map_or_else(Vec::new, |document| document.entries))
}

/// Adds entries to the file atomically: readers see the old file or the new one. Of
/// two simultaneous writers, the entries of one may be lost.
pub(super) fn add(path: &Path, boot_id: &str, added: &[Entry]) -> Result<(), DigestCacheError> {
    guarded(path, || add_here(path, boot_id, added.to_vec()))
}

fn add_here(path: &Path, boot_id: &str, added: Vec<Entry>) -> Result<(), DigestCacheError> {
    let failed = DigestCacheError::io(path);
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // Checked before anything is created there: another user may own the place.
    let existing = directory
        .ancestors()
        .find(|place| platform::attributes(place).is_ok());
    let existing = Directory::open(existing.unwrap_or(Path::new("."))).map_err(failed)?;
    refuse_if_replaceable(&existing)?;
    let directory = Directory::create(directory).map_err(failed)?;
    refuse_if_replaceable(&directory)?;
    let mut entries = read_here(path, boot_id)?;
    entries.retain(|old| added.iter().all(|new| new.image != old.image));
    entries.extend(added);
    entries.drain(..entries.len().saturating_sub(MAX_ENTRIES));
    let document = Document {
        version: VERSION,
        boot_id: boot_id.to_owned(),
        entries,
    };
    // Not synchronised with the disk: the file does not count after a crash.
    let text = serde_json::to_vec(&document).map_err(|error| failed(error.into()))?;
    let name = path.file_name();
    let name = name.ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
    let replaced = directory.replace(name, |file| file.write_all(&text));
    replaced.map_err(failed)
}
