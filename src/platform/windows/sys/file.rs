//! Open files.

#![expect(
    unsafe_code,
    reason = "the standard library tells no identity of a file"
)]

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::windows::io::AsRawHandle;

use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::Storage::FileSystem::{
    CreateDirectoryW, FILE_BASIC_INFO, FILE_DISPOSITION_INFO, FILE_GENERIC_READ, FILE_ID_INFO,
    FILE_INFO_BY_HANDLE_CLASS, FILE_SHARE_DELETE, FILE_SHARE_READ, FILE_SHARE_WRITE,
    FILE_STANDARD_INFO, FileBasicInfo, FileDispositionInfo, FileIdInfo, FileStandardInfo,
    GetFileInformationByHandleEx, ReOpenFile, SetFileInformationByHandle,
};

use super::convert::{owned, size_of, succeeded, wide};
use super::security::Descriptor;

/// Types that are the information of a class, of integers alone.
///
/// # Safety
///
/// The size of the type is that of the information of its class, and zeros are a value of it.
unsafe trait Information: Copy {
    const CLASS: FILE_INFO_BY_HANDLE_CLASS;
}

// SAFETY: these are the types of their classes, and consist of integers and bools.
unsafe impl Information for FILE_ID_INFO {
    const CLASS: FILE_INFO_BY_HANDLE_CLASS = FileIdInfo;
}

// SAFETY: as above.
unsafe impl Information for FILE_BASIC_INFO {
    const CLASS: FILE_INFO_BY_HANDLE_CLASS = FileBasicInfo;
}

// SAFETY: as above.
unsafe impl Information for FILE_STANDARD_INFO {
    const CLASS: FILE_INFO_BY_HANDLE_CLASS = FileStandardInfo;
}

/// Asks for the information of one class, by
/// [GetFileInformationByHandleEx](https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getfileinformationbyhandleex).
fn ask<T: Information>(file: &File) -> io::Result<T> {
    let mut information = MaybeUninit::<T>::zeroed();
    // SAFETY: the handle is borrowed, and the size is that of the value.
    succeeded(unsafe {
        GetFileInformationByHandleEx(
            file.as_raw_handle(),
            T::CLASS,
            information.as_mut_ptr().cast(),
            size_of::<T>(),
        )
    })?;
    // SAFETY: zeros are a value of the type, and the function has written one.
    Ok(unsafe { information.assume_init() })
}

/// Returns the serial number of the volume, and the number of the file on it.
pub(in super::super) fn id(file: &File) -> io::Result<(u64, u128)> {
    let information: FILE_ID_INFO = ask(file)?;
    let number = u128::from_le_bytes(information.FileId.Identifier);
    Ok((information.VolumeSerialNumber, number))
}

/// The times of a file in steps of 100 ns since 1601, and its attributes.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Times {
    pub(in super::super) written: i64,
    pub(in super::super) changed: i64,
    pub(in super::super) attributes: u32,
}

pub(in super::super) fn times(file: &File) -> io::Result<Times> {
    let information: FILE_BASIC_INFO = ask(file)?;
    Ok(Times {
        written: information.LastWriteTime,
        changed: information.ChangeTime,
        attributes: information.FileAttributes,
    })
}

/// Returns the size of a file, and whether it has a name and will keep it.
pub(in super::super) fn size_and_name(file: &File) -> io::Result<(u64, bool)> {
    let information: FILE_STANDARD_INFO = ask(file)?;
    let size = u64::try_from(information.EndOfFile).unwrap_or_default();
    Ok((
        size,
        information.NumberOfLinks > 0 && !information.DeletePending,
    ))
}

/// Opens an open file once more, with a position of its own, by
/// [ReOpenFile](https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-reopenfile).
pub(in super::super) fn reopened(file: &File) -> io::Result<File> {
    let share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    // SAFETY: the handle is borrowed, and the new one is owned by nothing else.
    let handle = unsafe {
        owned(ReOpenFile(
            file.as_raw_handle(),
            FILE_GENERIC_READ,
            share,
            0,
        ))?
    };
    Ok(File::from(handle))
}

/// Removes the file that is open, which must be with the right `DELETE`, by
/// [SetFileInformationByHandle](https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-setfileinformationbyhandle).
/// Its name is free once all handles of it are closed.
pub(in super::super) fn delete(file: &File) -> io::Result<()> {
    let information = FILE_DISPOSITION_INFO { DeleteFile: true };
    // SAFETY: the handle is borrowed, and the size is that of the value.
    succeeded(unsafe {
        SetFileInformationByHandle(
            file.as_raw_handle(),
            FileDispositionInfo,
            (&raw const information).cast(),
            size_of::<FILE_DISPOSITION_INFO>(),
        )
    })
}

/// Creates a directory with an access control list of its own, by
/// [CreateDirectoryW](https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createdirectoryw).
pub(in super::super) fn create_directory(path: &OsStr, security: &Descriptor) -> io::Result<()> {
    let path = wide(path)?;
    let attributes = SECURITY_ATTRIBUTES {
        nLength: size_of::<SECURITY_ATTRIBUTES>(),
        lpSecurityDescriptor: security.as_ptr(),
        bInheritHandle: 0,
    };
    // SAFETY: the path ends with 0, and the descriptor outlives the call.
    succeeded(unsafe { CreateDirectoryW(path.as_ptr(), &raw const attributes) })
}
