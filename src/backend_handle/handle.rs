use std::io;
use std::time::Duration;

use crate::control::{self, StopSignal};
use crate::deadline::Deadline;
use crate::endpoint::{self, ConnectError, Connected, Stream, StreamTrait as _};
use crate::identity::{DaemonProcess, Endpoint};
use crate::platform::{Liveness, PinnedProcess};
use crate::probe::{DEFAULT_ENDPOINT_PROBE_TIMEOUT, Probe, ProbeReport, serves};
use crate::record::{self, CacheManifest, IdentityError};
use crate::report::Report;

/// A daemon whose identity was proven. The process is pinned: whatever is asked
/// of the handle later concerns that very process, never another one with its
/// number.
///
/// Only a probe makes one. Dropping it leaves the daemon running.
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
/// To stop it, ask, and kill it only when asking did not help:
///
/// ```no_run
/// use std::time::Duration;
///
/// use rpctl::{BackendHandle, BackendHandleError, record};
///
/// # async fn stop() -> Result<(), Box<dyn std::error::Error>> {
/// let record = record::load("daemon.pb".as_ref())?;
/// let probe = || rpctl::Probe::of_record(&record).run().into_handle();
/// match probe()?.shutdown(Duration::from_secs(5)).await {
///     // Probed anew: a handle is used up by stopping its process.
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
    /// Name of the service; empty when the probe was not told.
    pub service_name: String,
    /// Its version; empty when the probe was not told.
    pub service_version: String,
    /// The identity that was proven.
    pub daemon_process: DaemonProcess,
    process: PinnedProcess,
    stream: Stream,
}

/// A [`std::result::Result`] with [`BackendHandleError`].
pub type Result<T> = std::result::Result<T, BackendHandleError>;

