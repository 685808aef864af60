//! Processes.

#![expect(unsafe_code, reason = "no crate wraps these functions on a handle")]

use std::ffi::OsString;
use std::io;
use std::mem::MaybeUninit;
use std::os::windows::ffi::OsStringExt;
use std::os::windows::io::{AsRawHandle, BorrowedHandle, OwnedHandle};
use std::ptr;

use windows_sys::Wdk::System::Threading::{
    NtQueryInformationProcess, PROCESSINFOCLASS, ProcessBasicInformation, ProcessBreakOnTermination,
};
use windows_sys::Win32::Foundation::{
    DUPLICATE_SAME_ACCESS, DuplicateHandle, ERROR_NO_MORE_FILES, FILETIME, RtlNtStatusToDosError,
};
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW, Process32NextW, TH32CS_SNAPPROCESS,
};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, GetExitCodeProcess, GetProcessId, GetProcessTimes, OpenProcess,
    QueryFullProcessImageNameW, TerminateProcess,
};

use super::convert::{owned, size_of, succeeded};

/// Opens the process with a PID, by
/// [OpenProcess](https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-openprocess).
pub(in super::super) fn open(pid: u32, access: u32) -> io::Result<OwnedHandle> {
    // SAFETY: no pointer is passed, and the handle is owned by nothing else.
    unsafe { owned(OpenProcess(access, 0, pid)) }
}

/// Returns the PID of a process that is held.
pub(in super::super) fn pid(process: BorrowedHandle<'_>) -> u32 {
    // SAFETY: the handle is borrowed.
    unsafe { GetProcessId(process.as_raw_handle()) }
}

/// Returns the exit code; 259 also for a process that runs.
pub(in super::super) fn exit_code(process: BorrowedHandle<'_>) -> io::Result<u32> {
    let mut code = 0;
    // SAFETY: the handle is borrowed, and the pointer is valid.
    succeeded(unsafe { GetExitCodeProcess(process.as_raw_handle(), &raw mut code) })?;
    Ok(code)
}

/// Ends a process, by
/// [TerminateProcess](https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-terminateprocess).
pub(in super::super) fn terminate(process: BorrowedHandle<'_>, code: u32) -> io::Result<()> {
    // SAFETY: the handle is borrowed.
    succeeded(unsafe { TerminateProcess(process.as_raw_handle(), code) })
}

/// Returns when a process was created, in steps of 100 ns since 1601.
pub(in super::super) fn created(process: BorrowedHandle<'_>) -> io::Result<u64> {
    let zero = FILETIME {
        dwLowDateTime: 0,
        dwHighDateTime: 0,
    };
    let [mut created, mut exited, mut kernel, mut user] = [zero; 4];
    // SAFETY: the handle is borrowed, and the pointers are valid.
    succeeded(unsafe {
        GetProcessTimes(
            process.as_raw_handle(),
            &raw mut created,
            &raw mut exited,
            &raw mut kernel,
            &raw mut user,
        )
    })?;
    Ok(u64::from(created.dwHighDateTime) << 32 | u64::from(created.dwLowDateTime))
}

/// Returns the path of the executable, by
/// [QueryFullProcessImageNameW](https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-queryfullprocessimagenamew).
pub(in super::super) fn image_name(process: BorrowedHandle<'_>) -> io::Result<OsString> {
    let mut name = vec![0; 32_768];
    let mut length = 32_768;
    // SAFETY: the handle is borrowed, and the length is that of the buffer.
    succeeded(unsafe {
        QueryFullProcessImageNameW(
            process.as_raw_handle(),
            0,
            name.as_mut_ptr(),
            &raw mut length,
        )
    })?;
    let length = usize::try_from(length).unwrap_or_default();
    Ok(OsString::from_wide(name.get(..length).unwrap_or_default()))
}

