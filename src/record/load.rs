//! Reading records: from files, from standard input, from memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::{LoadError, MAX_RECORD_BYTES};
use super::record::{Content, Format, Record};
use super::{integrity, json, pid_file, protobuf, trust};
use crate::deadline::Deadline;
use crate::platform::{self, FileKind, FileStat, Ownership, PathChecks, TimeLimit, Writer};

/// Reads the record in the file at `path`.
///
/// Symbolic links are followed. The path of anything but a regular file is refused
/// and not opened, and so is a pseudo file of the kernel, as in `/proc`.
///
/// [`Record::findings`] name the users who could have written or replaced the file. The
/// directories and links on its path are examined on the way to the file that is read.
///
/// # Errors
///
/// See [`LoadError`]. A record that can be decoded but breaks a rule is not an
/// error: [`Record::findings`] describe the fault.
pub fn load(path: &Path) -> Result<Record, LoadError> {
    Loader::default().load(path)
}

/// A reader of many records, which examines each directory on their paths once and keeps
/// it open.
///
/// Use a new one for each run, because directories change.
#[derive(Debug, Default)]
pub struct Loader {
    checks: PathChecks,
    timeout: Option<Duration>,
}

impl Loader {
    /// Sets the time granted to a file system that may hang, for each record: a network
    /// mount, FUSE or an automounter. The default is 500 ms.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Reads the record in the file at `path`, as [`load`] does.
    ///
    /// # Errors
    ///
    /// As for [`load`].
    pub fn load(&self, path: &Path) -> Result<Record, LoadError> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                LoadError::NotFound(path.to_owned())
            }
            _ => LoadError::Io {
                what: path.display().to_string(),
                source,
            },
        };
        let deadline = self.timeout.map(Deadline::after);
        let _limit = deadline.map(TimeLimit::until);
        // Another thread may hold a lock of `self.checks`.
        let apart = || read(&PathChecks::default(), path);
        let file = platform::guarded(|| read(&self.checks, path), apart);
        let file = match file.map_err(failed)? {
            Ok(file) => file,
            Err(kind) => {
                if kind == FileKind::Directory {
                    // A directory that cannot be read hides records.
                    platform::names_in(path, 1).map_err(failed)?;
                }
                let path = path.to_owned();
                return Err(LoadError::NotRegular { path, kind });
            }
        };
        let mut record = load_bytes(&file.bytes)?;
        record.findings.extend(trust::findings(file.writers));
        record.path = Some(path.to_owned());
        record.ownership = Some(file.ownership);
        record.file = Some(file.stat);
        Ok(record)
    }
}

/// A file that may be a record, and what is known of it.
#[derive(Serialize, Deserialize)]
struct ReadFile {
    /// The content, cut off after more than a record may have.
    bytes: Vec<u8>,
    stat: FileStat,
    ownership: Ownership,
    writers: Vec<Writer>,
}

/// Reads a regular file, as far as a record may reach. The inner error is the kind of any
/// other file.
fn read(checks: &PathChecks, path: &Path) -> io::Result<Result<ReadFile, FileKind>> {
    let opened = match checks.open(path)? {
        Ok(opened) => opened,
        Err(kind) => return Ok(Err(kind)),
    };
    Ok(Ok(ReadFile {
        bytes: read_file(opened.file, opened.stat.size)?,
        stat: opened.stat,
        ownership: opened.ownership,
        writers: opened.writers,
    }))
}

/// Reads a file of `size` bytes, as far as a record may reach.
fn read_file(mut file: File, size: u64) -> io::Result<Vec<u8>> {
    let room = room(size);
    let mut bytes = vec![0; room];
    let len = match file.read(&mut bytes) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
        read => read?,
    };
    bytes.truncate(len);
    // A read of the whole size with room for more has reached the end.
    if len as u64 != size || len == room {
        let rest = (MAX_RECORD_BYTES + 1).saturating_sub(len as u64);
        file.take(rest).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Reads the record on standard input, up to its end.
///
/// If standard input is a regular file, [`Record::findings`] name the other users
/// who could have written it, as for a file with a path. The directories on its
/// path are unknown and not examined. The writer of anything else, such as a pipe, is unknown,
/// and a finding says so.
///
/// # Errors
///
/// See [`LoadError`].
pub fn load_stdin() -> Result<Record, LoadError> {
    let failed = |source: io::Error| LoadError::Io {
        what: "standard input".to_owned(),
        source,
    };
    let stdin = platform::own_stdin().map_err(failed)?;
    let is_file = stdin.metadata().map_err(failed)?.is_file();
    if is_file && platform::is_pseudo_file(&stdin).map_err(failed)? {
        return Err(LoadError::NotRegular {
            path: "standard input".into(),
            kind: FileKind::PseudoFile,
        });
    }
    let ownership = platform::ownership(&stdin).map_err(failed)?;
    let writers = if is_file {
        platform::file_writers(&stdin).map_err(failed)?
    } else {
        Vec::new()
    };
    let bytes = read_bounded(stdin, 0).map_err(failed)?;
    let mut record = load_bytes(&bytes)?;
    record.findings.extend(trust::findings(writers));
    record
        .findings
        .extend((!is_file).then(trust::unknown_writer));
    // The owner of a pipe says nothing about the record in it.
    record.ownership = is_file.then_some(ownership);
    Ok(record)
}

/// Reads up to the end, or one byte more than a record may have. `size` is the
/// expected number of bytes.
fn read_bounded(source: impl Read, size: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(room(size));
    source.take(MAX_RECORD_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns the size of a buffer for a record of `size` bytes.
fn room(size: u64) -> usize {
    /// Room beyond the expected size, without which reading to the end would have to
    /// enlarge the buffer.
    const SPARE: u64 = 64;
    usize::try_from(size.min(MAX_RECORD_BYTES) + SPARE).unwrap_or_default()
}

/// Reads a record from memory.
///
/// # Errors
///
/// See [`LoadError`].
pub fn load_bytes(bytes: &[u8]) -> Result<Record, LoadError> {
    let size = bytes.len() as u64;
    if size > MAX_RECORD_BYTES {
        return Err(LoadError::TooLarge);
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let (format, content) = match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => return Err(LoadError::Empty),
        Some(b'{') => json::parse(text)?,
        Some(first) => match pid_file::parse(text) {
            Some(file) => (Format::PidFile, Content::PidFile(file)),
            // A quotation mark may also be the length of a service name.
            None => protobuf::parse(bytes).map_err(|error| match (error, first) {
                (LoadError::UnknownFormat, b'[' | b'"') => json_fault(text),
                (error, _) => pid_file::fault(text).unwrap_or(error),
            })?,
        },
    };
    Ok(Record {
        path: None,
        findings: integrity::findings(format, &content, bytes),
        format,
        content,
        size,
        ownership: None,
        file: None,
    })
}

/// Returns the fault of JSON that is not an object.
fn json_fault(text: &[u8]) -> LoadError {
    match json::parse(text) {
        Err(error) => error,
        Ok(_) => LoadError::UnknownFormat,
    }
}
