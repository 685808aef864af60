//! The names of the files of process records.

use super::record::ProcessRecord;
use crate::service::{is_service_name, is_service_version};

/// The longest part of a file name that comes from a program, in bytes.
const MAX_PROGRAM_LEN: usize = 64;

impl ProcessRecord {
    /// Returns the name of the file for this record in a directory of process records:
    /// `NAME.json` or `NAME@VERSION.json` for a service, else `PROGRAM.PID.json`. No two of
    /// these forms can be the same name.
    ///
    /// Only letters, digits, `-`, `_` and `.` of the program's name are kept. A name or
    /// version that breaks its grammar counts as none, so that no record names a file
    /// outside the directory.
    #[must_use]
    pub fn file_name(&self) -> String {
        let name = self.service_name.as_deref();
        let version = self.service_version.as_deref();
        match (name.filter(|name| is_service_name(name)), version) {
            (Some(name), Some(version)) if is_service_version(version) => {
                format!("{name}@{version}.json")
            }
            (Some(name), _) => format!("{name}.json"),
            (None, _) => format!("{}.{}.json", self.safe_program(), self.process.pid),
        }
    }

    /// Returns the name of the program with the characters that are safe in a file name.
    fn safe_program(&self) -> String {
        let exe = self.process.exe.as_ref();
        let file = exe
            .and_then(|exe| exe.path.as_ref()?.file_name())
            .map(|name| name.to_string_lossy().into_owned());
        let name = file.unwrap_or_else(|| self.process.command_name.clone());
        let safe = |c: char| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' => c,
            _ => '_',
        };
        // No hidden file, and none that is taken for an option.
        let name: String = name.chars().take(MAX_PROGRAM_LEN).map(safe).collect();
        match name.trim_start_matches(['.', '-']) {
            "" => "process".to_owned(),
            name => name.to_owned(),
        }
    }
}
