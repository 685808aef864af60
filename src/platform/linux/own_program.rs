//! The file of this program. The kernel's executable is another one if the program was
//! started through the dynamic loader, see
//! [ld.so(8)](https://man7.org/linux/man-pages/man8/ld.so.8.html).

use std::ffi::{OsString, c_int, c_void};
use std::fs::File;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use nix::libc::{dl_iterate_phdr, dl_phdr_info};

/// The link to the executable of this process.
const EXECUTABLE: &str = "/proc/self/exe";

/// Opens the running image of this process, of
/// [proc_pid_exe(5)](https://man7.org/linux/man-pages/man5/proc_pid_exe.5.html).
pub(crate) fn own_image() -> io::Result<File> {
    File::open(EXECUTABLE)
}

/// What follows the path of a file that was deleted or replaced.
const DELETED: &[u8] = b" (deleted)";

/// Returns the file of this program if the executable of this process is the loader that has
/// loaded it; `None` also if that cannot be told. The file comes from
/// [proc_pid_maps(5)](https://man7.org/linux/man-pages/man5/proc_pid_maps.5.html).
pub(crate) fn loaded_program() -> Option<PathBuf> {
    Some(mapped_program()?.path)
}

/// A program that the loader has mapped.
struct MappedProgram {
    path: PathBuf,
    /// The link to its file, of
    /// [proc_pid_map_files(5)](https://man7.org/linux/man-pages/man5/proc_pid_map_files.5.html).
    link: PathBuf,
}

fn mapped_program() -> Option<MappedProgram> {
    let executable = std::fs::read_link(EXECUTABLE).ok()?;
    let maps = std::fs::read("/proc/self/maps").ok()?;
    let (range, path) = mapped_at(&maps, address_of_program())?;
    // A newline is written as an octal number there.
    let is_other = path != executable.as_os_str().as_bytes() && !path.contains(&b'\\');
    is_other.then(|| MappedProgram {
        path: OsString::from_vec(path.to_vec()).into(),
        link: Path::new("/proc/self/map_files").join(range),
    })
}

/// Returns a path by which this program can be started again, even if its file was replaced
/// or deleted.
///
/// # Errors
///
/// The error of the system if the executable of this process is not known, and
/// [`io::ErrorKind::NotFound`] if the loader has loaded it and it was deleted since: only root
/// can reach it then.
#[cfg(feature = "cli")]
pub fn own_program() -> io::Result<PathBuf> {
    match mapped_program() {
        // Another user can have put a file with that name there.
        Some(program) if program.path.as_os_str().as_bytes().ends_with(DELETED) => {
            return File::open(&program.link)
                .map(|_| program.link)
                .map_err(|_| {
                    let path = program.path.display();
                    let message =
                        format!("only root can start what the loader has mapped of {path}");
                    io::Error::new(io::ErrorKind::NotFound, message)
                });
        }
        Some(program) => return Ok(program.path),
        None => {}
    }
    let path = std::env::current_exe()?;
    let image = super::stat_open(&own_image()?)?.id;
    let is_current = super::stat(&path).is_ok_and(|file| file.id == image);
    Ok(if is_current { path } else { EXECUTABLE.into() })
}

/// Returns the range of addresses, and the absolute path, of the file that is mapped at an
/// address.
fn mapped_at(maps: &[u8], address: usize) -> Option<(&str, &[u8])> {
    maps.split(|&byte| byte == b'\n').find_map(|line| {
        let range = line.split(|&byte| byte == b' ').next()?;
        let range = std::str::from_utf8(range).ok()?;
        let (start, end) = range.split_once('-')?;
        let bound = |text| usize::from_str_radix(text, 16).ok();
        let path = line.iter().position(|&byte| byte == b'/')?;
        (bound(start)?..bound(end)?)
            .contains(&address)
            .then(|| (range, &line[path..]))
    })
}

/// Returns an address in the program: the first object in the list of
/// [dl_iterate_phdr(3)](https://man7.org/linux/man-pages/man3/dl_iterate_phdr.3.html).
#[expect(
    unsafe_code,
    reason = "no crate tells where the program lies in memory"
)]
fn address_of_program() -> usize {
    unsafe extern "C" fn take_first(
        object: *mut dl_phdr_info,
        _size: usize,
        address: *mut c_void,
    ) -> c_int {
        // SAFETY: the loader passes a valid object, and the argument of its caller, which is
        // the address of a number.
        unsafe { *address.cast::<usize>() = (*object).dlpi_phdr.addr() };
        1
    }
    let mut address = 0_usize;
    // SAFETY: the function has the required signature, and `address` outlives the call.
    unsafe { dl_iterate_phdr(Some(take_first), (&raw mut address).cast()) };
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_was_started_directly() {
        let maps = std::fs::read("/proc/self/maps").unwrap();
        let (_, program) = mapped_at(&maps, address_of_program()).unwrap();
        let executable = std::fs::read_link(EXECUTABLE).unwrap();
        assert_eq!(program, executable.as_os_str().as_bytes());
        assert_eq!(loaded_program(), None);
        #[cfg(feature = "cli")]
        assert_eq!(own_program().unwrap(), executable);
    }
}