/// Returns the PID of the process that started this one. It may have ended, and its number
/// be that of another process.
pub(in super::super) fn parent(process: BorrowedHandle<'_>) -> io::Result<u32> {
    // The words of `PROCESS_BASIC_INFORMATION`, the last of which is the parent.
    let mut information = [0_usize; 6];
    ask(process, ProcessBasicInformation, &mut information)?;
    let [.., parent] = information;
    u32::try_from(parent).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Returns whether the system stops if this process ends.
pub(in super::super) fn is_critical(process: BorrowedHandle<'_>) -> io::Result<bool> {
    let mut critical = [0_u32];
    ask(process, ProcessBreakOnTermination, &mut critical)?;
    Ok(critical != [0])
}

/// The class `ProcessTelemetryIdInformation`, which is not documented.
const TELEMETRY: PROCESSINFOCLASS = 64;

/// The bytes at the beginning of the telemetry of a process that are needed: up to the number
/// of the boot.
const TELEMETRY_HEADER: u32 = 64;

/// The place of the number of the boot in units of four bytes.
const TELEMETRY_BOOT: usize = 15;

/// Returns the number of this boot, as the telemetry of the calling process has it.
pub(in super::super) fn telemetry_boot() -> io::Result<u32> {
    // The user, the path and the command line follow the numbers.
    let mut information = vec![0_u32; 64 * 1024];
    // SAFETY: the handle is not one that could be closed.
    let this = unsafe { BorrowedHandle::borrow_raw(GetCurrentProcess()) };
    ask(this, TELEMETRY, &mut information)?;
    boot_in(&information).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Returns the number of the boot in the telemetry of a process.
fn boot_in(information: &[u32]) -> Option<u32> {
    let header = information.first()?;
    let boot = information.get(TELEMETRY_BOOT)?;
    (*header >= TELEMETRY_HEADER).then_some(*boot)
}

/// Types of integers that have a value for any bytes.
trait Word: Copy {}

impl Word for u32 {}
impl Word for usize {}

/// Asks for one class of information, by
/// [NtQueryInformationProcess](https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntqueryinformationprocess).
fn ask<T: Word>(
    process: BorrowedHandle<'_>,
    class: PROCESSINFOCLASS,
    to: &mut [T],
) -> io::Result<()> {
    let size = u32::try_from(size_of_val(to)).unwrap_or_default();
    // SAFETY: the handle is borrowed, the size is that of the slice, and its words may have
    // any value.
    let status = unsafe {
        NtQueryInformationProcess(
            process.as_raw_handle(),
            class,
            to.as_mut_ptr().cast(),
            size,
            ptr::null_mut(),
        )
    };
    if status < 0 {
        // SAFETY: no pointer is passed.
        let code = unsafe { RtlNtStatusToDosError(status) };
        return Err(io::Error::from_raw_os_error(code.cast_signed()));
    }
    Ok(())
}

/// A process in a list of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct ListedProcess {
    pub(in super::super) pid: u32,
    pub(in super::super) parent: u32,
}

/// Lists all processes, by
/// [CreateToolhelp32Snapshot](https://learn.microsoft.com/windows/win32/api/tlhelp32/nf-tlhelp32-createtoolhelp32snapshot).
pub(in super::super) fn list() -> io::Result<Vec<ListedProcess>> {
    // SAFETY: no pointer is passed, and the handle is owned by nothing else.
    let snapshot = unsafe { owned(CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0))? };
    // SAFETY: zeros are a value of this type.
    let mut entry = unsafe { MaybeUninit::<PROCESSENTRY32W>::zeroed().assume_init() };
    entry.dwSize = size_of::<PROCESSENTRY32W>();
    let mut found = Vec::new();
    // SAFETY: the handle is owned, and the entry has its size.
    let mut next = unsafe { Process32FirstW(snapshot.as_raw_handle(), &raw mut entry) };
    loop {
        match succeeded(next) {
            Ok(()) => found.push(ListedProcess {
                pid: entry.th32ProcessID,
                parent: entry.th32ParentProcessID,
            }),
            Err(error) if is(&error, ERROR_NO_MORE_FILES) => return Ok(found),
            Err(error) => return Err(error),
        }
        // SAFETY: as above.
        next = unsafe { Process32NextW(snapshot.as_raw_handle(), &raw mut entry) };
    }
}

/// Returns whether an error has this code of Windows.
pub(in super::super) fn is(error: &io::Error, code: u32) -> bool {
    error.raw_os_error() == Some(code.cast_signed())
}

/// Gives another process a handle of this one, by
/// [DuplicateHandle](https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-duplicatehandle).
/// Returns its value there. The process must be held with `PROCESS_DUP_HANDLE`.
pub(in super::super) fn give_handle(
    process: BorrowedHandle<'_>,
    handle: usize,
) -> io::Result<usize> {
    let mut there = ptr::null_mut();
    // SAFETY: the process is borrowed, the pointer is valid, and a value that is no handle is
    // refused.
    succeeded(unsafe {
        DuplicateHandle(
            GetCurrentProcess(),
            ptr::without_provenance_mut(handle),
            process.as_raw_handle(),
            &raw mut there,
            0,
            0,
            DUPLICATE_SAME_ACCESS,
        )
    })?;
    Ok(there.addr())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boot_in_telemetry_stands_after_the_session() {
        let mut information = vec![0; 32];
        information[0] = 0x60;
        information[TELEMETRY_BOOT - 1] = 3;
        information[TELEMETRY_BOOT] = 42;
        assert_eq!(boot_in(&information), Some(42));
        // An earlier form of it, and none.
        information[0] = 0x38;
        assert_eq!(boot_in(&information), None);
        assert_eq!(boot_in(&information[..4]), None);
    }
}