/// What keeps a daemon from being reached or controlled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackendHandleError {
    /// The record does not describe an identity.
    #[error("the daemon record is malformed: {0}")]
    Identity(#[from] IdentityError),
    /// The daemon could not be proven to be the recorded one.
    #[error("{}", .0.summary)]
    Probe(Box<Report>),
    /// A fresh connection could not be made.
    #[error("cannot connect: {0}")]
    Connect(#[from] ConnectError),
    /// The verified process has exited, or cannot be examined or signalled.
    #[error("the process cannot be controlled: {0}")]
    VerifyPid(#[source] io::Error),
    /// The daemon did not exit in time.
    #[error("PID {pid} is still alive at the deadline")]
    ShutdownTimeout {
        /// The process that was asked to terminate.
        pid: u32,
    },
}

/// How long the kernel may take to end a process that was killed.
const KILL_TIMEOUT: Duration = Duration::from_secs(5);

impl BackendHandle {
    /// Run every check; `None` on any failure.
    ///
    /// `endpoint` must equal the recorded one. The challenge has
    /// [`crate::DEFAULT_ENDPOINT_PROBE_TIMEOUT`].
    #[must_use]
    pub fn probe(endpoint: &Endpoint, expected: &DaemonProcess) -> Option<Self> {
        Self::probe_with_service("", "", endpoint, expected).ok()
    }

    /// Run every check and name the service in the handle.
    ///
    /// # Errors
    ///
    /// [`BackendHandleError::Probe`] with the whole report, unless the daemon
    /// is verified.
    pub fn probe_with_service(
        service_name: &str,
        service_version: &str,
        endpoint: &Endpoint,
        expected: &DaemonProcess,
    ) -> Result<Self> {
        Probe::new(expected)
            .endpoint(endpoint)
            .service(service_name, service_version)
            .run()
            .into_handle()
    }

    /// [`Self::probe`] for any executor; hashing and socket work run on a
    /// thread of their own.
    #[cfg(feature = "client-async")]
    pub async fn probe_async(endpoint: &Endpoint, expected: &DaemonProcess) -> Option<Self> {
        Self::probe_with_service_async("", "", endpoint, expected)
            .await
            .ok()
    }

    /// [`Self::probe_with_service`] for any executor; hashing and socket work
    /// run on a thread of their own.
    ///
    /// # Errors
    ///
    /// As [`Self::probe_with_service`].
    #[cfg(feature = "client-async")]
    pub async fn probe_with_service_async(
        service_name: &str,
        service_version: &str,
        endpoint: &Endpoint,
        expected: &DaemonProcess,
    ) -> Result<Self> {
        let probe = Probe::new(expected)
            .endpoint(endpoint)
            .service(service_name, service_version);
        blocking::unblock(move || probe.run().into_handle()).await
    }

    /// Probe the daemon a manifest names; `None` when it names none or any check
    /// fails.
    #[must_use]
    pub fn probe_manifest(manifest: &CacheManifest) -> Option<Self> {
        Self::try_from_manifest(manifest).ok().flatten()
    }

    /// Probe the daemon a manifest names; `Ok(None)` when it names none.
    ///
    /// # Errors
    ///
    /// [`BackendHandleError::Identity`] for a malformed record,
    /// [`BackendHandleError::Probe`] when the daemon is not verified.
    pub fn try_from_manifest(manifest: &CacheManifest) -> Result<Option<Self>> {
        let Some(expected) = DaemonProcess::from_manifest_current_daemon(manifest)? else {
            return Ok(None);
        };
        Probe::new(&expected)
            .written_on(manifest.host.as_ref().map(Into::into))
            .findings(record::manifest_findings(manifest))
            .service(&manifest.service_name, &manifest.service_version)
            .run()
            .into_handle()
            .map(Some)
    }

    /// Whether the verified process still lives. No socket is involved; a
    /// zombie is dead.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        matches!(self.process.liveness(), Ok(Liveness::Alive))
    }

    /// A fresh connection to the daemon, for its own protocol.
    ///
    /// The process must still live, and the kernel must name it as the one that
    /// serves the socket. Takes at most [`crate::DEFAULT_ENDPOINT_PROBE_TIMEOUT`],
    /// on a thread of its own; dropping the future abandons the attempt.
    ///
    /// # Errors
    ///
    /// [`BackendHandleError::VerifyPid`] when the process has exited or somebody
    /// else serves the socket, [`BackendHandleError::Connect`] when nobody does.
    pub async fn connect(&self) -> Result<Connection> {
        let process = self
            .process
            .try_clone()
            .map_err(BackendHandleError::VerifyPid)?;
        let daemon = self.daemon_process.clone();
        blocking::unblock(move || connect(&daemon, &process)).await
    }

    /// [`Self::connect`] for programs that are not async.
    ///
    /// # Errors
    ///
    /// As [`Self::connect`].
    pub fn connect_blocking(&self) -> Result<Connection> {
        connect(&self.daemon_process, &self.process)
    }

    /// Ask the verified process to terminate and wait for its exit, at most
    /// `timeout`. Linux: SIGTERM through the pidfd, then `poll` on it.
    ///
    /// This process itself, its ancestors, the first process and kernel threads are
    /// never signalled.
    ///
    /// Waits on a thread of its own. Dropping the future does not take the signal
    /// back.
    ///
    /// # Errors
    ///
    /// [`BackendHandleError::ShutdownTimeout`] when it still runs then,
    /// [`BackendHandleError::VerifyPid`] when it cannot be signalled, or is never to
    /// be.
    pub async fn shutdown(self, timeout: Duration) -> Result<()> {
        blocking::unblock(move || self.shutdown_blocking(timeout)).await
    }

    /// [`Self::shutdown`] for programs that are not async.
    ///
    /// # Errors
    ///
    /// As [`Self::shutdown`].
    pub fn shutdown_blocking(self, timeout: Duration) -> Result<()> {
        self.stop(StopSignal::Terminate, timeout)
    }

    /// Kill the verified process and wait for its exit. Linux: SIGKILL through
    /// the pidfd. It spares whom [`Self::shutdown`] spares.
    ///
    /// # Errors
    ///
    /// [`BackendHandleError::VerifyPid`] when it cannot be signalled, or is never to
    /// be,
    /// [`BackendHandleError::ShutdownTimeout`] when the kernel has not ended it
    /// within 5 seconds (it hangs in a system call).
    pub fn force_kill(self) -> Result<()> {
        self.stop(StopSignal::Kill, KILL_TIMEOUT)
    }

    fn stop(self, stop: StopSignal, timeout: Duration) -> Result<()> {
        control::refuse_protected(&self.process).map_err(|denial| {
            let refused = io::Error::new(io::ErrorKind::PermissionDenied, denial);
            BackendHandleError::VerifyPid(refused)
        })?;
        match control::stop(&self.process, stop, timeout) {
            Ok(true) => Ok(()),
            Ok(false) => Err(BackendHandleError::ShutdownTimeout {
                pid: self.process.pid(),
            }),
            Err(error) => Err(BackendHandleError::VerifyPid(error)),
        }
    }

    /// The connection on which the daemon answered the challenge, in
    /// non-blocking mode. Many daemons close theirs after the answer.
    #[must_use]
    pub fn into_answered_stream(self) -> Stream {
        self.stream
    }
}

fn connect(daemon: &DaemonProcess, process: &PinnedProcess) -> Result<Connection> {
    let liveness = process.liveness().map_err(BackendHandleError::VerifyPid)?;
    if liveness != Liveness::Alive {
        let exited = io::Error::other("the process has exited");
        return Err(BackendHandleError::VerifyPid(exited));
    }
    let deadline = Deadline::after(DEFAULT_ENDPOINT_PROBE_TIMEOUT);
    let connected = endpoint::connect(&daemon.ipc_endpoint, deadline, Some(process))?;
    match serves(&connected, daemon, process) {
        Ok(()) => Connection::of(connected).map_err(BackendHandleError::VerifyPid),
        Err(why) => Err(BackendHandleError::VerifyPid(io::Error::new(
            io::ErrorKind::PermissionDenied,
            why,
        ))),
    }
}

/// A connection to a daemon.
#[derive(Debug)]
pub struct Connection {
    stream: Stream,
}

impl Connection {
    /// Connect to an endpoint, whoever serves it: nothing is verified. Blocks for
    /// at most [`crate::DEFAULT_ENDPOINT_PROBE_TIMEOUT`].
    ///
    /// # Errors
    ///
    /// When nobody accepts the connection in time; the source is a
    /// [`ConnectError`].
    pub fn connect(endpoint: &Endpoint) -> io::Result<Self> {
        let deadline = Deadline::after(DEFAULT_ENDPOINT_PROBE_TIMEOUT);
        Self::of(endpoint::connect(endpoint, deadline, None)?)
    }

    fn of(Connected { stream, .. }: Connected) -> io::Result<Self> {
        stream.set_nonblocking(false)?;
        Ok(Self { stream })
    }

    /// The stream, in blocking mode.
    #[must_use]
    pub fn into_inner(self) -> Stream {
        self.stream
    }
}

impl ProbeReport {
    /// A handle on the very process that was verified.
    ///
    /// # Errors
    ///
    /// [`BackendHandleError::Probe`] with the report, unless the verdict is
    /// [`crate::Verdict::Verified`].
    pub fn into_handle(self) -> Result<BackendHandle> {
        let (report, verified) = self.into_parts();
        let Some((daemon_process, process, stream)) = verified else {
            return Err(BackendHandleError::Probe(Box::new(report)));
        };
        Ok(BackendHandle {
            service_name: report.target.service_name.unwrap_or_default(),
            service_version: report.target.service_version.unwrap_or_default(),
            daemon_process,
            process,
            stream,
        })
    }
}
