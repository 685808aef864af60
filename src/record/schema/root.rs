//! The directories and files that a service owns.

use std::collections::BTreeMap;

use super::daemon::EndpointMessage;
use super::enums::{Disposition, RootKind, TeardownKind};
use super::messages::messages;
use crate::record::lenient::{self, Named};

messages! {
    /// A directory or file that a service owns.
    pub struct CacheRoot {
        /// Absolute path.
        path: string = 1;
        /// Number of a [`RootKind`]; numbers of a newer schema are kept.
        #[serde(with = "Named::<RootKind>")]
        kind: int32 = 2;
        /// Estimated size, in bytes.
        estimated_size_bytes: uint64 = 3, "estimatedSizeBytes";
        /// Number of a [`Disposition`]; numbers of a newer schema are kept.
        #[serde(with = "Named::<Disposition>")]
        disposition: int32 = 4;
        /// Free labels.
        labels: string_map = 5;
        /// Size limits.
        quota: message<Quota> = 6;
        /// Action before the removal of the root.
        teardown_hook: message<TeardownHook> = 7, "teardownHook";
        /// Patterns of files that a cleaner does not remove.
        exclude_globs: strings = 8, "excludeGlobs";
        /// Paths of the root on other platforms, by platform.
        platform_paths: string_map = 9, "platformPaths";
        /// Owner and mode that the root should have.
        ownership: message<OwnershipMessage> = 10;
        /// Endpoint of the daemon that serves the root.
        endpoint: message<EndpointMessage> = 11;
    }

    /// Size limits of a root, in bytes; 0 stands for no limit.
    pub struct Quota {
        /// Size that the root must not exceed.
        hard_max_bytes: uint64 = 1, "hardMaxBytes";
        /// Size that a cleaner reduces the root to.
        soft_target_bytes: uint64 = 2, "softTargetBytes";
        /// Size to keep free.
        reserved_bytes: uint64 = 3, "reservedBytes";
    }

    /// An action before the removal of a root.
    pub struct TeardownHook {
        /// Number of a [`TeardownKind`]; numbers of a newer schema are kept.
        #[serde(with = "Named::<TeardownKind>")]
        kind: int32 = 1;
        /// Command and arguments, for [`TeardownKind::CustomCommand`].
        argv: strings = 2;
        /// Time limit, in seconds.
        timeout_secs: uint64 = 3, "timeoutSecs";
    }

    /// The owner and mode that a root should have.
    pub struct OwnershipMessage {
        /// User ID.
        uid: uint32 = 1;
        /// Group ID.
        gid: uint32 = 2;
        /// Permission bits.
        mode: uint32 = 3;
        /// Security identifier on Windows.
        windows_sid: string = 4, "windowsSid";
    }
}
