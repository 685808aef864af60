//! Processes that are remembered and found again, without their cooperation.
//!
//! A program that starts processes and forgets them when it ends itself, such as a
//! supervisor or a build tool, writes down a [`ProcessRecord`] of each. Later, it or
//! another program proves that the recorded process still runs, and holds it as a
//! [`VerifiedProcess`]: what is then done to the process can reach no other one, even if
//! its PID is reused.
//!
//! # Data flow
//!
//! ```text
//! PID, Child  ─▶ ProcessRecord ─▶ file ─▶ ProcessRecord ─▶ VerifiedProcess
//! or listener    (from_pid,       (save)   (load, verify:   (wait, signal,
//!                 from_child, …)            same instance?)  shutdown, kill)
//! ```
//!
//! ```
//! use std::process::Command;
//! use std::time::Duration;
//!
//! use rpctl::process::{ProcessRecord, Trust, VerifyError};
//!
//! let mut child = Command::new("sleep").arg("1000").spawn()?;
//! let record = ProcessRecord::from_child(&child)?;
//! # let directory = tempfile::tempdir()?;
//! let path = directory.path().join("sleep.json");
//! record.save(&path)?;
//!
//! // Another program, or this one after a restart:
//! let record = ProcessRecord::load(&path, Trust::Required)?;
//! match record.verify() {
//!     Ok(process) => process.shutdown(Duration::from_secs(5))?,
//!     Err(VerifyError::Gone(_)) => println!("it has ended"),
//!     Err(error) => return Err(error.into()),
//! }
//! # child.wait()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What names a process
//!
//! A PID alone names a process only until it is reused. The boot, the PID in its PID
//! namespace and the exact start in ticks of the kernel (10 ms) name one process for ever,
//! if it outlived the tick of its start before it was recorded. Since Linux 6.9, the inode
//! number of its pidfd does, too, and both must agree. Seconds,
//! names, command lines, executables and process groups name none: other processes can have
//! the same ones.
//!
//! A process keeps its identity when it executes another program:
//! [`VerifiedProcess::image`] tells. No record can prove that the recorded process was the
//! right one to begin with.
//!
//! # Signals
//!
//! Only [`VerifiedProcess`] and [`crate::control`] send signals, through one function. PID
//! 1, the calling process, its ancestors and kernel threads are never signalled.
//!
//! # Platforms
//!
//! Linux 5.6 or newer. On other systems every operation fails with
//! [`std::io::ErrorKind::Unsupported`].

mod capture;
#[cfg(feature = "digest")]
mod digests;
mod fields;
mod file;
mod file_name;
mod forked;
#[cfg(feature = "client")]
mod from_listener;
mod image;
mod listener;
mod object;
mod program;
mod protected;
mod record;
mod sending;
#[cfg(feature = "client")]
mod sockets;
mod standing;
mod trust;
mod verified;
#[cfg(feature = "process-async")]
mod verified_async;
mod verify;
mod verify_error;

pub use crate::platform::{ExitStatus, FileKind, MissingRight, StartTime, UserIds};
#[cfg(feature = "client")]
pub use crate::platform::{ListenerAddress, ListenerAddressError};
pub use crate::signal::{Signal, UnknownSignal};
pub use capture::CaptureError;
#[cfg(feature = "digest")]
pub use digests::DigestError;
pub use fields::PROCESS_RECORD_MEDIA_TYPE;
#[cfg(feature = "record")]
pub(crate) use fields::{MAX_ELEMENTS, is_pid, process_record_version};
pub use file::RecordFileError;
#[cfg(feature = "client")]
pub use from_listener::{ListenerCandidate, ListenerError};
pub use image::ImageState;
#[cfg(feature = "client")]
pub(crate) use image::{ExpectedImage, ImageAgreement};
pub use listener::{RecordedListener, TcpListenerRecord, UnixListenerRecord};
#[cfg(feature = "record")]
pub(crate) use object::{Object, optional as optional_object};
pub use program::ProgramMatch;
#[cfg(feature = "client")]
pub(crate) use program::compare_program;
pub use protected::Protected;
pub(crate) use protected::protection;
pub use record::{ProcessRecord, RecordedExe, RecordedFile, RecordedProcess};
pub(crate) use sending::send;
pub use sending::{SendOutcome, SignalError};
#[cfg(feature = "client")]
pub(crate) use standing::{Seen, Standing, conclude};
pub use trust::Trust;
pub use verified::{StopError, VerifiedProcess};
pub use verify_error::{Doubt, Elsewhere, Gone, VerifyError};
