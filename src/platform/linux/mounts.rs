//! The mounted file systems that this process sees, of
//! [proc_pid_mountinfo(5)](https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html).

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// A mounted file system.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mount {
    /// The directory of the file system that is mounted.
    pub(super) root: PathBuf,
    /// The directory at which it is mounted.
    pub(super) point: PathBuf,
    pub(super) file_system: String,
    /// The options of the file system, separated by commas.
    pub(super) options: String,
}

impl Mount {
    /// Returns whether the file system has an option.
    pub(super) fn has_option(&self, option: &str) -> bool {
        self.options.split(',').any(|one| one == option)
    }

    fn parse(line: &str) -> Option<Self> {
        let (place, source) = line.split_once(" - ")?;
        let mut place = place.split(' ').skip(3);
        let mut source = source.split(' ');
        Some(Self {
            root: path(place.next()?),
            point: path(place.next()?),
            file_system: source.next()?.to_owned(),
            options: source.nth(1)?.to_owned(),
        })
    }
}

/// Returns all mounts, in the order in which they were made; none if they cannot be read.
pub(super) fn mounts() -> Vec<Mount> {
    let lines = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    let lines = String::from_utf8_lossy(&lines);
    lines.lines().filter_map(Mount::parse).collect()
}

/// Decodes a path in which some characters are octal numbers after a backslash.
fn path(text: &str) -> PathBuf {
    let mut parts = text.split('\\');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let code = part
            .get(..3)
            .and_then(|code| u8::from_str_radix(code, 8).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend(&part.as_bytes()[3..]);
            }
            None => bytes.extend([b"\\", part.as_bytes()].concat()),
        }
    }
    OsString::from_vec(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_is_read_with_spaces_and_optional_fields() {
        let line =
            r"36 35 98:0 /a\040b /m\134n\040 rw,noatime shared:1 master:2 - proc none rw,hidepid=2";
        let mount = Mount::parse(line).unwrap();
        assert_eq!(mount.root, PathBuf::from("/a b"));
        assert_eq!(mount.point, PathBuf::from(r"/m\n "));
        assert_eq!(mount.file_system, "proc");
        assert!(mount.has_option("hidepid=2") && !mount.has_option("noatime"));
    }
}
