//! The identity of a host, as records of macOS have it.

use super::bytes::{i64_at, u32_at};

/// When this boot began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::platform) struct BootTime {
    seconds: i64,
    microseconds: u32,
}

/// Reads `struct timeval`, as `kern.boottime` of
/// [sysctl(3)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man3/sysctl.3.html)
/// has it.
pub(in crate::platform) fn boot_time(bytes: &[u8]) -> Option<BootTime> {
    Some(BootTime {
        seconds: i64_at(bytes, 0).filter(|seconds| *seconds > 0)?,
        microseconds: u32_at(bytes, 8)?,
    })
}

impl BootTime {
    /// Returns the boot ID: `macos-boot-`, the seconds and the microseconds.
    pub(in crate::platform) fn boot_id(self) -> String {
        format!("macos-boot-{}-{}", self.seconds, self.microseconds)
    }

    /// Returns the time in milliseconds since the Unix epoch.
    pub(in crate::platform) fn unix_ms(self) -> Option<u64> {
        let seconds = u64::try_from(self.seconds).ok()?;
        Some(seconds * 1000 + u64::from(self.microseconds / 1000))
    }
}

/// Returns the machine ID: `macos-` and the host name.
pub(in crate::platform) fn machine_id(hostname: &str) -> Option<String> {
    (!hostname.is_empty()).then(|| format!("macos-{hostname}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boot_of_macos_is_named_by_its_time() {
        let mut bytes = 1_796_000_000_i64.to_ne_bytes().to_vec();
        bytes.extend(123_456_u32.to_ne_bytes());
        bytes.extend([0; 4]);
        let boot = boot_time(&bytes).unwrap();
        assert_eq!(boot.boot_id(), "macos-boot-1796000000-123456");
        assert_eq!(boot.unix_ms(), Some(1_796_000_000_123));
        assert_eq!(boot_time(&bytes[..8]), None);
        assert_eq!(boot_time(&[0; 16]), None);
    }

    #[test]
    fn a_mac_is_named_by_its_host_name() {
        assert_eq!(machine_id("m.local").as_deref(), Some("macos-m.local"));
        assert_eq!(machine_id(""), None);
    }
}
