//! The system on which a record was written, and the boots of Windows.

use std::fmt;
use std::path::Path;

use crate::platform::System;

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Linux => "Linux",
            Self::MacOs => "macOS",
            Self::Windows => "Windows",
        })
    }
}

impl System {
    /// Returns the system that has boot IDs of this form; `None` for any other text.
    pub(crate) fn of_boot_id(text: &str) -> Option<Self> {
        if text.starts_with(WINDOWS_BOOT) {
            Some(Self::Windows)
        } else if text.starts_with("macos-boot-") {
            Some(Self::MacOs)
        } else {
            is_uuid(text).then_some(Self::Linux)
        }
    }

    /// Returns whether this system has paths of this form: absolute ones with a drive or a
    /// server on Windows, and with `/` at the beginning on the others. A path of no such form
    /// may be from any system.
    fn has_path(self, path: &Path) -> bool {
        let is_windows = match path.as_os_str().as_encoded_bytes() {
            [b'\\', b'\\', ..] => true,
            [drive, b':', b'\\' | b'/', ..] => drive.is_ascii_alphabetic(),
            [b'/', ..] => false,
            _ => return true,
        };
        is_windows == (self == Self::Windows)
    }
}

/// Returns the name of the system on which an identity was written, if its boot ID or its
/// path has not the form that it has on the system with the boot `ours`.
pub(crate) fn written_elsewhere(boot_id: &str, path: &Path, ours: &str) -> Option<String> {
    let ours = System::of_boot_id(ours)?;
    match System::of_boot_id(boot_id) {
        Some(theirs) if theirs != ours => Some(theirs.to_string()),
        Some(_) => None,
        None if ours.has_path(path) => None,
        None if ours == System::Windows => Some("Unix".to_owned()),
        None => Some(System::Windows.to_string()),
    }
}

const WINDOWS_BOOT: &str = "windows-boot-";

/// The boot in a boot ID of Windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WindowsBoot {
    /// The number that the system gives each boot.
    Counted(u64),
    /// When the boot began, in seconds since the Unix epoch, by a clock that was set since.
    At(u64),
}

impl WindowsBoot {
    /// Numbers from this one on are seconds: those of 2001.
    const FIRST_SECOND: u64 = 1_000_000_000;

    fn parse(text: &str) -> Option<Self> {
        let number = text.strip_prefix(WINDOWS_BOOT)?.parse().ok()?;
        Some(if number < Self::FIRST_SECOND {
            Self::Counted(number)
        } else {
            Self::At(number)
        })
    }
}

/// Returns whether two boot IDs name one boot, which began at `began_ms`, in milliseconds
/// since the Unix epoch. Windows has a form that tells when the boot began, good to a minute.
pub(crate) fn is_same_boot(theirs: &str, ours: &str, began_ms: u64) -> bool {
    const TOLERANCE_MS: u64 = 60_000;
    let is_near = |seconds: u64| seconds.saturating_mul(1000).abs_diff(began_ms) <= TOLERANCE_MS;
    theirs == ours
        || match (WindowsBoot::parse(theirs), WindowsBoot::parse(ours)) {
            (Some(WindowsBoot::At(at)), Some(_)) => is_near(at),
            _ => false,
        }
}

/// Returns whether a text has the form of a UUID.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let is_hex = |group: &&str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    let lengths = groups.iter().map(|group| group.len());
    lengths.eq([8, 4, 4, 4, 12]) && groups.iter().all(is_hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINUX: &str = "0d7c6f0a-93c6-4f4c-8d3a-2d1f0c1b2a39";
    const MAC: &str = "macos-boot-1796000000-123";

    fn elsewhere(boot_id: &str, path: &str, ours: &str) -> Option<String> {
        written_elsewhere(boot_id, Path::new(path), ours)
    }

    #[test]
    fn a_boot_id_tells_the_system() {
        for (theirs, ours, system) in [
            ("windows-boot-42", LINUX, Some("Windows")),
            ("windows-boot-1796000000", MAC, Some("Windows")),
            (MAC, LINUX, Some("macOS")),
            (LINUX, "windows-boot-42", Some("Linux")),
            (LINUX, LINUX, None),
            (MAC, "macos-boot-1-2", None),
            ("windows-boot-7", "windows-boot-42", None),
        ] {
            assert_eq!(elsewhere(theirs, "", ours).as_deref(), system, "{theirs}");
        }
    }

    #[test]
    fn a_path_tells_it_if_the_boot_id_does_not() {
        for (path, ours, system) in [
            (r"C:\daemon.exe", LINUX, Some("Windows")),
            ("Z:/daemon.exe", LINUX, Some("Windows")),
            (r"\\?\C:\daemon.exe", MAC, Some("Windows")),
            ("/usr/bin/daemon", "windows-boot-42", Some("Unix")),
            ("/usr/bin/daemon", LINUX, None),
            ("C:/x", "windows-boot-42", None),
            ("daemon", LINUX, None),
        ] {
            assert_eq!(elsewhere("", path, ours).as_deref(), system, "{path}");
            assert_eq!(elsewhere("", path, "unknown"), None);
            // The boot ID is more than the form of a path.
            assert_eq!(elsewhere(ours, path, ours), None);
        }
    }

    #[test]
    fn windows_tells_a_boot_by_its_number_or_its_time() {
        let began_ms = 1_796_000_000_000;
        let is_same = |theirs| is_same_boot(theirs, "windows-boot-42", began_ms);
        for theirs in [
            "windows-boot-42",
            "windows-boot-1796000000",
            "windows-boot-1795999941",
        ] {
            assert!(is_same(theirs), "{theirs}");
        }
        for theirs in [
            "windows-boot-41",
            "windows-boot-1795999939",
            "windows-boot-1796000061",
            "windows-boot-unavailable-7-1",
            "windows-boot-",
            "",
        ] {
            assert!(!is_same(theirs), "{theirs}");
        }
        assert!(!is_same_boot("windows-boot-1796000000", LINUX, began_ms));
    }
}
