//! The description of a record in a report.

use super::finding::shortened;
use super::record::Record;
use crate::identity::Endpoint;
use crate::report::Target;

impl From<&Record> for Target {
    /// Describes a record; fields that it does not state are `None`.
    fn from(record: &Record) -> Self {
        let daemon = record.content.daemon_message();
        let text = |text: &str| (!text.is_empty()).then(|| shortened(text.to_owned()));
        let (name, version) = record.service();
        Self {
            record: record.path.as_ref().map(|path| path.display().to_string()),
            format: Some(record.format.name()),
            identity_file: None,
            service_name: text(name),
            service_version: text(version),
            pid: daemon.map(|daemon| daemon.pid),
            endpoint: daemon
                .and_then(|daemon| daemon.ipc_endpoint.as_ref())
                .map(Endpoint::from),
        }
    }
}
