//! A handle on a daemon that was proven to be the recorded one.

use std::time::Duration;

use super::connection::Connection;
use super::error::{BackendHandleError, Result, VerifyPidError};
use crate::control::{Grant, SendOutcome, Signal};
use crate::identity::{DaemonProcess, Endpoint};
use crate::platform::{Liveness, PinnedProcess};
use crate::probe::{Probe, ProbeReport};
use crate::record::{self, CacheManifest};
use crate::report::{Report, Verdict};

/// A daemon whose identity was proven.
///
/// The handle holds the process, so every method concerns the process that was
/// verified, never another one with its PID. It holds no connection: a daemon that
/// serves one client at a time is free for the next one.
///
/// Only a probe makes a handle. Dropping it leaves the daemon running.
///
/// ```
/// use rpctl::BackendHandle;
///
/// # use rpctl::responder::ProbeResponder;
/// # use rpctl::{DaemonProcess, Endpoint};
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("socket").display().to_string();
/// # let endpoint = Endpoint { namespace_id: "example".to_owned(), path };
/// # let recorded = DaemonProcess::current_process(endpoint.clone(), None)?;
/// # let listener = std::os::unix::net::UnixListener::bind(&endpoint.path)?;
/// # let responder = ProbeResponder::new(recorded.clone());
/// # std::thread::spawn(move || {
/// #     for stream in listener.incoming().flatten() {
/// #         let _ = responder.serve(stream);
/// #     }
/// # });
/// // `endpoint` and `recorded` come from the daemon's record.
/// let Some(handle) = BackendHandle::probe(&endpoint, &recorded) else {
///     panic!("not the recorded daemon, or it does not answer");
/// };
/// assert!(handle.is_alive());
///
/// // A connection for the daemon's own protocol, to that very process.
/// let stream = futures_lite::future::block_on(handle.connect())?.into_inner();
/// # drop(stream);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// To stop the daemon, ask it to exit, and kill it only if it does not:
///
/// ```no_run
/// use std::time::Duration;
///
/// use rpctl::{BackendHandle, BackendHandleError, Probe, record};
///
/// # async fn stop() -> Result<(), Box<dyn std::error::Error>> {
/// let record = record::load("daemon.pb".as_ref())?;
/// let probe = || Probe::from_record(&record).run().into_handle();
/// match probe()?.shutdown(Duration::from_secs(5)).await {
///     // Stopping uses up the handle, so the daemon is probed again.
///     Err(BackendHandleError::ShutdownTimeout { pid }) => {
///         eprintln!("PID {pid} ignores SIGTERM");
///         probe()?.force_kill()?;
///     }
///     stopped => stopped?,
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct BackendHandle {
    /// Name of the service; empty if the probe was not given one.
    pub service_name: String,
    /// Version of the service; empty if the probe was not given one.
    pub service_version: String,
    /// The identity that was proven.
    pub daemon_process: DaemonProcess,
    /// The identity that was proven, which no caller has changed.
    proven: DaemonProcess,
    grant: Grant,
}

/// Time for the kernel to end a process that was killed.
const KILL_TIMEOUT: Duration = Duration::from_secs(5);

impl BackendHandle {
    /// Runs every check. Returns `None` if any of them fails.
    ///
    /// `endpoint` must equal the recorded one. Connecting and the challenge take at most
    /// [`crate::DEFAULT_ENDPOINT_PROBE_TIMEOUT`]; hashing the executable takes longer if
    /// it is large.
    #[must_use]
    pub fn probe(endpoint: &Endpoint, expected: &DaemonProcess) -> Option<Self> {
        Self::probe_with_service("", "", endpoint, expected).ok()
    }

    /// Runs every check like [`Self::probe`], and names the service in the handle.
    ///
    /// # Errors
    ///
    /// [`BackendHandleError::Probe`] with the report unless the daemon is verified.
    pub fn probe_with_service(
        service_name: impl Into<String>,
        service_version: impl Into<String>,
        endpoint: &Endpoint,
        expected: &DaemonProcess,
    ) -> Result<Self> {
        let (name, version) = (service_name.into(), service_version.into());
        Probe::new(expected)
            .endpoint(endpoint)
            .service(&name, &version)
            .run()
            .into_handle()
    }

    /// Probes like [`Self::probe`], on any executor: a thread of its own does what
    /// blocks.
    #[cfg(feature = "client-async")]
    pub async fn probe_async(endpoint: &Endpoint, expected: &DaemonProcess) -> Option<Self> {
        Self::probe_with_service_async("", "", endpoint, expected)
            .await
            .ok()
    }

    /// Probes like [`Self::probe_with_service`], on any executor: a thread of its own
    /// does what blocks. Dropping the future abandons the probe.
    ///
    /// # Errors
    ///
    /// As [`Self::probe_with_service`].
    #[cfg(feature = "client-async")]
    pub async fn probe_with_service_async(
        service_name: impl Into<String>,
        service_version: impl Into<String>,
        endpoint: &Endpoint,
        expected: &DaemonProcess,
    ) -> Result<Self> {
        let (name, version) = (service_name.into(), service_version.into());
        let (endpoint, expected) = (endpoint.clone(), expected.clone());
        let probe = move || Self::probe_with_service(name, version, &endpoint, &expected);
        blocking::unblock(probe).await
    }

    /// Probes the daemon that a manifest names. Returns `None` if the manifest names none
    /// or any check fails.
    #[must_use]
    pub fn probe_manifest(manifest: &CacheManifest) -> Option<Self> {
        Self::try_from_manifest(manifest).ok().flatten()
    }

