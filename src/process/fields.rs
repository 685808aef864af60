//! The JSON forms of the fields of a process record.

use std::path::PathBuf;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::platform;

/// The media type of a process record.
pub const PROCESS_RECORD_MEDIA_TYPE: &str = "application/vnd.rpctl.process-record.v1+json";

/// The most elements that a list or a map of a record may have.
pub(crate) const MAX_ELEMENTS: usize = 1024;

/// The media type, which a record of another kind or version does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct MediaType;

impl Serialize for MediaType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(PROCESS_RECORD_MEDIA_TYPE)
    }
}

impl<'de> Deserialize<'de> for MediaType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.eq_ignore_ascii_case(PROCESS_RECORD_MEDIA_TYPE) {
            return Ok(Self);
        }
        Err(D::Error::custom(match process_record_version(&text) {
            Some(version) => format!("this is a process record of version {version}, not 1"),
            None => format!("{text:?} is not the media type of a process record"),
        }))
    }
}

/// Returns the version in the media type of a process record; `None` for any other text.
pub(crate) fn process_record_version(media_type: &str) -> Option<u32> {
    let (before, after) = PROCESS_RECORD_MEDIA_TYPE.split_once('1')?;
    // Upper and lower case do not count in a media type.
    let media_type = media_type.to_ascii_lowercase();
    let version = media_type.strip_prefix(before)?.strip_suffix(after)?;
    version.parse().ok()
}

/// Reads a PID. A number that is none of any process would always be gone.
pub(super) fn pid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let pid = u32::deserialize(deserializer)?;
    if is_pid(pid) {
        Ok(pid)
    } else {
        Err(D::Error::custom(format!("{pid} is not a process ID")))
    }
}

/// Reads the inode number of a socket. A listener with a number that no socket has would be
/// left out of every comparison.
pub(super) fn socket_inode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let inode = u64::deserialize(deserializer)?;
    if u32::try_from(inode).is_ok() {
        Ok(inode)
    } else {
        Err(D::Error::custom(format!(
            "{inode} is not the inode number of a socket"
        )))
    }
}

/// Returns whether a process can have this ID.
pub(crate) fn is_pid(pid: u32) -> bool {
    (1..=platform::MAX_PID).contains(&pid)
}

pub(super) fn lossy_path<S: Serializer>(
    path: &Option<PathBuf>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let text = path.as_ref().map(|path| path.to_string_lossy());
    text.serialize(serializer)
}

/// Digests as hexadecimal digits.
pub(super) mod hex_digest {
    use std::fmt::Write;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::identity::{DIGEST_LEN, Digest};

    pub(in crate::process) fn serialize<S: Serializer>(
        digest: &Option<Digest>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        digest.map(|digest| to_hex(&digest)).serialize(serializer)
    }

    pub(in crate::process) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Digest>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| {
            from_hex(&text).ok_or_else(|| D::Error::custom("a digest has 64 hexadecimal digits"))
        })
        .transpose()
    }

    fn to_hex(digest: &Digest) -> String {
        digest
            .iter()
            .fold(String::with_capacity(2 * DIGEST_LEN), |mut text, byte| {
                // Writing to a string cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            })
    }

    fn from_hex(text: &str) -> Option<Digest> {
        let digits = text.as_bytes();
        let mut digest = Digest::default();
        if digits.len() != 2 * DIGEST_LEN {
            return None;
        }
        for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |at: usize| char::from(pair[at]).to_digit(16);
            *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
        }
        Some(digest)
    }
}

#[cfg(test)]
mod tests {
    use super::process_record_version;

    #[test]
    fn another_version_is_read_from_the_media_type() {
        let version = |text: &str| process_record_version(&format!("application/vnd.rpctl.{text}"));
        assert_eq!(version("process-record.v2+json"), Some(2));
        assert_eq!(version("Process-Record.V1+JSON"), Some(1));
        assert_eq!(version("process-record.v+json"), None);
        assert_eq!(version("process-record.v2+cbor"), None);
    }
}
