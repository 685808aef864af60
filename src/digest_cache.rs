//! Digests kept from one run to the next, for callers that ask for it.
//!
//! What is kept stands for what the kernel says about the *opened* running image:
//! boot, mount, device, inode, size, and both change times. An owner can set back
//! the modification time; the change time nobody can, as long as nobody sets the
//! clock. So a digest is kept only
//!
//! - when the change time was at least two seconds old before hashing began: a
//!   later change then has another time, however coarse the file system's ticks;
//! - when the file is still as it was after hashing ended;
//! - when no change escapes the change time: on Linux the file is on ext4, XFS or
//!   F2FS, and these are on hardware, not on a loop device, whose file can be
//!   written as well;
//!
//! and it counts only on the same boot, while the wall clock has gone with the
//! time since boot, and when it is the digest that is expected: a mismatch is
//! never told from memory.
//!
//! Whoever can write the file can make a wrong executable pass. It is therefore
//! refused unless it is the caller's own, for the caller alone, in a place where
//! nobody else can put another.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use crate::identity::{DIGEST_LEN, Digest, DigestAlgorithm};
use crate::platform::{self, FileStat};

/// Of the file.
const VERSION: u32 = 1;

/// Digests that are kept, the newest: a machine has fewer kinds of daemon.
const MAX_KEPT: usize = 256;

/// Far more than [`MAX_KEPT`] digests take.
const MAX_LEN: u64 = 1 << 20;

/// Age of a change from which on no later one can have the same time: far above
/// the tick of any file system that is trusted here.
const SETTLED_NS: i64 = 2_000_000_000;

/// How far the wall clock may be off the time since boot: a correction, and the
/// rate at which a clock is slewed.
const CORRECTION_NS: i64 = 1_000_000_000;
const SLEWED_ONE_IN: i64 = 1_000;

/// Digests of running images, kept in a file of the user.
///
/// Share one through [`crate::probe::ImageDigests::kept_in`].
#[derive(Debug)]
pub struct DigestCache {
    path: PathBuf,
    boot_id: String,
    opened: Moment,
    kept: HashMap<ImageKey, Kept>,
    learned: Mutex<Vec<Entry>>,
}

/// What keeps a file of digests from being used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DigestCacheError {
    /// Somebody else could have written it.
    #[error("{} is not used: {reason}", path.display())]
    NotOurs {
        /// The file, or the directory it would be in.
        path: PathBuf,
        /// Who could have.
        reason: String,
    },
    /// It could not be read or written.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Nothing can be kept for this boot: it has no known ID.
    #[error("the boot ID of this host is not known")]
    NoBootId,
}

/// Which content of which file, hashed how.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct ImageKey {
    /// Where the kernel tells, a number that no later mount gets; device numbers
    /// are used again.
    mount: Option<u64>,
    device: u64,
    inode: u64,
    size: u64,
    modified_ns: i64,
    changed_ns: i64,
    algorithm: DigestAlgorithm,
}

/// A moment on two clocks, in nanoseconds: since the Unix epoch, and since boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moment {
    unix_ns: i64,
    boot_ns: i64,
}

#[derive(Clone, Copy, Debug)]
struct Kept {
    digest: Digest,
    at: Moment,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    image: ImageKey,
    digest: String,
    at: Moment,
}

#[derive(Serialize, Deserialize)]
struct Document {
    version: u32,
    boot_id: String,
    entries: Vec<Entry>,
}

impl DigestCache {
    /// The digests in the file at `path`; none where there is no such file, or
    /// where it is damaged or from another boot.
    ///
    /// # Errors
    ///
    /// When somebody else could have written it, or it cannot be read.
    pub fn open(path: &Path) -> Result<Self, DigestCacheError> {
        let boot_id = platform::boot_id().ok_or(DigestCacheError::NoBootId)?;
        let kept = read(path, &boot_id)?
            .into_iter()
            .filter_map(|entry| {
                let kept = Kept {
                    digest: decode(&entry.digest)?,
                    at: entry.at,
                };
                Some((entry.image, kept))
            })
            .collect();
        Ok(Self {
            path: path.to_owned(),
            boot_id,
            opened: Moment::now(),
            kept,
            learned: Mutex::default(),
        })
    }

    /// The digest of an opened image, and for how long it has been kept.
    pub(crate) fn find(
        &self,
        file: &File,
        stat: FileStat,
        algorithm: DigestAlgorithm,
    ) -> Option<(Digest, Duration)> {
        if self.kept.is_empty() {
            return None;
        }
        let kept = self.kept.get(&ImageKey::of(file, stat, algorithm)?)?;
        let age = kept.at.age(self.opened)?;
        Some((kept.digest, age))
    }

    /// Remember the digest of an opened image which was hashed from `begun` on.
    pub(crate) fn learn(
        &self,
        file: &File,
        stat: FileStat,
        algorithm: DigestAlgorithm,
        digest: &Digest,
        begun: Moment,
    ) {
        let is_unchanged = platform::stat_open(file).is_ok_and(|now| now == stat);
        let Some(image) = ImageKey::of(file, stat, algorithm).filter(|_| is_unchanged) else {
            return;
        };
        if begun.unix_ns.saturating_sub(image.changed_ns) < SETTLED_NS {
            return;
        }
        let entry = Entry {
            image,
            digest: HEXLOWER.encode(digest),
            at: begun,
        };
        let mut learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        learned.push(entry);
    }

