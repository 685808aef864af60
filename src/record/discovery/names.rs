//! The file names of identities.

use std::ffi::{OsStr, OsString};

/// The end of the name of an identity file that names its service.
const SERVICE_SUFFIX: &str = ".identity.json";

/// Returns whether daemons use a name for their identity file.
pub(super) fn is_identity(name: &OsStr) -> bool {
    let Some(text) = name.to_str() else {
        return false;
    };
    matches!(text, "daemon-identity.json" | "broker-route-claim.pb")
        || (text.starts_with("daemon") && text.ends_with(".running-process.json"))
        || names_a_service(name)
}

fn names_a_service(name: &OsStr) -> bool {
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
