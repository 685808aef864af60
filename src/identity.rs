//! The identity that a daemon records about itself: plain data, no I/O.
//!
//! Its fields are those of the message `DaemonProcess` of protocol v1. An identity
//! occurs in three places: inside a cache manifest, in a JSON sidecar and in the
//! answer to a challenge.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::named::named;

/// The length of a SHA-256 or BLAKE3 digest and of a challenge nonce, in bytes.
pub const DIGEST_LEN: usize = 32;

/// A digest of an executable.
pub type Digest = [u8; DIGEST_LEN];

/// The endpoint on which a daemon listens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Endpoint {
    /// Label chosen by the daemon (`"shared"`, a service name). It is unrelated to
    /// kernel namespaces and only compared with the label of another endpoint.
    pub namespace_id: String,
    /// Unix: path of the socket file. Windows: name of the pipe.
    pub path: String,
}

/// The digests of the executable in a record.
///
/// Two generations of daemons exist: the older one records SHA-256, the newer one
/// BLAKE3, and some record both. An all-zero digest on the wire stands for a digest
/// that is not supplied, and is represented by `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExeDigest {
    /// SHA-256 of the executable.
    pub sha256: Option<Digest>,
    /// BLAKE3 of the executable.
    pub blake3: Option<Digest>,
}

impl ExeDigest {
    /// Returns the digest to recompute: BLAKE3 if supplied, because it is several
    /// times faster and equally strong, else SHA-256.
    #[must_use]
    pub fn preferred(&self) -> Option<(DigestAlgorithm, Digest)> {
        self.blake3
            .map(|digest| (DigestAlgorithm::Blake3, digest))
            .or_else(|| self.sha256.map(|digest| (DigestAlgorithm::Sha256, digest)))
    }

    /// Compares the digests that both records supply.
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
    /// Both supply a digest of at least one algorithm, and all such digests are equal.
    Agree,
    /// Both supply a digest of an algorithm, with different values.
    Differ,
    /// No algorithm is common to both, so that nothing can be compared.
    NothingShared,
}

named! {
    /// A digest algorithm of protocol v1.
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum DigestAlgorithm {
        /// SHA-256, field 3 of the record.
        Sha256 = "sha256",
        /// BLAKE3, fields 8 and 9 of the record.
        Blake3 = "blake3",
    }
}

/// The identity of a daemon, as every check uses it.
///
/// A value is complete, with an endpoint and well-formed digests, but not proven:
/// [`crate::Probe`] proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaemonProcess {
    /// Process ID in the PID namespace of the writer.
    pub pid: u32,
    /// Absolute path of the executable at the start of the daemon.
    pub exe_path: PathBuf,
    /// Digests of the executable.
    pub exe_digest: ExeDigest,
    /// Boot ID of the host at the start of the daemon; empty or `"unknown"` if the
    /// writer could not determine it.
    pub boot_id: String,
    /// Endpoint on which the daemon listens.
    pub ipc_endpoint: Endpoint,
    /// Time of the record, in milliseconds since the Unix epoch. Never earlier than
    /// the start of the process.
    pub started_at_unix_ms: u64,
    /// Idle time after which the daemon exits by itself, in seconds.
    pub idle_timeout_secs: Option<u32>,
}

/// An error that prevents a process from describing itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CurrentProcessError {
    /// The path of the running executable is unknown.
    #[error("cannot find the path of the running executable: {0}")]
    Path(#[source] io::Error),
    /// The executable of this process is not the program, but the loader that has loaded it:
    /// the image says nothing about the program.
    #[error(
        "{} was started through {}, which the kernel takes for its executable; start it directly",
        program.display(),
        loader.display()
    )]
    Loaded {
        /// The program.
        program: PathBuf,
        /// The dynamic loader.
        loader: PathBuf,
    },
    /// The running executable cannot be opened or read.
    #[error("cannot read the running executable: {0}")]
    Read(#[source] io::Error),
}

/// The host of the writer of a record, with its file system and namespaces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HostIdentity {
    /// Host name; informative only.
    pub hostname: String,
    /// ID of the installed system, which survives boots. Linux: `/etc/machine-id`, see
    /// [machine-id(5)](https://man7.org/linux/man-pages/man5/machine-id.5.html).
    pub machine_id: String,
    /// ID of the boot. Linux: `/proc/sys/kernel/random/boot_id`, see
    /// [random(4)](https://man7.org/linux/man-pages/man4/random.4.html).
    pub boot_id: String,
    /// Device number of the file system of the record.
    pub fs_dev_id: u64,
    /// Mount and PID namespace of the writer. Linux: `mnt:[INODE]:pid:[INODE]`, see
    /// [namespaces(7)](https://man7.org/linux/man-pages/man7/namespaces.7.html).
    pub namespace_id: String,
}

/// Returns whether a recorded text is a value, and no placeholder for an undetermined
/// one. The established crate writes `unknown`, and on Windows
/// `windows-boot-unavailable-…`; other writers leave a UUID of zeros or ones, or the word for
/// nothing in their language. systemd calls a machine ID `uninitialized` before the first boot
/// ends.
#[must_use]
pub(crate) fn is_known(text: &str) -> bool {
    const NOTHING: [&str; 6] = ["unknown", "uninitialized", "none", "null", "nil", "n/a"];
    let text = text.trim();
    let is_filled_with = |digit: char| {
        let mut digits = text.chars().filter(|it| !matches!(it, '-' | '{' | '}'));
        digits.all(|it| it.eq_ignore_ascii_case(&digit))
    };
    let is_word = NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word));
    !(is_word
        || is_filled_with('0')
        || is_filled_with('f')
        || text.starts_with("windows-boot-unavailable"))
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
    fn a_placeholder_is_no_value() {
        for placeholder in [
            "",
            " ",
            "-",
            "0",
            "unknown",
            "Unknown\n",
            "None",
            "windows-boot-unavailable-17",
            "00000000-0000-0000-0000-000000000000",
            "{00000000-0000-0000-0000-000000000000}",
            "00000000000000000000000000000000",
            "FFFFFFFF-ffff-ffff-ffff-ffffffffffff",
        ] {
            assert!(!is_known(placeholder), "{placeholder:?}");
        }
        for value in ["00000000-0000-0000-0000-000000000001", "f0", "b1", "(none)"] {
            assert!(is_known(value), "{value}");
        }
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
