//! Numbers of the protobuf fields that are read before a message is decoded.
//!
//! Attributes of prost take literals only, so the numbers stand in the messages
//! too; a test compares them.

/// Fields of [`super::CacheManifest`].
pub(in crate::record) mod manifest {
    pub(in crate::record) const SERVICE_NAME: u32 = 1;
    pub(in crate::record) const BROKER_ENVELOPE_VERSION: u32 = 3;
    pub(in crate::record) const ROOTS: u32 = 10;
    pub(in crate::record) const DEPENDS_ON: u32 = 50;
    pub(in crate::record) const PROVIDES: u32 = 51;
    pub(in crate::record) const SELF_SHA256: u32 = 102;
}

/// Fields of [`super::CacheRoot`].
pub(in crate::record) mod root {
    pub(in crate::record) const LABELS: u32 = 5;
    pub(in crate::record) const TEARDOWN_HOOK: u32 = 7;
    pub(in crate::record) const EXCLUDE_GLOBS: u32 = 8;
    pub(in crate::record) const PLATFORM_PATHS: u32 = 9;
}

/// Fields of [`super::TeardownHook`].
pub(in crate::record) mod teardown_hook {
    pub(in crate::record) const ARGV: u32 = 2;
}

/// Fields of [`super::DaemonProcessMessage`].
pub(in crate::record) mod daemon {
    pub(in crate::record) const PID: u32 = 1;
    /// The last field, `exe_hash`.
    pub(in crate::record) const LAST: u32 = 9;
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;
    use crate::record::fields::readable;
    use crate::record::schema::{
        CacheManifest, CacheRoot, DaemonProcessMessage, ManifestRef, TeardownHook,
    };

    fn numbers(message: &impl Message) -> Vec<u32> {
        let encoded = message.encode_to_vec();
        readable(&encoded).map(|field| field.number).collect()
    }

    fn text() -> String {
        "x".to_owned()
    }

    #[test]
    fn the_numbers_of_a_manifest_are_those_of_the_message() {
        let manifest = CacheManifest {
            service_name: text(),
            broker_envelope_version: text(),
            roots: vec![CacheRoot::default()],
            depends_on: vec![ManifestRef::default()],
            provides: vec![text()],
            self_sha256: vec![0],
            ..CacheManifest::default()
        };
        let expected = [
            manifest::SERVICE_NAME,
            manifest::BROKER_ENVELOPE_VERSION,
            manifest::ROOTS,
            manifest::DEPENDS_ON,
            manifest::PROVIDES,
            manifest::SELF_SHA256,
        ];
        assert_eq!(numbers(&manifest), expected);
    }

    #[test]
    fn the_numbers_of_a_root_are_those_of_the_message() {
        let map = || [(text(), text())].into();
        let hook = TeardownHook {
            argv: vec![text()],
            ..TeardownHook::default()
        };
        assert_eq!(numbers(&hook), [teardown_hook::ARGV]);
        let root = CacheRoot {
            labels: map(),
            teardown_hook: Some(hook),
            exclude_globs: vec![text()],
            platform_paths: map(),
            ..CacheRoot::default()
        };
        let expected = [
            root::LABELS,
            root::TEARDOWN_HOOK,
            root::EXCLUDE_GLOBS,
            root::PLATFORM_PATHS,
        ];
        assert_eq!(numbers(&root), expected);
    }

    #[test]
    fn the_numbers_of_a_daemon_are_those_of_the_message() {
        let daemon = DaemonProcessMessage {
            pid: 1,
            exe_hash: vec![0],
            ..DaemonProcessMessage::default()
        };
        assert_eq!(numbers(&daemon), [daemon::PID, daemon::LAST]);
    }
}
