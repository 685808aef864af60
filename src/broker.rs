//! The paths of the crate `running-process`.
//!
//! Its users can replace `running_process::broker` by `rpctl::broker` and keep their
//! code: items with these names have the same signatures. New programs take them from
//! the top of this crate and from [`crate::record`].

/// Handles, as `running_process::broker::backend_handle`.
pub mod backend_handle {
    pub use crate::backend_handle::{BackendHandle, BackendHandleError, Connection, Result};
    pub use crate::identity::DaemonProcess;
}

/// Identities and probes, as `running_process::broker::backend_lifecycle`.
pub mod backend_lifecycle {
    pub use crate::identity::DaemonProcess;

    /// The identity of a daemon and its errors.
    pub mod identity {
        pub use crate::identity::DaemonProcess;
        pub use crate::record::IdentityError;
    }

    /// The time limit of a probe.
    pub mod probe {
        pub use crate::probe::DEFAULT_ENDPOINT_PROBE_TIMEOUT;
    }
}

/// What a broker does, as `running_process::broker::server`.
pub mod server {
    pub use crate::backend_handle::HandoffToken;

    /// Handles for daemons of Windows.
    pub mod handoff {
        pub use crate::backend_handle::{
            DuplicateHandleError, DuplicateHandleResult, DuplicateHandleSuccess,
            HANDOFF_TOKEN_BYTES, HandoffToken, WindowsHandleValue,
        };
    }
}

/// Messages, as `running_process::broker::protocol`.
pub mod protocol {
    pub use crate::identity::Endpoint;
    pub use crate::record::{CacheManifest, DaemonProcessMessage as DaemonProcess};
}
