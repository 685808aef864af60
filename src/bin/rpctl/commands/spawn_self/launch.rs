//! Starts the daemon detached, and waits until it answers.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rpctl::__private::{self, OwnChild, StopSignals};
use rpctl::{Probe, ProbeReport, Verdict, record};

use super::daemon::{Announcement, Handshake};
use super::plan::Plan;
use crate::args::name_of;
use crate::exit_code::ExitCode;
use crate::failure::{Failure, advice};

/// Time for a daemon that is not wanted any more to clean up and exit.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// Time for a new daemon to answer. A machine may be busy when it starts.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// Starts a daemon, verifies it, and leaves it running.
pub(super) fn run(plan: &Plan, interrupts: &StopSignals) -> Result<Announcement> {
    let launched = start(plan, interrupts)?;
    let report = launched.probe(plan)?;
    let verdict = report.verdict();
    if verdict != Verdict::Verified {
        let summary = &report.report().summary;
        let message = format!("the daemon was started, but is not verified: {summary}");
        return Err(Failure::new(verdict.into(), "not_verified", message)
            .hint("run it with --foreground to see what happens")
            .into());
    }
    if interrupts.have_come()? {
        bail!("interrupted; the daemon was stopped again");
    }
    Ok(launched.leave())
}

/// A daemon that is ready. It is ended with this value.
pub(super) struct LaunchedDaemon {
    child: ChildGuard,
    announcement: Announcement,
}

/// Starts a daemon and waits until it is ready.
pub(super) fn start(plan: &Plan, interrupts: &StopSignals) -> Result<LaunchedDaemon> {
    let mut child = OwnChild::start(&mut command(plan)?).context("cannot start the daemon")?;
    let stdout = child.stdout();
    let child = ChildGuard(Some(child));
    let stdout = stdout.context("the daemon has no standard output")?;
    // The daemon closes its end when it is ready, or exits.
    let message = interrupts
        .read_to_end(stdout)
        .context("cannot hear from the daemon")?;
    let Some(message) = message else {
        bail!("interrupted; the daemon was not started");
    };
    match serde_json::from_slice::<Handshake>(&message) {
        Ok(Ok(announcement)) => Ok(LaunchedDaemon {
            child,
            announcement,
        }),
        Ok(Err(failure)) => Err(failure.into()),
        Err(error) => {
            let status = match child.end()? {
                Some(status) => status.to_string(),
                None => "exit status unknown".to_owned(),
            };
            Err(anyhow::Error::new(error)
                .context("it ended before it was ready")
                .context(format!("the daemon did not start ({status})")))
        }
    }
}

fn command(plan: &Plan) -> Result<Command> {
    let program = __private::own_program().map_err(|error| without_program(&error))?;
    __private::forget_descriptors();
    let mut command = Command::new(program);
    __private::name_program(&mut command, "rpctl");
    __private::detach(&mut command);
    command
        .args(arguments(plan))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    Ok(command)
}

/// Describes the failure to find a file to start.
fn without_program(error: &io::Error) -> Failure {
    let message = format!("cannot find the path of this program: {error}");
    let failure = Failure::new(ExitCode::Internal, "internal", message);
    if error.kind() == io::ErrorKind::NotFound {
        failure.hint("run rpctl by its own path, without the dynamic loader (ld.so)")
    } else {
        failure.hint(advice(Some(error)))
    }
}

fn arguments(plan: &Plan) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = ["spawn-self", "--foreground", "--detach"]
        .map(OsString::from)
        .into();
    // A service name may begin with a hyphen, so it must not be an argument of its own.
    arguments.push(format!("--service={}", plan.service).into());
    let mut option = |name: &str, value: OsString| arguments.extend([name.into(), value]);
    option("--endpoint", plan.endpoint.path.clone().into());
    let record = plan.record.as_deref().unwrap_or(Path::new("-"));
    option("--record", record.into());
    if let Some(sidecar) = &plan.sidecar {
        option("--sidecar", sidecar.into());
    }
    option("--digest", name_of(&plan.digest).into());
    let idle = plan.idle_timeout;
    let idle = format!("{}s {}ns", idle.as_secs(), idle.subsec_nanos());
    option("--idle-timeout", idle.into());
    if let Some(parent) = plan.parent {
        option("--parent", parent.to_string().into());
    }
    arguments
}

impl LaunchedDaemon {
    /// Probes the daemon by the record it wrote.
    pub(super) fn probe(&self, plan: &Plan) -> Result<ProbeReport> {
        const UNREADABLE: &str = "the daemon's record cannot be read";
        let (record, label) = match (&self.announcement, &plan.record) {
            (Announcement::Record(record), _) => {
                (record::load_bytes(record.as_bytes()), "-".into())
            }
            (Announcement::Daemon(_), path) => {
                let path = path.as_deref().unwrap_or(Path::new("-"));
                (record::load(path), path.to_string_lossy())
            }
        };
        Ok(Probe::from_record(&record.context(UNREADABLE)?)
            .label(&label)
            .timeout(ANSWER_TIMEOUT)
            .run())
    }

    /// Leaves the daemon running.
    fn leave(mut self) -> Announcement {
        self.child.0 = None;
        self.announcement
    }

    /// Ends the daemon if it has not exited. Returns its exit status, if the kernel
    /// reports it.
    pub(super) fn reap(self) -> Result<Option<ExitStatus>> {
        self.child.end()
    }
}

/// A child process, ended with this value.
struct ChildGuard(Option<OwnChild>);

impl ChildGuard {
    fn end(mut self) -> Result<Option<ExitStatus>> {
        let child = self.0.take().context("the daemon is gone")?;
        child.end(END_TIMEOUT).context("cannot end the daemon")
    }
}

impl Drop for ChildGuard {
    fn drop(&mut self) {
        if let Some(child) = self.0.take() {
            // There is no way left to end it.
            let _ = child.end(END_TIMEOUT);
        }
    }
}
