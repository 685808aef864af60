//! The input of a probe, resolved from the options of the builder.

use std::sync::Arc;
use std::time::Duration;

use super::image_digests::ImageDigests;
use crate::identity::{DaemonProcess, Endpoint, HostIdentity};
use crate::platform::UserId;
use crate::record::Finding;

/// One daemon to gather evidence on.
pub(crate) struct Request<'a> {
    pub(crate) expected: &'a DaemonProcess,
    pub(crate) host: Option<&'a HostIdentity>,
    /// The owner of the record; `None` for a record from memory.
    pub(crate) owner: Option<UserId>,
    /// Whether the host was recorded together with the identity, and not in a manifest that
    /// leads to it.
    pub(crate) host_is_of_identity: bool,
    /// This host, if it was examined for several probes at once.
    pub(crate) ours: Option<&'a Arc<HostIdentity>>,
    pub(crate) findings: &'a [Finding],
    pub(crate) note: Option<&'a str>,
    pub(crate) endpoint: Option<&'a AskedEndpoint>,
    pub(crate) timeout: Duration,
    pub(crate) keeps_connection: bool,
    pub(crate) digests: &'a ImageDigests,
}

/// The endpoint that the caller requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AskedEndpoint {
    /// By label and path.
    Whole(Endpoint),
    /// By its path alone.
    Path(String),
}

impl AskedEndpoint {
    /// Returns whether this has the recorded label, unless any will do.
    pub(crate) fn is_labelled(&self, recorded: &Endpoint) -> bool {
        match self {
            Self::Whole(endpoint) => endpoint.namespace_id == recorded.namespace_id,
            Self::Path(_) => true,
        }
    }

    pub(crate) fn path(&self) -> &str {
        match self {
            Self::Whole(endpoint) => &endpoint.path,
            Self::Path(path) => path,
        }
    }
}
