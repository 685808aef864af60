//! Signalling a process that was proven to be the recorded one, and removing the files
//! that its daemon left.
//!
//! [`permits()`] decides, from the report alone, whether a process may be signalled. Only
//! [`crate::ProbeReport::into_grant`] makes a [`Grant`], and a grant sends no other signal
//! than the one that it was given for, to the process that it holds. Likewise only
//! [`crate::ProbeReport::to_removal`] makes a [`Removal`], for a record whose daemon is
//! proven to be gone.
//!
//! A daemon is often more than one process. A grant holds the descendants of its process before
//! the signal, ends them if asked to, and tells which processes are left:
//!
//! ```no_run
//! use std::path::Path;
//! use std::time::Duration;
//!
//! use rpctl::control::{Signal, Trust, WaitOutcome};
//! use rpctl::{Probe, record};
//!
//! let record = record::load(Path::new("daemon.json"))?;
//! let report = Probe::from_record(&record).run();
//! let mut grant = report.into_grant(Signal::Quit, Trust::Required)?;
//! // After the signal, orphans would have another parent.
//! grant.hold_family()?;
//! grant.send()?;
//! if grant.wait_exit(Duration::from_secs(5))? {
//!     // A handle that is never readable: nothing interrupts the wait.
//!     let (never, _writer) = std::io::pipe()?;
//!     let ended = grant.end_descendants_or(&never, Duration::from_secs(5))?;
//!     assert_eq!(ended, WaitOutcome::Exited);
//!     for process in grant.left().processes() {
//!         println!("{:?} listens on {:?}", process.pid, process.listeners);
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! For processes that were recorded as [`crate::process`] does, see
//! [`crate::process::VerifiedProcess`].

mod descendants;
mod ended;
mod family;
mod grant;
mod left;
mod permission;
mod refusal;
mod removal;
mod send_error;
mod survivors;
mod wait;

pub use crate::platform::ExitStatus;
pub use crate::process::{Protected, SendOutcome, Signal, Trust};
pub use grant::Grant;
pub use left::{Left, LeftProcess, Relation};
pub use permission::{Denial, permits};
pub use refusal::Refused;
pub use removal::{KeepReason, Removal};
pub use send_error::SendError;
pub use wait::WaitOutcome;
