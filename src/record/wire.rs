//! Conversion between the messages of an identity and its types.

use std::path::PathBuf;

use super::schema::{CacheManifest, DaemonProcessMessage, EndpointMessage, HostMessage};
use crate::identity::{DIGEST_LEN, DaemonProcess, Digest, Endpoint, ExeDigest, HostIdentity};

/// A rule that a recorded identity breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
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

/// The largest PID that any supported platform assigns (a positive `pid_t`).
const MAX_PID: u32 = i32::MAX.cast_unsigned();

/// The choice of the digests in a written record.
///
/// A protobuf record carries exactly one, because each generation of readers drops
/// the field that it does not know and then calls the file corrupt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DigestChoice {
    /// SHA-256 if supplied, else BLAKE3.
    #[default]
    Sha256,
    /// BLAKE3 if supplied, else SHA-256.
    Blake3,
    /// Every supplied digest, for formats that every generation reads.
    All,
}

impl DigestChoice {
    fn select(self, mut digest: ExeDigest) -> ExeDigest {
        match self {
            Self::Sha256 if digest.sha256.is_some() => digest.blake3 = None,
            Self::Blake3 if digest.blake3.is_some() => digest.sha256 = None,
            Self::Sha256 | Self::Blake3 | Self::All => {}
        }
        digest
    }
}

impl DaemonProcess {
    /// Returns the message, with every supplied digest.
    #[must_use]
    pub fn to_proto(&self) -> DaemonProcessMessage {
        self.to_proto_with(DigestChoice::All)
    }

    /// Returns the message, with the digests of `choice`.
    ///
    /// A path that is not UTF-8 is written with replacement characters, because the
    /// field of the protocol is a text.
    #[must_use]
    pub fn to_proto_with(&self, choice: DigestChoice) -> DaemonProcessMessage {
        let ExeDigest { sha256, blake3 } = choice.select(self.exe_digest);
        DaemonProcessMessage {
            pid: self.pid,
            exe_path: self.exe_path.to_string_lossy().into_owned(),
            exe_sha256: sha256.map(Vec::from).unwrap_or_default(),
            ipc_endpoint: Some(EndpointMessage::from(&self.ipc_endpoint)),
            started_at_unix_ms: self.started_at_unix_ms,
            boot_id: self.boot_id.clone(),
            idle_timeout_secs: self.idle_timeout_secs,
            exe_hash_algorithm: blake3.map(|_| "blake3".to_owned()).unwrap_or_default(),
            exe_hash: blake3.map(Vec::from).unwrap_or_default(),
        }
    }

    /// Returns the daemon that a manifest names, if it names one.
    ///
    /// # Errors
    ///
    /// The first rule that the record breaks.
    pub fn from_manifest_current_daemon(
        manifest: &CacheManifest,
    ) -> Result<Option<Self>, IdentityError> {
        manifest
            .current_daemon
            .as_ref()
            .map(Self::try_from)
            .transpose()
    }

    /// Returns the identity in an answer. Its values are compared and never trusted,
    /// so only the fields that the comparison needs must be well-formed.
    ///
    /// # Errors
    ///
    /// [`IdentityError::MissingEndpoint`] and the errors of malformed digests.
    pub(crate) fn from_answer(message: &DaemonProcessMessage) -> Result<Self, IdentityError> {
        let endpoint = message
            .ipc_endpoint
            .as_ref()
            .ok_or(IdentityError::MissingEndpoint);
        Ok(Self {
            pid: message.pid,
            exe_path: PathBuf::from(&message.exe_path),
            exe_digest: digests(message)?,
            boot_id: message.boot_id.clone(),
            ipc_endpoint: Endpoint::from(endpoint?),
            started_at_unix_ms: message.started_at_unix_ms,
            idle_timeout_secs: message.idle_timeout_secs,
        })
    }
}

impl TryFrom<&DaemonProcessMessage> for DaemonProcess {
    type Error = IdentityError;

    fn try_from(message: &DaemonProcessMessage) -> Result<Self, IdentityError> {
        match violations(message).into_iter().next() {
            Some(error) => Err(error),
            None => Self::from_answer(message),
        }
    }
}

impl TryFrom<DaemonProcessMessage> for DaemonProcess {
    type Error = IdentityError;

    fn try_from(message: DaemonProcessMessage) -> Result<Self, IdentityError> {
        Self::try_from(&message)
    }
}

/// Returns every rule that a recorded identity breaks, in field order.
pub(super) fn violations(message: &DaemonProcessMessage) -> Vec<IdentityError> {
    let mut errors = Vec::new();
    if message.pid == 0 || message.pid > MAX_PID {
        errors.push(IdentityError::PidRange(message.pid));
    }
    if !is_absolute(&message.exe_path) {
        errors.push(IdentityError::RelativePath(message.exe_path.clone()));
    }
    errors.extend(digests(message).err());
    if message
        .ipc_endpoint
        .as_ref()
        .is_none_or(|endpoint| endpoint.path.is_empty())
    {
        errors.push(IdentityError::MissingEndpoint);
    }
    errors
}

/// Returns whether a path is absolute on the platform of the writer, which may be
/// another one than that of the reader.
fn is_absolute(path: &str) -> bool {
    let drive = path.as_bytes();
    path.starts_with('/')
        || path.starts_with(r"\\")
        || (drive.len() > 2
            && drive[0].is_ascii_alphabetic()
            && drive[1] == b':'
            && matches!(drive[2], b'\\' | b'/'))
}

fn digests(message: &DaemonProcessMessage) -> Result<ExeDigest, IdentityError> {
    let sha256 = supplied("exe_sha256", &message.exe_sha256)?;
    let blake3 = match message.exe_hash_algorithm.as_str() {
        "blake3" | "" => supplied("exe_hash", &message.exe_hash)?,
        unknown => return Err(IdentityError::UnknownAlgorithm(unknown.to_owned())),
    };
    // Without an algorithm, the digest in the field is of an unknown kind.
    let blake3 = blake3.filter(|_| !message.exe_hash_algorithm.is_empty());
    Ok(ExeDigest { sha256, blake3 })
}

fn supplied(field: &'static str, bytes: &[u8]) -> Result<Option<Digest>, IdentityError> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let digest = Digest::try_from(bytes).map_err(|_| IdentityError::DigestLength {
        field,
        len: bytes.len(),
    })?;
    Ok((digest != [0; DIGEST_LEN]).then_some(digest))
}

/// Converts between a type and its message, which have the same fields.
macro_rules! convert {
    ($typed:ident, $message:ident { $($field:ident),+ }) => {
        impl From<&$typed> for $message {
            fn from(typed: &$typed) -> Self {
                Self { $($field: typed.$field.clone(),)+ }
            }
        }

        impl From<&$message> for $typed {
            fn from(message: &$message) -> Self {
                Self { $($field: message.$field.clone(),)+ }
            }
        }
    };
}

convert!(Endpoint, EndpointMessage { namespace_id, path });
convert!(
    HostIdentity,
    HostMessage {
        hostname,
        machine_id,
        boot_id,
        fs_dev_id,
        namespace_id
    }
);
