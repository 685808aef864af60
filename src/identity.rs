//! The identity a daemon records about itself: plain data, no I/O.
//!
//! The field set is that of protocol v1, message `DaemonProcess`. The same
//! identity travels in three shapes: inside a cache manifest, in a JSON sidecar
//! and in the answer to a challenge.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Bytes in a SHA-256 or BLAKE3 digest, and in a challenge nonce.
pub const DIGEST_LEN: usize = 32;

/// One executable digest.
pub type Digest = [u8; DIGEST_LEN];

/// Where a daemon listens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub struct Endpoint {
    /// A free label chosen by the daemon (`"shared"`, a service name). It has
    /// nothing to do with kernel namespaces and is only ever compared with
    /// another endpoint's label.
    pub namespace_id: String,
    /// On Unix the path of a socket file, on Windows a pipe name.
    pub path: String,
}

/// The digests a record supplies for the executable.
///
/// Two generations of daemons exist: the older records SHA-256, the newer
/// BLAKE3, and some supply both. An all-zero digest on the wire means "not
/// supplied" and is represented by `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExeDigest {
    /// SHA-256 of the executable.
    pub sha256: Option<Digest>,
    /// BLAKE3 of the executable.
    pub blake3: Option<Digest>,
}

impl ExeDigest {
    /// The digest to recompute: BLAKE3 where supplied, because it is several
    /// times faster and equally strong, else SHA-256.
    #[must_use]
    pub fn preferred(&self) -> Option<(DigestAlgorithm, Digest)> {
        self.blake3
            .map(|digest| (DigestAlgorithm::Blake3, digest))
            .or_else(|| self.sha256.map(|digest| (DigestAlgorithm::Sha256, digest)))
    }

    /// Whether two records agree on every digest both supply.
    #[must_use]
    pub fn agreement(&self, other: &Self) -> DigestAgreement {
        let pairs = [(self.sha256, other.sha256), (self.blake3, other.blake3)];
        let mut shared = pairs.into_iter().filter_map(|(a, b)| a.zip(b)).peekable();
        if shared.peek().is_none() {
            DigestAgreement::NothingShared
        } else if shared.all(|(a, b)| a == b) {
            DigestAgreement::Agree
        } else {
            DigestAgreement::Differ
        }
    }
}

/// The result of [`ExeDigest::agreement`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestAgreement {
    /// At least one algorithm is supplied by both, and all of those are equal.
    Agree,
    /// An algorithm supplied by both has two values.
    Differ,
    /// No algorithm is supplied by both: there is nothing to compare.
    NothingShared,
}

/// A digest algorithm of protocol v1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DigestAlgorithm {
    /// SHA-256, field 3 of the record.
    Sha256,
    /// BLAKE3, fields 8 and 9 of the record.
    Blake3,
}

impl DigestAlgorithm {
    /// The name on the wire and in reports: `sha256` or `blake3`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Blake3 => "blake3",
        }
    }
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A daemon's identity record, in the form every check works with.
///
/// A value of this type is complete (it has an endpoint and well-formed
/// digests) but not proven: that is what [`crate::Probe`] is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaemonProcess {
    /// Process ID in the PID namespace of the writer.
    pub pid: u32,
    /// Absolute path of the executable when the daemon started.
    pub exe_path: PathBuf,
    /// Digests of the executable.
    pub exe_digest: ExeDigest,
    /// Boot ID of the host when the daemon started; empty or `"unknown"` when
    /// the writer could not tell.
    pub boot_id: String,
    /// Where the daemon listens.
    pub ipc_endpoint: Endpoint,
    /// When the record was made, in milliseconds since the Unix epoch. Never
    /// earlier than the start of the process.
    pub started_at_unix_ms: u64,
    /// After how many idle seconds the daemon ends by itself.
    pub idle_timeout_secs: Option<u32>,
}

/// The host a record was written on, and where in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HostIdentity {
    /// Network name; informative only.
    pub hostname: String,
    /// Stable ID of the installed system (Linux: `/etc/machine-id`).
    pub machine_id: String,
    /// ID of this boot (Linux: `/proc/sys/kernel/random/boot_id`).
    pub boot_id: String,
    /// Device number of the file system the record belongs to.
    pub fs_dev_id: u64,
    /// Linux: `mnt:[INODE]:pid:[INODE]`, the writer's mount and PID namespace.
    pub namespace_id: String,
}

/// Whether a recorded text is a value, or a placeholder for "could not tell".
#[must_use]
pub fn is_known(text: &str) -> bool {
    !text.is_empty() && text != "unknown"
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Option<Digest> = Some([1; 32]);
    const B: Option<Digest> = Some([2; 32]);

    fn digests(sha256: Option<Digest>, blake3: Option<Digest>) -> ExeDigest {
        ExeDigest { sha256, blake3 }
    }

    #[test]
    fn digests_agree_only_on_what_both_sides_supply() {
        use DigestAgreement::{Agree, Differ, NothingShared};
        assert_eq!(digests(A, None).agreement(&digests(A, B)), Agree);
        assert_eq!(digests(A, B).agreement(&digests(A, B)), Agree);
        assert_eq!(digests(A, B).agreement(&digests(A, A)), Differ);
        assert_eq!(digests(B, B).agreement(&digests(A, B)), Differ);
        assert_eq!(digests(A, None).agreement(&digests(None, A)), NothingShared);
        assert_eq!(digests(None, None).agreement(&digests(A, A)), NothingShared);
    }

    #[test]
    fn blake3_is_preferred_when_both_are_supplied() {
        assert_eq!(
            digests(A, B).preferred(),
            Some((DigestAlgorithm::Blake3, [2; 32]))
        );
        assert_eq!(
            digests(A, None).preferred(),
            Some((DigestAlgorithm::Sha256, [1; 32]))
        );
        assert_eq!(digests(None, None).preferred(), None);
    }
}
