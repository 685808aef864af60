//! The names of pipes.

use std::ffi::OsString;
use std::path::Path;

/// Where the system has its pipes.
const PIPES: &str = r"\\.\pipe\";

/// The maximum length of the name of a pipe with `\\.\pipe\`, in characters.
pub(crate) const MAX_SOCKET_PATH_LEN: usize = 256;

/// Returns whether a pipe of this machine can have this name: with or without `\\.\pipe\`.
pub(crate) fn is_endpoint_name(name: &str) -> bool {
    let bare = bare(name);
    !bare.is_empty() && !bare.contains(['\\', '/', '\0'])
}

/// Returns the path of the pipe with a name.
pub(super) fn path_of(name: &Path) -> OsString {
    let name = name.to_string_lossy();
    format!("{PIPES}{}", bare(&name)).into()
}

/// Returns whether two names are those of one pipe. Case does not matter.
pub(crate) fn is_same_endpoint(one: &Path, other: &Path) -> bool {
    let [one, other] = [one, other].map(|name| path_of(name).to_string_lossy().to_lowercase());
    one == other
}

/// Returns the name without `\\.\pipe\`.
fn bare(name: &str) -> &str {
    let is_prefix = |prefix: &str| prefix.eq_ignore_ascii_case(PIPES);
    let split = name.split_at_checked(PIPES.len());
    split
        .filter(|(prefix, _)| is_prefix(prefix))
        .map_or(name, |(_, bare)| bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_has_its_name_with_and_without_the_prefix() {
        for name in ["daemon-1", r"\\.\pipe\daemon-1", r"\\.\PIPE\Daemon-1"] {
            assert!(is_endpoint_name(name), "{name}");
            assert!(is_same_endpoint(Path::new(name), Path::new("daemon-1")));
        }
        assert!(!is_same_endpoint(Path::new("a"), Path::new("b")));
        assert_eq!(path_of(Path::new("x")), r"\\.\pipe\x");
    }

    #[test]
    fn a_name_never_leads_to_another_machine_or_a_file() {
        for name in [
            "",
            r"\\.\pipe\",
            r"\\other\pipe\x",
            r"C:\x",
            "/run/x",
            r"\\.\C:",
            "a\0",
        ] {
            assert!(!is_endpoint_name(name), "{name}");
        }
    }
}
