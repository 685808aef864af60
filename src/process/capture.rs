//! Looking at a process for a record.

use std::io;
use std::path::Path;
use std::process::Child;
use std::time::Duration;

use super::fields::MediaType;
use super::forked::{outlive_fork, outlive_spawn};
use super::record::{ProcessRecord, RecordedExe, RecordedProcess};
use super::verified::VerifiedProcess;
use crate::identity::HostIdentity;
use crate::platform::{self, Liveness, MissingRight, PinError, PinnedProcess, StartTime};
use crate::service::{is_service_name, is_service_version};

/// The reasons that a process cannot be recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// No process has the PID. A child that was waited for is gone.
    #[error("no process has PID {pid}")]
    NoSuchProcess {
        /// The PID.
        pid: u32,
    },
    /// The process has exited, and its parent has not collected its exit status.
    #[error("PID {pid} has exited and is a zombie")]
    Zombie {
        /// The PID.
        pid: u32,
    },
    /// The number is that of a thread.
    #[error("{pid} is a thread{}, not a process", of_process(*of))]
    Thread {
        /// The ID of the thread.
        pid: u32,
        /// The PID of its process, if that is known.
        of: Option<u32>,
    },
    /// The process is a kernel thread, which runs no program.
    #[error("PID {pid} is a kernel thread")]
    KernelThread {
        /// The PID.
        pid: u32,
    },
    /// Not permitted, or hidden by the mount option `hidepid` of `/proc`.
    #[error("not permitted to look at PID {pid}: {missing}")]
    NotPermitted {
        /// The PID.
        pid: u32,
        /// The right that is missing.
        missing: MissingRight,
    },
    /// `/proc` is that of another PID namespace.
    #[error("/proc is that of another PID namespace, so no process can be examined")]
    ForeignProc,
    /// The service name or version breaks its grammar.
    #[error("{0:?} is not a valid service name or version")]
    Service(String),
    /// Any other error of the system.
    #[error("cannot look at the process: {0}")]
    System(#[from] io::Error),
}

fn of_process(of: Option<u32>) -> String {
    of.map_or_else(String::new, |of| format!(" of PID {of}"))
}

impl ProcessRecord {
    /// Records the process that has this PID now.
    ///
    /// The process is pinned first, by
    /// [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html), and
    /// everything is read through the pin. Nothing is hashed. Takes up to 10 ms for a
    /// process that has only just started: until no later process with its PID can have the
    /// same start, so that the start suffices for readers without pidfs inodes. A command that
    /// a shell above the caller has just forked is waited for until it runs its own program,
    /// at most 2 s.
    ///
    /// The record does not prove that the process is the right one: if its number comes
    /// from a file, it may have been reused before.
    ///
    /// # Errors
    ///
    /// [`CaptureError`], also for zombies, threads and kernel threads.
    pub fn from_pid(pid: u32) -> Result<Self, CaptureError> {
        let process = pin(pid)?;
        outlive_fork(&process)?;
        Self::of_pinned(&process)
    }

    /// Records a child of the calling process, as [`Self::from_pid`] does. Linux: by
    /// [waitid(2)](https://man7.org/linux/man-pages/man2/waitid.2.html), the kernel says
    /// that the pinned process is a child of the caller, and not one that has got its PID.
    ///
    /// # Errors
    ///
    /// [`CaptureError::Zombie`] if the child has exited, and
    /// [`CaptureError::NoSuchProcess`] if it was waited for, too.
    pub fn from_child(child: &Child) -> Result<Self, CaptureError> {
        let process = pin(child.id())?;
        if !process.is_own_child()? {
            return Err(CaptureError::NoSuchProcess { pid: child.id() });
        }
        outlive_spawn(&process)?;
        Self::of_pinned(&process)
    }

    /// Records the calling process, as [`Self::from_pid`] does.
    ///
    /// # Errors
    ///
    /// [`CaptureError`], for example if `/proc` is not mounted.
    pub fn current() -> Result<Self, CaptureError> {
        Self::from_pid(std::process::id())
    }

