//! The key of a digest: a content of a file, and an algorithm.

use std::fs::File;

use serde::{Deserialize, Serialize};

use crate::identity::DigestAlgorithm;
use crate::platform::{self, FileStat};

/// The minimum age of a change, in nanoseconds, beyond which a later change has
/// another time: far more than the tick of any supported file system.
const SETTLED_NS: i64 = 2_000_000_000;

/// A content of a file, as far as the kernel identifies it, and an algorithm.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct ImageKey {
    /// ID of the mount, which no later mount gets, if the kernel reports one. Device
    /// numbers are used again.
    mount: Option<u64>,
    device: u64,
    inode: u128,
    size: u64,
    modified_ns: i64,
    changed_ns: i64,
    algorithm: DigestAlgorithm,
}

impl ImageKey {
    /// Returns the key of an opened file; `None` if its change time may fail to
    /// reveal a change.
    pub(super) fn new(file: &File, stat: FileStat, algorithm: DigestAlgorithm) -> Option<Self> {
        platform::ctime_is_reliable(file, stat.id.device).then_some(Self {
            mount: platform::mount_id(file),
            device: stat.id.device,
            inode: stat.id.inode,
            size: stat.size,
            modified_ns: i64::try_from(stat.modified_ns).ok()?,
            changed_ns: i64::try_from(stat.changed_ns).ok()?,
            algorithm,
        })
    }

    /// Returns whether a change after `unix_ns` has another change time.
    pub(super) fn is_settled(&self, unix_ns: i64) -> bool {
        unix_ns.saturating_sub(self.changed_ns) >= SETTLED_NS
    }
}
