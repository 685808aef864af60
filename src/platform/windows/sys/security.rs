//! Users, and access control lists.

#![expect(
    unsafe_code,
    reason = "no crate reads the access control list of a handle"
)]

use std::ffi::{OsStr, OsString, c_void};
use std::fmt;
use std::io;
use std::os::windows::ffi::OsStringExt;
use std::os::windows::io::{AsRawHandle, BorrowedHandle};
use std::ptr;

use windows_sys::Win32::Foundation::{ERROR_SUCCESS, HANDLE, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertStringSecurityDescriptorToSecurityDescriptorW, GetSecurityInfo, SDDL_REVISION_1,
    SE_FILE_OBJECT,
};
use windows_sys::Win32::Security::{
    ACE_HEADER, ACL, DACL_SECURITY_INFORMATION, GetAce, GetLengthSid, GetSecurityDescriptorDacl,
    GetSecurityDescriptorOwner, GetTokenInformation, LookupAccountNameW, LookupAccountSidW,
    OWNER_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID, TOKEN_QUERY, TOKEN_USER, TokenUser,
};
use windows_sys::Win32::System::Threading::OpenProcessToken;

use super::convert::{owned, succeeded, wide};

/// The size of a buffer for any security identifier.
const MAX_SID: usize = 68;

/// A security identifier: a user or a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in super::super) struct Sid(Box<[u8]>);

impl Sid {
    /// # Safety
    ///
    /// The pointer is to a valid identifier.
    unsafe fn copied(sid: PSID) -> Self {
        // SAFETY: the caller promises it.
        let bytes = unsafe {
            let length = usize::try_from(GetLengthSid(sid)).unwrap_or_default();
            std::slice::from_raw_parts(sid.cast::<u8>(), length)
        };
        Self(bytes.into())
    }

    pub(in super::super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Sid {
    /// Writes the form `S-1-…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [revision, _, a, b, c, d, e, authority, parts @ ..] = &*self.0 else {
            return f.write_str("S-?");
        };
        let authority = u64::from_be_bytes([0, 0, *a, *b, *c, *d, *e, *authority]);
        write!(f, "S-{revision}-{authority}")?;
        for part in parts.chunks_exact(4) {
            let part = <[u8; 4]>::try_from(part).unwrap_or_default();
            write!(f, "-{}", u32::from_le_bytes(part))?;
        }
        Ok(())
    }
}

/// An entry of an access control list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Entry {
    /// The kind, `ACCESS_ALLOWED_ACE_TYPE` or another one.
    pub(in super::super) kind: u8,
    pub(in super::super) flags: u8,
    pub(in super::super) mask: u32,
    /// Who has the rights; `None` for a kind that is not known.
    pub(in super::super) sid: Option<Sid>,
}

/// The owner of an object, and its access control list; no list lets everyone in.
#[derive(Clone, Debug)]
pub(in super::super) struct Access {
    pub(in super::super) owner: Sid,
    pub(in super::super) entries: Option<Vec<Entry>>,
}

/// A security descriptor that the system has allocated.
#[derive(Debug)]
pub(in super::super) struct Descriptor(PSECURITY_DESCRIPTOR);

// SAFETY: it is not changed.
unsafe impl Send for Descriptor {}
// SAFETY: as above.
unsafe impl Sync for Descriptor {}

impl Descriptor {
    /// Reads the form SDDL, as in `D:P(A;;GA;;;OW)`.
    pub(in super::super) fn parse(text: &str) -> io::Result<Self> {
        let text = wide(OsStr::new(text))?;
        let mut descriptor = ptr::null_mut();
        // SAFETY: the text ends with 0, and the pointer is valid.
        succeeded(unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                text.as_ptr(),
                SDDL_REVISION_1,
                &raw mut descriptor,
                ptr::null_mut(),
            )
        })?;
        Ok(Self(descriptor))
    }

    /// Returns the descriptor of an open file or directory.
    fn of_file(file: HANDLE) -> io::Result<Self> {
        let mut descriptor = ptr::null_mut();
        // SAFETY: the pointers are valid or null.
        let result = unsafe {
            GetSecurityInfo(
                file,
                SE_FILE_OBJECT,
                OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                &raw mut descriptor,
            )
        };
        if result != ERROR_SUCCESS {
            return Err(io::Error::from_raw_os_error(result.cast_signed()));
        }
        Ok(Self(descriptor))
    }

    pub(super) fn as_ptr(&self) -> *mut c_void {
        self.0
    }

    /// Returns the owner and the list.
    pub(in super::super) fn access(&self) -> io::Result<Access> {
        let (mut owner, mut list) = (ptr::null_mut(), ptr::null_mut::<ACL>());
        let (mut is_default, mut is_present) = (0, 0);
        // SAFETY: the descriptor is valid, and so are the pointers.
        unsafe {
            succeeded(GetSecurityDescriptorOwner(
                self.0,
                &raw mut owner,
                &raw mut is_default,
            ))?;
            succeeded(GetSecurityDescriptorDacl(
                self.0,
                &raw mut is_present,
                &raw mut list,
                &raw mut is_default,
            ))?;
        }
        if owner.is_null() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "it has no owner",
            ));
        }
        // SAFETY: both point into the descriptor.
        unsafe {
            Ok(Access {
                owner: Sid::copied(owner),
                entries: (is_present != 0 && !list.is_null())
                    .then(|| entries(list))
                    .transpose()?,
            })
        }
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // SAFETY: the system has allocated it with LocalAlloc.
        unsafe { LocalFree(self.0) };
    }
}

