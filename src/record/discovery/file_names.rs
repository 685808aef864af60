//! The file names of identities.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::service::{is_service_name, is_service_version};

/// The end of the name of an identity file that names its service.
const SERVICE_SUFFIX: &str = ".identity.json";

/// The name of the identity file of clud.
pub(crate) const CLUD: &str = "daemon-identity.json";

/// The name of the identity file of soldr.
pub(crate) const BROKER_CLAIM: &str = "broker-route-claim.pb";

/// Returns the name and version of the service whose daemon keeps its identity at a path;
/// empty if the path tells neither.
///
/// These are labels and prove nothing: every user can create files of such names.
pub(in crate::record) fn implied_service(path: &Path) -> (&str, &str) {
    let mut names = path
        .iter()
        .rev()
        .map(|name| name.to_str().unwrap_or_default());
    let mut next = || names.next().unwrap_or_default();
    let (file, directory, above) = (next(), next(), next());
    let (service, version) = match (file, directory) {
        (BROKER_CLAIM, "soldr-daemon") => ("soldr", ""),
        (BROKER_CLAIM, _) if above == "generations" => ("soldr", ""),
        (CLUD, "state") if above == ".clud" => ("clud", ""),
        (CLUD, _) => ("", ""),
        _ if is_zccache(file) => ("zccache", directory.strip_prefix('v').unwrap_or_default()),
        (_, "broker-v2") => (broker_service(file).unwrap_or_default(), ""),
        _ => (file.strip_suffix(SERVICE_SUFFIX).unwrap_or_default(), ""),
    };
    let is_known = is_service_name(service);
    let has_version = is_known && is_service_version(version);
    (
        if is_known { service } else { "" },
        if has_version { version } else { "" },
    )
}

/// Returns whether zccache uses a name for its identity file.
pub(crate) fn is_zccache(name: &str) -> bool {
    name.starts_with("daemon") && name.ends_with(".running-process.json")
}

/// Returns the service in the name of an identity file for a broker, `daemon-SERVICE.json`.
pub(crate) fn broker_service(name: &str) -> Option<&str> {
    name.strip_prefix("daemon-")?.strip_suffix(".json")
}

/// Returns whether daemons use a name for their identity file.
pub(super) fn is_identity(name: &OsStr) -> bool {
    let Some(text) = name.to_str() else {
        return false;
    };
    matches!(text, CLUD | BROKER_CLAIM) || is_zccache(text) || names_a_service(name)
}

pub(crate) fn names_a_service(name: &OsStr) -> bool {
    name.to_str()
        .and_then(|name| name.strip_suffix(SERVICE_SUFFIX))
        .is_some_and(|service| !service.is_empty())
}

/// Removes the identities of other services from `names`, if `service` has one.
pub(super) fn prefer_service(names: &mut Vec<OsString>, service: &str) {
    let own = format!("{service}{SERVICE_SUFFIX}");
    if names.iter().any(|name| *name == *own) {
        names.retain(|name| *name == *own || !names_a_service(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_that_daemons_use_are_identities() {
        for name in [
            "daemon.running-process.json",
            "daemon-dev-main.running-process.json",
            "daemon-identity.json",
            "py-svc.identity.json",
            "broker-route-claim.pb",
        ] {
            assert!(is_identity(OsStr::new(name)), "{name}");
        }
        for name in [
            "identity.json",
            ".identity.json",
            "daemon.json",
            "old-daemon.running-process.json",
            "broker-route-claim.pb.bak",
        ] {
            assert!(!is_identity(OsStr::new(name)), "{name}");
        }
    }
}
