//! The rules for a recorded identity.

use super::schema::DaemonProcessMessage;
use crate::identity::{DIGEST_LEN, Digest, ExeDigest};
use crate::platform;

/// A rule that a recorded identity breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MalformedIdentity {
    /// The endpoint is missing, or its path is empty.
    #[error("the daemon record names no endpoint (field ipc_endpoint)")]
    MissingEndpoint,
    /// A digest has the wrong length.
    #[error("{field} has {len} bytes instead of 32")]
    DigestLength {
        /// Field of the record.
        field: &'static str,
        /// Length in bytes.
        len: usize,
    },
    /// The hash algorithm is unknown to this library.
    #[error("exe_hash_algorithm is {0:?}; only \"blake3\" is known")]
    UnknownAlgorithm(String),
    /// The PID is 0 or beyond the range of process IDs.
    #[error("pid {0} is outside the range of process IDs")]
    PidRange(u32),
    /// The path of the executable is not absolute.
    #[error("exe_path {0:?} is not an absolute path")]
    RelativePath(String),
}

/// Returns every rule that a recorded identity breaks, in field order.
pub(super) fn violations(message: &DaemonProcessMessage) -> Vec<MalformedIdentity> {
    let mut errors = Vec::new();
    if message.pid == 0 || message.pid > platform::MAX_PID {
        errors.push(MalformedIdentity::PidRange(message.pid));
    }
    if !is_absolute(&message.exe_path) {
        errors.push(MalformedIdentity::RelativePath(message.exe_path.clone()));
    }
    errors.extend(digests(message).err());
    if message
        .ipc_endpoint
        .as_ref()
        .is_none_or(|endpoint| endpoint.path.is_empty())
    {
        errors.push(MalformedIdentity::MissingEndpoint);
    }
    errors
}

/// Returns whether a path is absolute on the platform of the writer, which may be
/// another one than that of the reader.
pub(super) fn is_absolute(path: &str) -> bool {
    let drive = path.as_bytes();
    path.starts_with('/')
        || path.starts_with(r"\\")
        || (drive.len() > 2
            && drive[0].is_ascii_alphabetic()
            && drive[1] == b':'
            && matches!(drive[2], b'\\' | b'/'))
}

/// Returns the digests that a message supplies.
pub(super) fn digests(message: &DaemonProcessMessage) -> Result<ExeDigest, MalformedIdentity> {
    let sha256 = supplied("exe_sha256", &message.exe_sha256)?;
    let blake3 = match message.exe_hash_algorithm.as_str() {
        "blake3" | "" => supplied("exe_hash", &message.exe_hash)?,
        unknown => return Err(MalformedIdentity::UnknownAlgorithm(unknown.to_owned())),
    };
    // Without an algorithm, the digest in the field is of an unknown kind.
    let blake3 = blake3.filter(|_| !message.exe_hash_algorithm.is_empty());
    Ok(ExeDigest { sha256, blake3 })
}

/// Returns the digest in a field, or `None` if it is empty or all zero.
fn supplied(field: &'static str, bytes: &[u8]) -> Result<Option<Digest>, MalformedIdentity> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let digest = Digest::try_from(bytes).map_err(|_| MalformedIdentity::DigestLength {
        field,
        len: bytes.len(),
    })?;
    Ok((digest != [0; DIGEST_LEN]).then_some(digest))
}
