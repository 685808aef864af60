//! Know which process you are talking to.
//!
//! Background daemons leave a record on disk: where they listen, their PID, boot
//! ID, executable and its digest. Records go stale: the machine reboots, the PID
//! is reused, the binary is upgraded, a stranger takes over the socket. This
//! library proves, step by step, whether the process behind a record is the one
//! it claims to be, and hands it over pinned, so that nothing done to it later
//! can hit another process.
//!
//! It speaks protocol v1 of the crate `running-process`, both generations, and
//! so verifies daemons made with any release of it.
//!
//! # The way through
//!
//! ```text
//! file ─▶ manifest ─▶ evidence ─▶ checks ─▶ verdict ─▶ report
//!         (Record)    (gathered   (ten,     (one       (ProbeReport)
//!                      once)       pure)     function)     └▶ BackendHandle
//! ```
//!
//! The program `rpctl` adds both ends: `arguments → target` before the manifest,
//! `rendering → exit code` after the report.
//!
//! 1. [`record::load()`] reads a record file of any format, with everything wrong
//!    about it as [`record::Finding`]s.
//! 2. [`Probe`] pins the recorded process, connects to its socket, challenges
//!    whoever answers and hashes the running image meanwhile. All evidence is
//!    gathered before any of it is judged.
//! 3. Ten checks compare the evidence with the record; a pure function of what
//!    they found is the [`Verdict`], with a [`Reason`].
//! 4. [`ProbeReport`] holds all of it as plain data, and, when verified, becomes
//!    a [`BackendHandle`] on the very process that was verified.
//!
//! ```
//! use rpctl::{Probe, Verdict, record};
//!
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("daemon.json");
//! # let endpoint = rpctl::Endpoint {
//! #     namespace_id: "example".to_owned(),
//! #     path: directory.path().join("socket").display().to_string(),
//! # };
//! # let daemon = rpctl::DaemonProcess::current_process(endpoint, None)?;
//! # let content = record::Content::Daemon(daemon.to_proto());
//! # let (format, digest) = (record::Format::SidecarJson, Default::default());
//! # record::save(&path, &content, format, digest)?;
//! let record = record::load(&path)?;
//! let report = Probe::of_record(&record).run();
//! for check in &report.checks {
//!     println!("{}: {}", check.check.label(), check.outcome.name());
//! }
//! if report.verdict == Verdict::Verified {
//!     let handle = report.into_handle()?;
//!     assert!(handle.is_alive());
//! } else {
//!     println!("{}", report.summary); // nobody listens on this example's socket
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The other side of the socket is [`responder`]: what a daemon needs to be
//! provable, in ten lines next to its own protocol.
//!
//! # Features
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `cli` | yes | the program `rpctl` and all it needs; turn it off to use the library |
//! | `client-async` | no | `BackendHandle::probe_async` and its siblings, on any executor |
//!
//! # Platforms
//!
//! Linux 5.6 or newer, for `pidfd_open` and `openat2`. The library never prints,
//! never reads environment variables, never exits.

mod backend_handle;
pub mod broker;
pub mod control;
mod deadline;
mod digest;
pub mod digest_cache;
pub mod endpoint;
pub mod host;
pub mod identity;
mod named;
pub mod platform;
pub mod probe;
pub mod protocol;
pub mod record;
pub mod registry;
mod report;
pub mod responder;
/// Hidden, for it is no part of the interface: the hints of the program need it too.
#[doc(hidden)]
pub mod shell;

/// The crate whose stream [`Connection::into_inner`] returns.
pub use interprocess;

pub use backend_handle::{BackendHandle, BackendHandleError, Connection, Result, VerifyPidError};
pub use identity::{CurrentProcessError, DaemonProcess, Endpoint, ExeDigest, HostIdentity};
pub use probe::{DEFAULT_ENDPOINT_PROBE_TIMEOUT, Probe, ProbeReport};
pub use report::{Check, CheckId, Outcome, Reason, Report, Target, Verdict};
