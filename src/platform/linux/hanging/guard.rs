//! Work that must not wait for a file system for ever.

use std::io;
use std::os::fd::OwnedFd;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fault::Fault;
use super::helper::Helper;
use super::mode::attempt;

/// Does `here`, which enters no mount that may hang. If it was kept from one, does
/// `apart`, the same work, in a helper, until the deadline of [`TimeLimit`](super::TimeLimit).
///
/// `apart` must not take a lock, because another thread may hold it.
///
/// # Errors
///
/// The error of the work; `FileSystemHangs` if the helper did not end in time.
pub(crate) fn guarded<T: Serialize + DeserializeOwned>(
    here: impl FnOnce() -> io::Result<T>,
    apart: impl FnOnce() -> io::Result<T>,
) -> io::Result<T> {
    match attempt(here) {
        Ok(result) => result,
        Err(mount) => {
            let helper = Helper::start(mount, || (apart().map_err(Fault::from), None))?;
            Ok(helper.finish()?.0?)
        }
    }
}

/// Opens a file as [`guarded`] does its work. A helper sends the descriptor.
///
/// # Errors
///
/// As for [`guarded`].
pub(crate) fn guarded_file(
    here: impl FnOnce() -> io::Result<OwnedFd>,
    apart: impl FnOnce() -> io::Result<OwnedFd>,
) -> io::Result<OwnedFd> {
    match attempt(here) {
        Ok(result) => result,
        Err(mount) => {
            let helper = Helper::start(mount, || match apart() {
                Ok(file) => (Ok(()), Some(file)),
                Err(error) => (Err(Fault::from(error)), None),
            })?;
            let (result, file) = helper.finish()?;
            result?;
            file.ok_or_else(|| io::ErrorKind::InvalidData.into())
        }
    }
}
