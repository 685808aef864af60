//! Proves which process answers at a daemon's socket, and stops that process and no
//! other.
//!
//! A daemon leaves a record on disk: where it listens, its PID, the boot ID, its
//! executable and a digest of it. Records go stale: the machine reboots, the PID is
//! reused, the executable is upgraded, another process takes the socket. This library
//! proves, check by check, whether the process behind a record is the recorded one. It
//! holds that process by a handle of the system, so nothing done to it later can reach
//! another process.
//!
//! It speaks protocol v1 of the crate `running-process`, in both generations, and
//! verifies daemons made with any release of it.
//!
//! # Data flow
//!
//! ```text
//! file ─▶ Record ─▶ Probe ─▶ evidence ─▶ checks ─▶ verdict ─▶ ProbeReport ─▶ BackendHandle
//!                            (gathered   (eleven,  (one       (plain data,   (connect,
//!                             once)       pure)     function)  serializable)  shutdown)
//! ```
//!
//! 1. [`record::load()`] reads a record in any format, with its faults as
//!    [`record::Finding`]s.
//! 2. [`Probe`] opens the recorded process, connects to its socket, sends a challenge
//!    and hashes the running executable. All evidence is gathered before any of it is
//!    judged.
//! 3. Eleven checks compare the evidence with the record. A pure function of their results
//!    gives the [`Verdict`] and its [`Reason`].
//! 4. [`ProbeReport`] contains all of this. If the daemon is verified, it becomes a
//!    [`BackendHandle`] on the process that was verified.
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
//! let report = Probe::from_record(&record).run();
//! for check in &report.report().checks {
//!     println!("{}: {}", check.check.label(), check.outcome.name());
//! }
//! if report.verdict() == Verdict::Verified {
//!     let handle = report.into_handle()?;
//!     assert!(handle.is_alive());
//! } else {
//!     // No process listens on the socket of this example.
//!     println!("{}", report.report().summary);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The module [`responder`] is the other side of the socket: the lines that a daemon
//! adds next to its own protocol so that it can be verified. Users of
//! `running-process` find its paths in [`broker`].
//!
//! # Features
//!
//! | feature | default | contents |
//! |---|---|---|
//! | `cli` | yes | the program of this package, with `client` and `responder`; turn it off to use the library |
//! | `client` | by `cli` | the probing side: [`Probe`], [`BackendHandle`], [`control`] |
//! | `client-async` | no | [`BackendHandle::probe_async`] and its siblings, on any executor; with `client` |
//! | `record` | by both sides | records of daemons, and the protocol: [`record`], [`registry`] |
//! | `process` | by `record` | records of running processes, for programs that start them: [`process`] |
//! | `process-async` | by `client-async` | `VerifiedProcess::wait_async` and its siblings |
//! | `digest` | by `record` | the digests of executables in process records |
//! | `responder` | by `cli` | the answering side, for daemons: [`responder`] |
//!
//! ```toml
//! # A program that verifies daemons:
//! rpctl = { version = "0.1", default-features = false, features = ["client"] }
//! # A daemon that can be verified, with a third fewer dependencies:
//! rpctl = { version = "0.1", default-features = false, features = ["responder"] }
//! # A program that remembers the processes it starts, with 19 dependencies in all:
//! rpctl = { version = "0.1", default-features = false, features = ["process"] }
//! ```
//!
//! Without any feature, the library has the types of identities and reports alone.
//!
//! # Platforms
//!
//! Linux 5.6 or newer, for
//! [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html) and
//! [openat2(2)](https://man7.org/linux/man-pages/man2/openat2.2.html). Windows, tried under
//! Wine alone. macOS, type-checked and linked but never run: there, no process can be held
//! against the reuse of its PID, and its start is compared right before each signal. The library never
//! prints, never reads environment variables and never exits.

#![cfg_attr(
    not(feature = "cli"),
    expect(
        dead_code,
        unreachable_pub,
        unused_imports,
        reason = "the rooms below serve the features above, which need parts of them"
    )
)]

#[cfg(feature = "client")]
mod backend_handle;
#[cfg(feature = "client")]
pub mod broker;
#[cfg(feature = "client")]
pub mod control;
#[cfg(feature = "record")]
mod current_process;
mod deadline;
#[cfg(feature = "digest")]
mod digest;
#[cfg(feature = "client")]
pub mod digest_cache;
#[cfg(feature = "record")]
pub mod endpoint;
mod host;
mod identity;
mod named;
mod platform;
#[cfg(feature = "client")]
mod probe;
#[cfg(feature = "process")]
pub mod process;
#[cfg(feature = "record")]
pub mod protocol;
#[cfg(feature = "record")]
pub mod record;
#[cfg(feature = "record")]
pub mod registry;
mod report;
#[cfg(feature = "responder")]
pub mod responder;
mod service;
mod signal;
mod standstill;

/// The crate whose stream [`Connection::into_inner`] returns.
#[cfg(feature = "record")]
pub use interprocess;

#[cfg(feature = "client")]
pub use backend_handle::{
    BackendHandle, BackendHandleError, Connection, DuplicateHandleError, DuplicateHandleResult,
    DuplicateHandleSuccess, HANDOFF_TOKEN_BYTES, HandoffToken, Result, VerifyPidError,
    WindowsHandleValue,
};
pub use identity::{
    CurrentProcessError, DIGEST_LEN, DaemonProcess, Digest, DigestAgreement, DigestAlgorithm,
    Endpoint, ExeDigest, HostIdentity,
};
#[cfg(feature = "client")]
pub use probe::{
    DEFAULT_ENDPOINT_PROBE_TIMEOUT, DEFAULT_HASH_TIMEOUT, ImageDigests, Probe, ProbeReport,
};
pub use report::{Check, CheckId, LiveProcess, Outcome, Reason, Report, Target, Verdict};
pub use standstill::Standstill;

/// Parts of the platform that the program of this package needs. They are not part of
/// the interface and can change in any release.
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod __private {
    pub use crate::platform::{
        ENDPOINTS_ARE_FILES, FileWatch, OwnChild, StopSignals, System, attributes,
        close_standard_streams, create_private_dir, create_temporary_dir, detach, end_with_parent,
        forget_descriptors, hostname, is_hang, is_out_of_descriptors, is_private_dir,
        keep_new_files_private, link_attributes, lock_dir, may_remove, name_program, names_in,
        new_session, own_program, remove_if, remove_temporary_dir, resolved, signal_name,
        survive_size_limit, unix_now_ms, user_id, user_name, user_named, wait_until_unread,
    };
    pub use crate::report::PackedReport;
}
