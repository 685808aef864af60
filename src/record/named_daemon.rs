//! The identity in a sidecar that names its service.

use serde::Serialize;

use super::schema::{DaemonProcessMessage, HostMessage};

/// An identity with what a sidecar may say beside it. Readers that do not know these keys
/// ignore them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NamedDaemon {
    /// The identity.
    #[serde(flatten)]
    pub daemon: DaemonProcessMessage,
    /// Name of the service; empty if it is not stated.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service_name: String,
    /// Version of the service; empty if it is not stated.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service_version: String,
    /// Host of the writer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<HostMessage>,
}

impl NamedDaemon {
    /// Returns whether anything is stated beside the identity.
    pub(super) fn is_named(&self) -> bool {
        !self.service_name.is_empty() || !self.service_version.is_empty() || self.host.is_some()
    }
}
