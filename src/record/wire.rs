//! Between the wire form of an identity and the typed one.

use std::path::PathBuf;

use super::schema::{CacheManifest, DaemonProcessMessage, EndpointMessage, HostMessage};
use crate::identity::{DIGEST_LEN, DaemonProcess, Digest, Endpoint, ExeDigest, HostIdentity};

/// What keeps a recorded identity from being one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// There is no endpoint, or its path is empty.
    #[error("the daemon record names no endpoint (field ipc_endpoint)")]
    MissingEndpoint,
    /// A digest has the wrong length.
    #[error("{field} has {len} bytes instead of 32")]
    DigestLength {
        /// The record field.
        field: &'static str,
        /// Its length in bytes.
        len: usize,
    },
    /// A hash algorithm this library does not know.
    #[error("exe_hash_algorithm is {0:?}; only \"blake3\" is known")]
    UnknownAlgorithm(String),
    /// PID 0, or one beyond the platform's range.
    #[error("pid {0} is outside the range of process IDs")]
    PidRange(u32),
    /// An executable path that is not absolute.
    #[error("exe_path {0:?} is not an absolute path")]
    RelativePath(String),
}

/// The largest PID any supported platform can hand out (a positive `pid_t`).
const MAX_PID: u32 = i32::MAX.cast_unsigned();

/// Which digest a written record carries.
///
/// A protobuf record carries exactly one, because either generation of readers
/// drops the field it does not know and then calls the file corrupt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DigestChoice {
    /// SHA-256 where supplied, else BLAKE3.
    #[default]
    Sha256,
    /// BLAKE3 where supplied, else SHA-256.
    Blake3,
    /// Whatever is supplied: for formats that every generation reads.
    All,
}

impl DigestChoice {
    fn select(self, digest: ExeDigest) -> ExeDigest {
        match (self, digest) {
            (
                Self::Sha256,
                ExeDigest {
                    sha256: Some(_), ..
                },
            ) => ExeDigest {
                blake3: None,
                ..digest
            },
            (
                Self::Blake3,
                ExeDigest {
                    blake3: Some(_), ..
                },
            ) => ExeDigest {
                sha256: None,
                ..digest
            },
            _ => digest,
        }
    }
}

impl DaemonProcess {
    /// The wire form, with every digest that is supplied.
    #[must_use]
    pub fn to_proto(&self) -> DaemonProcessMessage {
        self.to_proto_with(DigestChoice::All)
    }

    /// The wire form, with the digests of `choice`.
    ///
    /// A path that is not UTF-8 is written with replacement characters, as the
    /// protocol has no other way to say it.
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

    /// The daemon a manifest names, `None` when it names none.
    ///
    /// # Errors
    ///
    /// The first rule of [`IdentityError`] that the record breaks.
    pub fn from_manifest_current_daemon(
        manifest: &CacheManifest,
    ) -> Result<Option<Self>, IdentityError> {
        manifest
            .current_daemon
            .as_ref()
            .map(Self::try_from)
            .transpose()
    }
}

impl TryFrom<&DaemonProcessMessage> for DaemonProcess {
    type Error = IdentityError;

    fn try_from(message: &DaemonProcessMessage) -> Result<Self, IdentityError> {
        match violations(message).into_iter().next() {
            Some(error) => Err(error),
            None => from_valid(message),
        }
    }
}

/// Every rule a recorded identity breaks, in field order.
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

/// The identity in an answer: its values are compared, never trusted, so only
/// what the comparison needs must be well-formed.
///
/// # Errors
///
/// [`IdentityError`] for a missing endpoint or a malformed digest.
pub(crate) fn from_answer(message: &DaemonProcessMessage) -> Result<DaemonProcess, IdentityError> {
    from_valid(message)
}

fn from_valid(message: &DaemonProcessMessage) -> Result<DaemonProcess, IdentityError> {
    let exe_digest = digests(message)?;
    let endpoint = message
        .ipc_endpoint
        .as_ref()
        .ok_or(IdentityError::MissingEndpoint)?;
    Ok(DaemonProcess {
        pid: message.pid,
        exe_path: PathBuf::from(&message.exe_path),
        exe_digest,
        boot_id: message.boot_id.clone(),
        ipc_endpoint: Endpoint::from(endpoint),
        started_at_unix_ms: message.started_at_unix_ms,
        idle_timeout_secs: message.idle_timeout_secs,
    })
}

/// Absolute on the platform of the writer, which need not be this one.
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
    // Without an algorithm the field says nothing about which digest it holds.
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

impl From<&Endpoint> for EndpointMessage {
    fn from(endpoint: &Endpoint) -> Self {
        Self {
            namespace_id: endpoint.namespace_id.clone(),
            path: endpoint.path.clone(),
        }
    }
}

impl From<&EndpointMessage> for Endpoint {
    fn from(message: &EndpointMessage) -> Self {
        Self {
            namespace_id: message.namespace_id.clone(),
            path: message.path.clone(),
        }
    }
}

impl From<&HostIdentity> for HostMessage {
    fn from(host: &HostIdentity) -> Self {
        Self {
            hostname: host.hostname.clone(),
            machine_id: host.machine_id.clone(),
            boot_id: host.boot_id.clone(),
            fs_dev_id: host.fs_dev_id,
            namespace_id: host.namespace_id.clone(),
        }
    }
}

impl From<&HostMessage> for HostIdentity {
    fn from(message: &HostMessage) -> Self {
        Self {
            hostname: message.hostname.clone(),
            machine_id: message.machine_id.clone(),
            boot_id: message.boot_id.clone(),
            fs_dev_id: message.fs_dev_id,
            namespace_id: message.namespace_id.clone(),
        }
    }
}
