//! The process record: what is written down about a running process.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::fields::{self, MediaType};
use super::listener::RecordedListener;
use super::object;
use crate::identity::{Digest, ExeDigest, HostIdentity};
use crate::platform::{self, FileStat, ImageFile, StartTime, UserIds};

/// A record of a running process, by which the same process is found again.
///
/// [`Self::from_pid`], [`Self::from_child`] and [`Self::current`] make one,
/// [`Self::verify`] proves that the process still runs. The serde form is the JSON of the
/// media type [`PROCESS_RECORD_MEDIA_TYPE`](super::PROCESS_RECORD_MEDIA_TYPE): unknown fields are ignored, and another
/// version is refused.
///
/// ```
/// use rpctl::process::ProcessRecord;
///
/// let record = ProcessRecord::current()?;
/// let text = serde_json::to_string(&record)?;
/// // Later, in another program:
/// let record: ProcessRecord = serde_json::from_str(&text)?;
/// let process = record.verify()?;
/// assert_eq!(process.pid(), std::process::id());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProcessRecord {
    pub(super) media_type: MediaType,
    /// Name of the service, if the process has one: `[a-z0-9-]{1,64}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// Version of the service: `N.N.N`, optionally followed by `-[a-z0-9.]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_version: Option<String>,
    /// Time at which the process was looked at, in milliseconds since the Unix epoch.
    pub recorded_at_unix_ms: u64,
    /// Version of rpctl that made the record; empty if another program did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rpctl_version: String,
    /// Host, boot and namespaces of the writer.
    #[serde(deserialize_with = "object::required")]
    pub host: HostIdentity,
    /// Process that was looked at.
    #[serde(deserialize_with = "object::required")]
    pub process: RecordedProcess,
    /// Sockets on which the process listened.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "object::each"
    )]
    pub listeners: Vec<RecordedListener>,
}

impl ProcessRecord {
    /// Returns the paths and addresses of the recorded listeners.
    #[must_use]
    pub fn listener_names(&self) -> Vec<String> {
        self.listeners.iter().map(ToString::to_string).collect()
    }

    /// Returns when the process started, in milliseconds since the Unix epoch, for readers:
    /// by the present difference of the clocks, which changes when the wall clock is set.
    /// `None` if the start was not recorded, or the clocks of the caller are shifted.
    #[must_use]
    pub fn started_at_unix_ms(&self) -> Option<u64> {
        let start = self.process.start?;
        let ticks = u128::from(start.ticks) * 1000;
        let since_boot_ms = ticks.checked_div(start.ticks_per_second.into())?;
        platform::boot_began_unix_ms()?.checked_add(since_boot_ms.try_into().ok()?)
    }
}

/// The process of a [`ProcessRecord`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordedProcess {
    /// Process ID in the PID namespace of the writer.
    #[serde(deserialize_with = "fields::pid")]
    pub pid: u32,
    /// Exact start; absent if the time namespace of the writer hid it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "object::optional"
    )]
    pub start: Option<StartTime>,
    /// Inode number of the pidfd, which no other process of this boot has; absent before
    /// Linux 6.9.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pidfs_inode: Option<u64>,
    /// User IDs, in the user namespace of the writer.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "object::optional"
    )]
    pub users: Option<UserIds>,
    /// Executable; absent if the writer was not permitted to look at it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "object::optional"
    )]
    pub exe: Option<RecordedExe>,
    /// Command name, for readers only: the process can set it to any text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub command_name: String,
}

/// The executable of a [`RecordedProcess`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordedExe {
    /// Path that the kernel remembered, in the mount namespace of the process. Characters
    /// that are not Unicode are replaced.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "fields::lossy_path"
    )]
    pub path: Option<PathBuf>,
    /// SHA-256 of the file, as 64 hexadecimal digits; absent unless asked for.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "fields::hex_digest"
    )]
    pub sha256: Option<Digest>,
    /// BLAKE3 of the file, as 64 hexadecimal digits; absent unless asked for.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "fields::hex_digest"
    )]
    pub blake3: Option<Digest>,
    /// Attributes of the file.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "object::optional"
    )]
    pub file: Option<RecordedFile>,
}

impl RecordedExe {
    /// Describes an executable that was not hashed.
    pub(super) fn new(image: ImageFile) -> Self {
        Self {
            path: image.path,
            sha256: None,
            blake3: None,
            file: RecordedFile::new(&image.stat),
        }
    }

    /// Returns the digests of the executable.
    #[must_use]
    pub fn digests(&self) -> ExeDigest {
        ExeDigest {
            sha256: self.sha256,
            blake3: self.blake3,
        }
    }
}

/// The attributes of a recorded file, as of
/// [stat(2)](https://man7.org/linux/man-pages/man2/stat.2.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordedFile {
    /// Device number of the file system.
    pub device: u64,
    /// Inode number.
    pub inode: u64,
    /// Size in bytes.
    pub size: u64,
    /// Time of the last change of the content, in nanoseconds since the Unix epoch.
    pub modified_unix_ns: i64,
    /// Time of the last change of the content or an attribute, in nanoseconds since the
    /// Unix epoch.
    pub changed_unix_ns: i64,
}

impl RecordedFile {
    /// Returns `None` for a file whose attributes do not fit in a record.
    pub(super) fn new(stat: &FileStat) -> Option<Self> {
        Some(Self {
            device: stat.id.device,
            inode: stat.id.inode.try_into().ok()?,
            size: stat.size,
            modified_unix_ns: stat.modified_ns.try_into().ok()?,
            changed_unix_ns: stat.changed_ns.try_into().ok()?,
        })
    }
}
