//! Conversion between the messages of an identity and its types.

use std::path::PathBuf;

use super::identity_rules::{MalformedIdentity, digests, violations};
use super::schema::{CacheManifest, DaemonProcessMessage, EndpointMessage, HostMessage};
use crate::identity::{CurrentProcessError, DaemonProcess, Endpoint, ExeDigest, HostIdentity};

/// An error that prevents an identity from being used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The recorded identity is malformed.
    #[error(transparent)]
    Malformed(#[from] MalformedIdentity),
    /// The calling process cannot describe itself.
    #[error(transparent)]
    CurrentProcess(#[from] CurrentProcessError),
}

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
    /// [`MalformedIdentity::MissingEndpoint`] and the errors of malformed digests.
    pub(crate) fn from_answer(message: &DaemonProcessMessage) -> Result<Self, MalformedIdentity> {
        let exe_digest = digests(message)?;
        let endpoint = message
            .ipc_endpoint
            .as_ref()
            .ok_or(MalformedIdentity::MissingEndpoint)?;
        Ok(Self {
            pid: message.pid,
            exe_path: PathBuf::from(&message.exe_path),
            exe_digest,
            boot_id: message.boot_id.clone(),
            ipc_endpoint: Endpoint::from(endpoint),
            started_at_unix_ms: message.started_at_unix_ms,
            idle_timeout_secs: message.idle_timeout_secs,
        })
    }
}

impl TryFrom<&DaemonProcessMessage> for DaemonProcess {
    type Error = IdentityError;

    fn try_from(message: &DaemonProcessMessage) -> Result<Self, IdentityError> {
        match violations(message).into_iter().next() {
            Some(error) => Err(error.into()),
            None => Ok(Self::from_answer(message)?),
        }
    }
}

impl TryFrom<DaemonProcessMessage> for DaemonProcess {
    type Error = IdentityError;

    fn try_from(message: DaemonProcessMessage) -> Result<Self, IdentityError> {
        Self::try_from(&message)
    }
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

impl From<&DaemonProcess> for DaemonProcessMessage {
    fn from(daemon: &DaemonProcess) -> Self {
        daemon.to_proto()
    }
}
