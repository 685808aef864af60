//! What the caller asked for.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rpctl::Target;

use crate::args::Service;
use crate::shell;

/// What the caller asked for, so that hints repeat it, and none offers what was tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// Time for the endpoint.
    pub(crate) timeout: Duration,
    pub(crate) hash_timeout: Duration,
    /// Time for the daemon to come up; `None` if it was not awaited.
    pub(crate) wait: Option<Duration>,
    /// The arguments that name records: files and services.
    pub(crate) records: &'a [PathBuf],
    /// The service of the option.
    pub(crate) service: Option<&'a Service>,
}

impl<'a> Asked<'a> {
    /// Describes a command that names no record, and does not wait for the daemon to come up.
    pub(crate) fn new(timeout: Duration, hash_timeout: Duration) -> Self {
        Self {
            timeout,
            hash_timeout,
            wait: None,
            records: &[],
            service: None,
        }
    }

    /// Adds the arguments that name records, and the option that names a service.
    pub(crate) fn naming(self, records: &'a [PathBuf], service: Option<&'a Service>) -> Self {
        Self {
            records,
            service,
            ..self
        }
    }

    /// Returns the words that named the service of a record; `None` if the record was named
    /// itself, or not at all.
    pub(super) fn service_of(self, target: &Target) -> Option<String> {
        let record = target.record.as_deref().map(Path::new);
        if self
            .records
            .iter()
            .any(|name| Some(name.as_path()) == record)
        {
            return None;
        }
        let is_meant = |service: &Service| {
            let version = service.version.as_deref();
            let is_version = version.is_none_or(|it| target.service_version.as_deref() == Some(it));
            target.service_name.as_deref() == Some(&service.name) && is_version
        };
        if let Some(service) = self.service.filter(|service| is_meant(service)) {
            return Some(format!("--service {}", shell::word(&service.to_string())));
        }
        let named = self
            .records
            .iter()
            .filter_map(|name| name.to_str()?.parse().ok());
        let mut meant = named.filter(is_meant);
        Some(shell::word(&meant.next()?.to_string()))
    }
}

/// Returns a time for a command line that is clearly longer than `given`, and at least
/// `least`.
pub(super) fn more_than(given: Duration, least: Duration) -> String {
    let longer = given.saturating_mul(4).max(least);
    match longer.as_secs() + u64::from(longer.subsec_nanos() > 0) {
        seconds if seconds >= 60 => format!("{}m", seconds.div_ceil(60)),
        seconds => format!("{seconds}s"),
    }
}
