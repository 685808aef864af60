//! The source files of this repository, for the tests that read them.

use std::collections::BTreeMap;
use std::path::Path;

use super::committed;

/// Returns the text of each Rust file below a directory of the repository, by its path in
/// the repository. What is built is not read.
pub(crate) fn sources(root: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(committed(directory.to_str().unwrap())).unwrap() {
            let entry = entry.unwrap();
            let path = directory.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                if !path.ends_with("target") {
                    directories.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(entry.path()).unwrap();
                files.insert(path.to_str().unwrap().to_owned(), text);
            }
        }
    }
    files
}