    /// Records a process that is held, such as a descendant of a recorded one, as
    /// [`Self::from_pid`] does.
    ///
    /// # Errors
    ///
    /// [`CaptureError`], for example if the process has exited.
    pub fn from_process(process: &VerifiedProcess) -> Result<Self, CaptureError> {
        Self::of_pinned(process.pinned())
    }

    /// Adds the name and the version of the service.
    ///
    /// # Errors
    ///
    /// [`CaptureError::Service`] unless the name is `[a-z0-9-]{1,64}` and the version
    /// `N.N.N`, optionally followed by `-[a-z0-9.]+`.
    pub fn with_service(mut self, name: &str, version: Option<&str>) -> Result<Self, CaptureError> {
        let name_fault = (!is_service_name(name)).then_some(name);
        let version_fault = version.filter(|version| !is_service_version(version));
        if let Some(fault) = name_fault.or(version_fault) {
            return Err(CaptureError::Service(fault.to_owned()));
        }
        self.service_name = Some(name.to_owned());
        self.service_version = version.map(str::to_owned);
        Ok(self)
    }

    pub(crate) fn of_pinned(process: &PinnedProcess) -> Result<Self, CaptureError> {
        let pid = process.pid();
        let state = process.liveness()?;
        let failed = |error: io::Error| lost(process, error);
        if process.status().map_err(failed)?.is_kernel_thread {
            return Err(CaptureError::KernelThread { pid });
        }
        let recorded = RecordedProcess {
            pid,
            start: process.start().map_err(failed)?,
            pidfs_inode: process.pidfs_inode(),
            users: Some(process.user_ids().map_err(failed)?),
            exe: process.image_file().map_err(failed)?.map(RecordedExe::new),
            command_name: process.command_name().map_err(failed)?,
        };
        let record = Self {
            media_type: MediaType,
            service_name: None,
            service_version: None,
            recorded_at_unix_ms: platform::unix_now_ms(),
            rpctl_version: env!("CARGO_PKG_VERSION").to_owned(),
            host: HostIdentity::current(Path::new("/")),
            process: recorded,
            listeners: Vec::new(),
        };
        outlive_tick(record.process.start)?;
        // The last look is what makes the others true.
        match (state, process.liveness()?) {
            (Liveness::Alive, Liveness::Alive) => Ok(record),
            (_, Liveness::Reaped) => Err(CaptureError::NoSuchProcess { pid }),
            _ => Err(CaptureError::Zombie { pid }),
        }
    }
}

fn pin(pid: u32) -> Result<PinnedProcess, CaptureError> {
    PinnedProcess::open(pid).map_err(|error| match error {
        PinError::NoSuchProcess => CaptureError::NoSuchProcess { pid },
        PinError::Thread { of } => CaptureError::Thread { pid, of },
        PinError::Denied(missing) => CaptureError::NotPermitted { pid, missing },
        PinError::ForeignProc => CaptureError::ForeignProc,
        PinError::Io(error) => CaptureError::System(error),
    })
}

/// Explains why a file of the process could not be read.
fn lost(process: &PinnedProcess, error: io::Error) -> CaptureError {
    let pid = process.pid();
    match process.liveness() {
        Ok(Liveness::Reaped) => CaptureError::NoSuchProcess { pid },
        Ok(Liveness::Zombie) => CaptureError::Zombie { pid },
        // Every user may read these files of a process that is not hidden.
        _ if error.kind() == io::ErrorKind::PermissionDenied => CaptureError::NotPermitted {
            pid,
            missing: MissingRight::HidePid,
        },
        _ => CaptureError::System(error),
    }
}

/// Waits until the tick of a start is over. A process that lives at a later tick has a
/// start that no later process with its number has.
fn outlive_tick(start: Option<StartTime>) -> io::Result<()> {
    while start.is_some_and(|start| platform::ticks_now().is_some_and(|now| now <= start.ticks)) {
        platform::pause(None, Duration::from_millis(1))?;
    }
    Ok(())
}
