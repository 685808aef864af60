//! Opening a file that was examined before: what is judged is what is read.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustix::fs::{FileType, Mode, OFlags, Stat, fstat, openat};
use rustix::io::Errno;

use super::files::{ownership, stat_of};
use super::hanging;
use super::held::look;
use super::place::Place;
use super::stat::device;
use super::users::effective_uid;
use super::walk::{End, FoundFile, Walk, is_same};
use super::writers;
use crate::platform::file_kind::FileKind;
use crate::platform::types::{FileStat, Ownership, Writer};

/// The flags by which a file is read. `O_NONBLOCK` keeps a FIFO that replaced it from blocking.
const READ: OFlags = OFlags::RDONLY
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC);

/// Attempts to open a file that is replaced each time it was examined.
const ATTEMPTS: usize = 1000;

/// A file that was examined and opened, and the users who could have written or replaced
/// it.
#[derive(Debug)]
pub(crate) struct JudgedFile {
    pub(crate) file: File,
    pub(crate) stat: FileStat,
    pub(crate) ownership: Ownership,
    pub(crate) writers: Vec<Writer>,
}

/// The directories of earlier walks, held open, so that the directories above many files
/// of one directory are examined once.
#[derive(Debug, Default)]
pub(crate) struct PathChecks(Mutex<HashMap<PathBuf, Arc<OnceLock<Option<Place>>>>>);

impl PathChecks {
    /// Opens a regular file for reading, by [`Walk`]. Symbolic links are followed.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be opened. The inner error is the kind of any other file:
    /// it is not opened.
    pub(crate) fn open(&self, path: &Path) -> io::Result<Result<JudgedFile, FileKind>> {
        let known = self.directory_of(path);
        let known = known.as_ref().and_then(|known| known.get()?.as_ref());
        let known = known.zip(path.file_name());
        if let Some(file) = known.and_then(|(place, name)| open_plain(place, name)) {
            return Ok(Ok(file));
        }
        for _ in 0..ATTEMPTS {
            let mut walk = match known {
                Some((place, name)) => Walk::from_place(place.clone(), name),
                None => Walk::begin(path)?,
            };
            match walk.run()? {
                End::Directory => return Ok(Err(FileKind::Directory)),
                End::File(file) => match file.open_judged(walk.place)? {
                    Ok(Some(file)) => return Ok(Ok(file)),
                    Ok(None) => {}
                    Err(kind) => return Ok(Err(kind)),
                },
            }
        }
        let message = "it is replaced faster than it can be read";
        Err(io::Error::new(io::ErrorKind::ResourceBusy, message))
    }

    /// Returns the directory of a file, or `None` if the file is to be looked
    /// up by its whole path.
    fn directory_of(&self, path: &Path) -> Option<Arc<OnceLock<Option<Place>>>> {
        let directory = path.parent()?;
        let is_plain = path.is_absolute()
            && path.file_name().is_some()
            && !path.as_os_str().as_encoded_bytes().ends_with(b"/");
        if !is_plain {
            return None;
        }
        let known = {
            let mut directories = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match directories.get(directory) {
                Some(known) => Arc::clone(known),
                None => Arc::clone(directories.entry(directory.to_owned()).or_default()),
            }
        };
        let walk = || Walk::to_directory(directory, false).and_then(Place::with_kind);
        known.get_or_init(|| walk().ok());
        Some(known)
    }
}

/// Opens a regular file of an examined directory, with half the calls of a [`Walk`]: most
/// records are such files. `None` for any other file, and if anything is in the way.
///
/// What is judged is the file that was opened. Its kind is looked at before, because to open a
/// device can have an effect.
fn open_plain(place: &Place, name: &OsStr) -> Option<JudgedFile> {
    let (kind, on) = look(&place.directory, name).ok()?;
    if kind != FileType::RegularFile || !place.stores(on) {
        return None;
    }
    let flags = READ | OFlags::NOFOLLOW;
    let file = File::from(hanging::open_within_mount(&place.directory, name, flags).ok()?);
    let stat = fstat(&file).ok()?;
    let kind = FileType::from_raw_mode(stat.st_mode);
    let is_plain = kind == FileType::RegularFile && place.stores(device(&stat));
    if !is_plain || place.is_shared && stat.st_nlink > 1 {
        return None;
    }
    Some(judged(file, &stat, place.writers.clone()))
}

/// Judges a file below a directory that was judged.
fn judged(file: File, stat: &Stat, above: Vec<Writer>) -> JudgedFile {
    let mut writers = writers::of_file(&file, stat);
    // The owner of the file is in the list already.
    let by_owner = |writer: &Writer| writer.user == Some(stat.st_uid);
    writers.extend(above.into_iter().filter(|writer| !by_owner(writer)));
    JudgedFile {
        stat: stat_of(stat),
        ownership: ownership(stat),
        file,
        writers,
    }
}

/// Returns the users, besides the caller and root, who can write to an open file.
pub(crate) fn file_writers(file: &File) -> io::Result<Vec<Writer>> {
    let stat = fstat(file)?;
    // Another user cannot open a file of ours without a name, such as one of
    // memfd_create(2).
    let is_ours_alone = stat.st_uid == effective_uid() && stat.st_nlink == 0;
    let mut writers = if is_ours_alone {
        Vec::new()
    } else {
        writers::of_file(file, &stat)
    };
    writers.extend(writers::of_file_system(file));
    Ok(writers)
}

impl FoundFile {
    /// Opens a regular file; `None` if its name has another file by now.
    fn open_judged(&self, mut place: Place) -> io::Result<Result<Option<JudgedFile>, FileKind>> {
        if let Some(kind) = self.kind(&place)? {
            return Ok(Err(kind));
        }
        let Some((file, stat)) = self.open(&place)? else {
            return Ok(Ok(None));
        };
        // Another file system may be mounted over the file.
        place.examine_file_system(&file, &stat);
        Ok(Ok(Some(judged(file, &stat, place.writers))))
    }

    /// Returns the kind of the file; `None` for a regular file with a content of its own.
    fn kind(&self, place: &Place) -> io::Result<Option<FileKind>> {
        Ok(Some(match FileType::from_raw_mode(self.stat.st_mode) {
            FileType::RegularFile if place.makes_up(&self.held, &self.stat)? => {
                FileKind::PseudoFile
            }
            FileType::RegularFile => return Ok(None),
            FileType::Directory => FileKind::Directory,
            FileType::Fifo => FileKind::Fifo,
            FileType::Socket => FileKind::Socket,
            FileType::BlockDevice | FileType::CharacterDevice => FileKind::Device,
            FileType::Symlink | FileType::Unknown => FileKind::File,
        }))
    }

    /// Opens the file for reading in the directory that the walk has reached. `None` if
    /// its name has another file by now.
    fn open(&self, place: &Place) -> io::Result<Option<(File, Stat)>> {
        let mut flags = READ;
        flags.set(OFlags::NOFOLLOW, !self.is_behind_link);
        let file = match openat(&place.directory, &self.name, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::NOENT | Errno::LOOP | Errno::NXIO) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let stat = fstat(&file)?;
        Ok(is_same(&stat, &self.stat).then_some((file, stat)))
    }
}
