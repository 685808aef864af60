//! What to probe, resolved from the builder's options.

use std::sync::Arc;
use std::time::Duration;

use super::image_digests::ImageDigests;
use crate::identity::{DaemonProcess, Endpoint, HostIdentity};
use crate::record::Finding;

/// Everything gathering needs to know.
pub(crate) struct Request<'a> {
    pub(crate) expected: &'a DaemonProcess,
    pub(crate) host: Option<&'a HostIdentity>,
    /// This host, where it was looked at for several probes at once.
    pub(crate) ours: Option<&'a Arc<HostIdentity>>,
    pub(crate) findings: &'a [Finding],
    pub(crate) note: Option<&'a str>,
    pub(crate) endpoint: Option<&'a AskedEndpoint>,
    pub(crate) timeout: Duration,
    pub(crate) digests: &'a ImageDigests,
}

/// The endpoint a caller insists on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AskedEndpoint {
    /// Label and path.
    Whole(Endpoint),
    /// The path alone.
    Path(String),
}

impl AskedEndpoint {
    pub(crate) fn names(&self, recorded: &Endpoint) -> bool {
        match self {
            Self::Whole(endpoint) => endpoint == recorded,
            Self::Path(path) => *path == recorded.path,
        }
    }

    pub(crate) fn path(&self) -> &str {
        match self {
            Self::Whole(endpoint) => &endpoint.path,
            Self::Path(path) => path,
        }
    }
}
