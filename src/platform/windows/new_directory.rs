//! New directories, which are private, and new names.

use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf, Prefix};
use std::time::{SystemTime, UNIX_EPOCH};

use super::sys::file as sys;
use super::sys::security::Descriptor;

/// The access control list of a new directory: its owner has all rights, and no right is
/// inherited from the directory above. A file in it gets the list that the system gives the
/// files of its user.
const PRIVATE: &str = "D:P(A;;FA;;;OW)";

/// Creates a directory and its missing parents, as private ones.
pub(super) fn create_missing(path: &Path) -> io::Result<()> {
    match create(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        created => return if_missing(created, path),
    }
    let parent = path.parent().ok_or(io::ErrorKind::NotFound)?;
    create_missing(parent)?;
    // Another process may have been faster.
    if_missing(create(path), path)
}

/// Creates a private directory.
pub(super) fn create(path: &Path) -> io::Result<()> {
    let path = long(std::path::absolute(path)?);
    sys::create_directory(path.as_os_str(), &Descriptor::parse(PRIVATE)?)
}

/// Returns a path in the form that may be longer than 247 characters, if it is long.
fn long(path: PathBuf) -> PathBuf {
    const SHORT: usize = 240;
    let is_on_disk = match path.components().next() {
        Some(Component::Prefix(prefix)) => matches!(prefix.kind(), Prefix::Disk(_)),
        _ => false,
    };
    if !is_on_disk || path.as_os_str().len() < SHORT {
        return path;
    }
    let mut long = OsString::from(r"\\?\");
    long.push(path);
    long.into()
}

/// Accepts the failure to create a directory that is there.
fn if_missing(created: io::Result<()>, path: &Path) -> io::Result<()> {
    match created {
        Err(_) if path.is_dir() => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(io::ErrorKind::NotADirectory.into())
        }
        created => created,
    }
}

/// Returns a name that no file has: of this process and moment. A file that has it all the
/// same is not replaced.
pub(super) fn new_name() -> OsString {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let moment = since.map_or(0, |since| since.as_nanos());
    format!(".rpctl-{:x}-{moment:x}", std::process::id()).into()
}

#[cfg(test)]
mod tests {
    use super::super::acl;
    use super::super::sys::security::{Access, Entry};
    use super::*;

    #[test]
    fn a_private_directory_is_for_its_owner_alone() {
        let sddl = format!("O:S-1-5-21-1-2-3-1001{PRIVATE}");
        let access: Access = Descriptor::parse(&sddl).unwrap().access().unwrap();
        assert_eq!(acl::ownership_by(&access).mode, 0o600);
        let entries: Vec<Entry> = access.entries.unwrap();
        let [entry] = &entries[..] else {
            panic!("{entries:?}");
        };
        assert_eq!(entry.sid.as_ref().unwrap().to_string(), "S-1-3-4");
    }

    #[test]
    fn missing_parents_are_created_and_a_file_is_in_the_way() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a").join("b").join("c");
        create_missing(&path).unwrap();
        create_missing(&path).unwrap();
        assert!(path.is_dir());
        let file = path.join("file");
        std::fs::write(&file, "").unwrap();
        for taken in [file.clone(), file.join("below")] {
            assert!(create_missing(&taken).is_err(), "{taken:?}");
        }
    }

    #[test]
    fn a_long_path_has_another_form() {
        let short = PathBuf::from(r"C:\a\b");
        assert_eq!(long(short.clone()), short);
        let path = PathBuf::from(format!(r"C:\{}\b", "a".repeat(240)));
        let name = long(path).into_os_string().into_string().unwrap();
        assert!(name.starts_with(r"\\?\C:\aaa"), "{name}");
    }
}