/// # Safety
///
/// The pointer is to a valid list.
unsafe fn entries(list: *const ACL) -> io::Result<Vec<Entry>> {
    /// The size of the header and the mask, after which the identifier begins.
    const SID: usize = 8;
    // SAFETY: the caller promises it.
    let count = unsafe { (*list).AceCount };
    let mut entries = Vec::new();
    for at in 0..u32::from(count) {
        let mut entry = ptr::null_mut();
        // SAFETY: the list is valid, and so is the pointer.
        succeeded(unsafe { GetAce(list, at, &raw mut entry) })?;
        // SAFETY: every entry begins with a header, and those that allow or deny something
        // to one go on with a mask and an identifier.
        unsafe {
            let ACE_HEADER {
                AceType: kind,
                AceFlags: flags,
                ..
            } = *entry.cast::<ACE_HEADER>();
            let (mask, sid) = match kind {
                0 | 1 => (
                    entry.cast::<u32>().add(1).read_unaligned(),
                    Some(Sid::copied(entry.cast::<u8>().add(SID).cast())),
                ),
                _ => (u32::MAX, None),
            };
            entries.push(Entry {
                kind,
                flags,
                mask,
                sid,
            });
        }
    }
    Ok(entries)
}

/// Returns the owner and the list of an open file or directory.
pub(in super::super) fn access(file: BorrowedHandle<'_>) -> io::Result<Access> {
    Descriptor::of_file(file.as_raw_handle())?.access()
}

/// Returns the user of a process, by
/// [GetTokenInformation](https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-gettokeninformation).
pub(in super::super) fn user_of(process: BorrowedHandle<'_>) -> io::Result<Sid> {
    /// Units that are aligned as the value must be.
    const LENGTH: usize = 32;
    let mut token = ptr::null_mut();
    // SAFETY: the handle is borrowed, the pointer is valid, and the handle of the token is
    // owned by nothing else.
    let token = unsafe {
        succeeded(OpenProcessToken(
            process.as_raw_handle(),
            TOKEN_QUERY,
            &raw mut token,
        ))?;
        owned(token)?
    };
    let mut buffer = [0_u64; LENGTH];
    let mut length = 0;
    // SAFETY: the size is that of the buffer, which begins with the value.
    unsafe {
        succeeded(GetTokenInformation(
            token.as_raw_handle(),
            TokenUser,
            buffer.as_mut_ptr().cast(),
            u32::try_from(size_of_val(&buffer)).unwrap_or_default(),
            &raw mut length,
        ))?;
        let user = buffer.as_ptr().cast::<TOKEN_USER>().read();
        Ok(Sid::copied(user.User.Sid))
    }
}

/// Returns the name of a user with the domain, by
/// [LookupAccountSidW](https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lookupaccountsidw).
pub(in super::super) fn account_name(sid: &Sid) -> io::Result<String> {
    let [mut name, mut domain] = [[0_u16; 256]; 2];
    let (mut name_length, mut domain_length, mut kind) = (256, 256, 0);
    // SAFETY: the identifier is valid, and the lengths are those of the buffers.
    succeeded(unsafe {
        LookupAccountSidW(
            ptr::null(),
            sid.0.as_ptr().cast_mut().cast(),
            name.as_mut_ptr(),
            &raw mut name_length,
            domain.as_mut_ptr(),
            &raw mut domain_length,
            &raw mut kind,
        )
    })?;
    let text = |units: &[u16], length: u32| {
        let length = usize::try_from(length).unwrap_or_default();
        let units = units.get(..length).unwrap_or_default();
        OsString::from_wide(units).to_string_lossy().into_owned()
    };
    let (name, domain) = (text(&name, name_length), text(&domain, domain_length));
    Ok(if domain.is_empty() {
        name
    } else {
        format!("{domain}\\{name}")
    })
}

/// Returns the user with a name, by
/// [LookupAccountNameW](https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lookupaccountnamew).
#[cfg(feature = "cli")]
pub(in super::super) fn account_named(name: &str) -> io::Result<Sid> {
    let name = wide(OsStr::new(name))?;
    let mut sid = [0_u32; MAX_SID / 4];
    let mut domain = [0_u16; 256];
    let (mut length, mut domain_length, mut kind) = (MAX_SID as u32, 256, 0);
    // SAFETY: the name ends with 0, and the lengths are those of the buffers.
    unsafe {
        succeeded(LookupAccountNameW(
            ptr::null(),
            name.as_ptr(),
            sid.as_mut_ptr().cast(),
            &raw mut length,
            domain.as_mut_ptr(),
            &raw mut domain_length,
            &raw mut kind,
        ))?;
        Ok(Sid::copied(sid.as_mut_ptr().cast()))
    }
}
