//! A cache of executable digests that lasts from run to run, for callers that ask
//! for it.
//!
//! The key is what the kernel reports about the *opened* running image: boot, mount,
//! device, inode, size, modification time and change time. The owner of a file can
//! set back its modification time. The change time cannot be set, except through
//! the clock of the host. A digest is therefore stored only if
//!
//! - the change time was at least two seconds old before hashing began, so that a
//!   later change has another time, however coarse the clock of the file system;
//! - the file is unchanged after hashing;
//! - every change shows in the change time. Linux: the file is on ext4, XFS or F2FS,
//!   on hardware and not on a loop device, whose file can be written to as well.
//!
//! It is used only on the same boot, while the wall clock agrees with the time since
//! boot, and as the expected digest: a cached digest can confirm a match but never
//! report a mismatch.
//!
//! A user who can write the cache file can make a wrong executable pass. The file is
//! therefore refused unless it belongs to the caller, is accessible to the caller
//! alone, and cannot be replaced by another user.

mod cache;
mod error;
mod file;
mod key;

pub use cache::DigestCache;
pub use error::DigestCacheError;
pub(crate) use key::Moment;