    /// Probes the daemon that a manifest names. Returns `Ok(None)` if the manifest names
    /// none.
    ///
    /// # Errors
    ///
    /// [`BackendHandleError::Identity`] for a malformed record, and
    /// [`BackendHandleError::Probe`] with the report unless the daemon is verified.
    pub fn try_from_manifest(manifest: &CacheManifest) -> Result<Option<Self>> {
        let expected = DaemonProcess::from_manifest_current_daemon(manifest)?;
        let probe = |expected| {
            Probe::new(&expected)
                .host(manifest.host.as_ref().map(Into::into))
                .findings(record::manifest_findings(manifest))
                .service(&manifest.service_name, &manifest.service_version)
                .run()
                .into_handle()
        };
        expected.map(probe).transpose()
    }

    /// Returns whether the verified process is still alive; a zombie is not. Uses no
    /// socket.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        matches!(self.grant.process().liveness(), Ok(Liveness::Alive))
    }

    /// Returns the report of the probe that verified the daemon.
    #[must_use]
    pub fn report(&self) -> &Report {
        self.grant.report()
    }

    /// Makes a new connection to the daemon, for its own protocol.
    ///
    /// The process must still be alive, and it must serve the socket. Linux: the kernel
    /// says so, by `SO_PEERCRED` in
    /// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html). Takes at most
    /// [`crate::DEFAULT_ENDPOINT_PROBE_TIMEOUT`], on a thread of its own. Dropping the
    /// future abandons the attempt.
    ///
    /// # Errors
    ///
    /// [`BackendHandleError::VerifyPid`] if the process has exited or another process
    /// serves the socket, [`BackendHandleError::Connect`] if no process does.
    pub async fn connect(&self) -> Result<Connection> {
        let process = self.grant.process().try_clone();
        let process = process.map_err(VerifyPidError::System)?;
        let daemon = self.proven.clone();
        blocking::unblock(move || Connection::to_process(&daemon, &process)).await
    }

    /// Connects like [`Self::connect`], and blocks the calling thread.
    ///
    /// # Errors
    ///
    /// As [`Self::connect`].
    pub fn connect_blocking(&self) -> Result<Connection> {
        Connection::to_process(&self.proven, self.grant.process())
    }

    /// Asks the verified process to exit, and waits for that at most `timeout`. Linux:
    /// sends SIGTERM by
    /// [pidfd_send_signal(2)](https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html).
    ///
    /// The calling process, its ancestors, PID 1 and kernel threads are never signalled.
    ///
    /// Waits on a thread of its own. Dropping the future does not take the signal back.
    ///
    /// # Errors
    ///
    /// [`BackendHandleError::ShutdownTimeout`] if the process does not exit in time,
    /// [`BackendHandleError::VerifyPid`] if it cannot be signalled.
    pub async fn shutdown(self, timeout: Duration) -> Result<()> {
        blocking::unblock(move || self.shutdown_blocking(timeout)).await
    }

    /// Stops the process like [`Self::shutdown`], and blocks the calling thread.
    ///
    /// # Errors
    ///
    /// As [`Self::shutdown`].
    pub fn shutdown_blocking(self, timeout: Duration) -> Result<()> {
        let sent = self.grant.send().map_err(VerifyPidError::from)?;
        self.wait_exit(sent, timeout)
    }

    /// Kills the verified process and waits for its exit, at most 5 seconds. Linux: sends
    /// SIGKILL by
    /// [pidfd_send_signal(2)](https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html).
    /// Spares the same processes as [`Self::shutdown`].
    ///
    /// # Errors
    ///
    /// [`BackendHandleError::VerifyPid`] if the process cannot be signalled,
    /// [`BackendHandleError::ShutdownTimeout`] if the kernel has not ended it in time,
    /// because it hangs in a system call.
    pub fn force_kill(mut self) -> Result<()> {
        let sent = self.grant.escalate().map_err(VerifyPidError::from)?;
        self.wait_exit(sent, KILL_TIMEOUT)
    }

    pub(super) fn process(&self) -> &PinnedProcess {
        self.grant.process()
    }

    fn wait_exit(&self, sent: SendOutcome, timeout: Duration) -> Result<()> {
        let wait = || self.grant.wait_exit(timeout);
        if sent == SendOutcome::AlreadyGone || wait().map_err(VerifyPidError::System)? {
            Ok(())
        } else {
            Err(BackendHandleError::ShutdownTimeout {
                pid: self.grant.pid(),
            })
        }
    }
}

impl ProbeReport {
    /// Turns the report into a handle on the process that was verified, and closes the
    /// connection of the probe if it was kept.
    ///
    /// Who could have written the record is not asked: a caller that has not chosen the
    /// record itself asks [`Self::distrust`].
    ///
    /// # Errors
    ///
    /// [`BackendHandleError::Probe`] with the report, unless the verdict is
    /// [`Verdict::Verified`], and [`BackendHandleError::NotADaemon`] if the record is of a
    /// process that is not asked.
    pub fn into_handle(self) -> Result<BackendHandle> {
        let refused =
            |report: ProbeReport| BackendHandleError::Probe(Box::new(report.into_report()));
        if self.report().verdict != Verdict::Verified {
            return Err(refused(self));
        }
        let grant = Grant::new(self, Signal::Term).map_err(|report| refused(*report))?;
        let Some(daemon) = grant.daemon().cloned() else {
            return Err(BackendHandleError::NotADaemon { pid: grant.pid() });
        };
        let target = &grant.report().target;
        Ok(BackendHandle {
            service_name: target.service_name.clone().unwrap_or_default(),
            service_version: target.service_version.clone().unwrap_or_default(),
            daemon_process: daemon.clone(),
            proven: daemon,
            grant,
        })
    }
}
