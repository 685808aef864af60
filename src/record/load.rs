//! Reading a record file: bounded, regular files only.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::path::Path;

use super::error::LoadError;
use super::limits::MAX_RECORD_BYTES;
use super::record::Record;
use super::{integrity, json, protobuf, trust};
use crate::platform::{self, FileKind, Ways};

/// Read the record in the file at `path`.
///
/// Symbolic links are followed; anything but a regular file is refused before
/// it is opened.
///
/// # Errors
///
/// See [`LoadError`]. A record that can be decoded but breaks a rule is not an
/// error: its [`Record::findings`] say so.
pub fn load(path: &Path) -> Result<Record, LoadError> {
    Loader::default().load(path)
}

/// Reads many records in one run: each directory on the way to them is looked at
/// once. Keep it for one run, not longer.
#[derive(Debug, Default)]
pub struct Loader {
    ways: Ways,
}

impl Loader {
    /// Read the record in the file at `path`, as [`load`] does.
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
        let refused = |kind| LoadError::NotRegular {
            path: path.to_owned(),
            kind,
        };
        let entry = std::fs::symlink_metadata(path).map_err(failed)?;
        let is_link = entry.is_symlink();
        let metadata = if is_link {
            std::fs::metadata(path).map_err(failed)?
        } else {
            entry
        };
        FileKind::of(&metadata).map_or(Ok(()), |kind| Err(refused(kind)))?;
        let file = platform::open_without_blocking(path).map_err(failed)?;
        // What was opened may not be what was looked at.
        let metadata = file.metadata().map_err(failed)?;
        FileKind::of(&metadata).map_or(Ok(()), |kind| Err(refused(kind)))?;
        let stat = platform::file_stat(&metadata);
        if metadata.len() > MAX_RECORD_BYTES {
            return Err(LoadError::TooLarge);
        }

        let bytes = read_bounded(file, metadata.len()).map_err(failed)?;
        let mut record = load_bytes(&bytes)?;
        record.path = Some(path.to_owned());
        let trust = platform::trust(&metadata);
        record
            .findings
            .extend(trust::untrusted(trust, platform::effective_uid()));
        let why = self.ways.replaceable_by_others(path, is_link, trust.owner);
        record
            .findings
            .extend(why.as_deref().map(trust::replaceable));
        record.trust = Some(trust);
        record.file = Some(stat);
        Ok(record)
    }
}

/// Read the record on standard input, until its end.
///
/// Where that is a regular file, [`Record::findings`] say who else could have
/// written it, as for a file that is named; which way it was found cannot be known.
///
/// # Errors
///
/// See [`LoadError`].
pub fn load_stdin() -> Result<Record, LoadError> {
    let failed = |source: io::Error| LoadError::Io {
        what: "standard input".to_owned(),
        source,
    };
    let stdin = io::stdin().lock();
    let metadata = stdin
        .as_fd()
        .try_clone_to_owned()
        .and_then(|file| File::from(file).metadata())
        .map_err(failed)?;
    let bytes = read_bounded(stdin, 0).map_err(failed)?;
    let mut record = load_bytes(&bytes)?;
    // One without a name, as of memfd_create(2), is in nobody else's reach.
    let trust = platform::trust(&metadata);
    let is_ours_alone =
        trust.owner == platform::effective_uid() && !platform::has_a_name(&metadata);
    if metadata.is_file() && !is_ours_alone {
        let findings = trust::untrusted(trust, platform::effective_uid());
        record.findings.extend(findings);
    }
    Ok(record)
}

/// Read everything, of which there is probably this much, or one byte more than a
/// record may have.
fn read_bounded(source: impl Read, size: u64) -> io::Result<Vec<u8>> {
    /// Beyond what is needed: a read that fills all the room is not the last one.
    const SPARE: u64 = 64;
    let room = usize::try_from(size.min(MAX_RECORD_BYTES) + SPARE).unwrap_or_default();
    let mut bytes = Vec::with_capacity(room);
    source.take(MAX_RECORD_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Read a record from memory.
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
        // A quotation mark may also be the length of a service name.
        Some(first) => protobuf::parse(bytes).map_err(|error| match (error, first) {
            (LoadError::UnknownFormat, b'[' | b'"') => not_an_object(text),
            (error, _) => error,
        })?,
    };
    Ok(Record {
        path: None,
        findings: integrity::findings(format, &content, bytes),
        format,
        content,
        size,
        trust: None,
        file: None,
    })
}

fn not_an_object(text: &[u8]) -> LoadError {
    match json::parse(text) {
        Err(error) => error,
        Ok(_) => LoadError::UnknownFormat,
    }
}