    /// Write what was learned to the file, beside what other runs have kept there
    /// meanwhile. Readers see the old file or the new one; of two writers in the
    /// same moment, one may keep its digests in vain.
    ///
    /// # Errors
    ///
    /// When somebody else could replace the file, or it cannot be written.
    pub fn save(&self) -> Result<(), DigestCacheError> {
        let learned =
            std::mem::take(&mut *self.learned.lock().unwrap_or_else(PoisonError::into_inner));
        if learned.is_empty() {
            return Ok(());
        }
        let failed = |source| self.failed(source);
        let directory = match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        // Judged before anything is made there: it may be the place of another.
        let existing = directory.ancestors().find(|place| place.exists());
        refuse_if_replaceable(existing.unwrap_or(Path::new(".")))?;
        platform::create_private_dir(directory).map_err(failed)?;
        refuse_if_replaceable(directory)?;
        let mut entries = read(&self.path, &self.boot_id)?;
        entries.retain(|old| learned.iter().all(|new| new.image != old.image));
        entries.extend(learned);
        entries.drain(..entries.len().saturating_sub(MAX_KEPT));
        let document = Document {
            version: VERSION,
            boot_id: self.boot_id.clone(),
            entries,
        };
        // Nothing is synchronised: after a crash it is another boot.
        let mut file = tempfile::NamedTempFile::new_in(directory).map_err(failed)?;
        let text = serde_json::to_vec(&document).map_err(|error| failed(error.into()))?;
        file.write_all(&text).map_err(failed)?;
        file.persist(&self.path)
            .map_err(|error| failed(error.error))?;
        Ok(())
    }

    fn failed(&self, source: io::Error) -> DigestCacheError {
        DigestCacheError::Io {
            path: self.path.clone(),
            source,
        }
    }
}

/// The digests in a file that were kept on this boot.
fn read(path: &Path, boot_id: &str) -> Result<Vec<Entry>, DigestCacheError> {
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        _ => refuse_if_replaceable(path)?,
    }
    let failed = |source| DigestCacheError::Io {
        path: path.to_owned(),
        source,
    };
    let file = platform::open_without_blocking(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let trust = platform::trust(&metadata);
    let objection = if !metadata.is_file() {
        Some("it is not a regular file".to_owned())
    } else if trust.owner != platform::effective_uid() {
        Some(format!("it belongs to user ID {}", trust.owner))
    } else if trust.mode & 0o077 != 0 {
        Some(format!(
            "it is not for its owner alone (mode {:04o})",
            trust.mode
        ))
    } else {
        None
    };
    if let Some(reason) = objection {
        return Err(DigestCacheError::NotOurs {
            path: path.to_owned(),
            reason,
        });
    }
    let mut text = Vec::new();
    file.take(MAX_LEN).read_to_end(&mut text).map_err(failed)?;
    // A damaged file is worth no more than none, and is replaced.
    Ok(serde_json::from_slice::<Document>(&text)
        .ok()
        .filter(|document| document.version == VERSION && document.boot_id == boot_id)
        .map_or_else(Vec::new, |document| document.entries))
}

fn refuse_if_replaceable(path: &Path) -> Result<(), DigestCacheError> {
    match platform::replaceable_by_others(path, platform::effective_uid()) {
        None => Ok(()),
        Some(reason) => Err(DigestCacheError::NotOurs {
            path: path.to_owned(),
            reason,
        }),
    }
}

fn decode(hex: &str) -> Option<Digest> {
    let bytes = HEXLOWER.decode(hex.as_bytes()).ok()?;
    <[u8; DIGEST_LEN]>::try_from(bytes).ok()
}

impl ImageKey {
    /// `None` where a change might not be seen.
    fn of(file: &File, stat: FileStat, algorithm: DigestAlgorithm) -> Option<Self> {
        platform::tells_changes(file, stat.id.device).then_some(Self {
            mount: platform::mount_id(file),
            device: stat.id.device,
            inode: stat.id.inode,
            size: stat.size,
            modified_ns: i64::try_from(stat.modified_ns).ok()?,
            changed_ns: i64::try_from(stat.changed_ns).ok()?,
            algorithm,
        })
    }
}

impl Moment {
    pub(crate) fn now() -> Self {
        Self {
            unix_ns: platform::unix_now_ns(),
            boot_ns: platform::since_boot_ns(),
        }
    }

    /// The time from this moment to a later one; `None` when the clocks disagree
    /// about it: the wall clock was set.
    fn age(self, later: Self) -> Option<Duration> {
        let by_boot = later.boot_ns.checked_sub(self.boot_ns)?;
        let by_wall = later.unix_ns.checked_sub(self.unix_ns)?;
        let tolerance = CORRECTION_NS + by_boot / SLEWED_ONE_IN;
        let age = Duration::from_nanos(u64::try_from(by_boot).ok()?);
        (by_wall.checked_sub(by_boot)?.abs() <= tolerance).then_some(age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn moment(unix_s: i64, boot_s: i64) -> Moment {
        Moment {
            unix_ns: unix_s * SECOND,
            boot_ns: boot_s * SECOND,
        }
    }

    #[test]
    fn an_age_counts_only_where_both_clocks_agree_about_it() {
        let kept = moment(1_000_000, 100);
        let seconds = Duration::from_secs;
        assert_eq!(kept.age(moment(1_000_060, 160)), Some(seconds(60)));
        assert_eq!(kept.age(moment(1_000_061, 160)), Some(seconds(60)));
        // A day later, a slewed clock may be off by a minute and a half.
        assert_eq!(kept.age(moment(1_086_480, 86_500)), Some(seconds(86_400)));
        for set in [
            moment(1_000_062, 160),
            moment(1_000_058, 160),
            moment(999_998, 100),
            moment(1_000_060, 99),
        ] {
            assert_eq!(kept.age(set), None, "{set:?}");
        }
    }
}
