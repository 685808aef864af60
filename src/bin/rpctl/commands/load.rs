//! Loads the records that arguments name.

use std::path::Path;

use rpctl::record::{self, LoadError, Loader, Record};

/// Loads the record that an argument names. `-` is standard input.
pub(super) fn load(path: &Path) -> Result<Record, LoadError> {
    load_with(&Loader::default(), path)
}

/// Loads one of many records with their common loader. `-` is standard input.
pub(super) fn load_with(loader: &Loader, path: &Path) -> Result<Record, LoadError> {
    if path == Path::new("-") {
        record::load_stdin()
    } else {
        loader.load(path)
    }
}
