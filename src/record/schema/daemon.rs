//! An identity, its endpoint and its host.

use super::messages::messages;
use crate::record::lenient;

messages! {
    /// The wire form of [`crate::identity::DaemonProcess`].
    pub struct DaemonProcessMessage {
        /// Process ID in the PID namespace of the writer.
        pid: uint32 = 1;
        /// Absolute path of the executable at start.
        exe_path: string = 2, "exePath";
        /// SHA-256 of the executable; empty or all zero if not supplied.
        exe_sha256: bytes = 3, "exeSha256";
        /// Endpoint of the daemon.
        ipc_endpoint: message<EndpointMessage> = 4, "ipcEndpoint";
        /// Time of the record, in milliseconds since the Unix epoch.
        started_at_unix_ms: uint64 = 5, "startedAtUnixMs";
        /// Boot ID of the host at start.
        boot_id: string = 6, "bootId";
        /// Idle time after which the daemon exits, in seconds.
        idle_timeout_secs: optional_uint32 = 7, "idleTimeoutSecs";
        /// Algorithm of [`Self::exe_hash`]: `"blake3"` in records of the BLAKE3
        /// generation.
        #[serde(skip_serializing_if = "String::is_empty")]
        exe_hash_algorithm: string = 8, "exeHashAlgorithm";
        /// Digest by that algorithm; empty or all zero if not supplied.
        exe_hash: bytes = 9, "exeHash";
    }

    /// The wire form of [`crate::identity::Endpoint`].
    pub struct EndpointMessage {
        /// Label chosen by the daemon.
        namespace_id: string = 1, "namespaceId";
        /// Socket path or pipe name.
        path: string = 2;
    }

    /// The wire form of [`crate::identity::HostIdentity`].
    pub struct HostMessage {
        /// Host name.
        hostname: string = 1;
        /// ID of the installed system.
        machine_id: string = 2, "machineId";
        /// ID of the boot.
        boot_id: string = 3, "bootId";
        /// Device number of the file system of the record.
        fs_dev_id: uint64 = 4, "fsDevId";
        /// Mount and PID namespace of the writer; Linux only.
        namespace_id: string = 5, "namespaceId";
    }
}
