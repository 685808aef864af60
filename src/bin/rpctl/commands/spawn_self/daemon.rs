//! The daemon itself: listens, records itself, announces itself, serves and cleans up.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use rpctl::__private::{self, StopSignals};
use rpctl::endpoint::{ConnectError, ListenError, Listener};
use rpctl::record::{self, Content, DigestChoice, Format};
use rpctl::responder::{Limits, ProbeResponder, Server};
use rpctl::{CurrentProcessError, DaemonProcess};
use serde::{Deserialize, Serialize};

use super::existing::Existing;
use super::paths::VERSION;
use super::plan::Plan;
use super::records::{Records, manifest};
use crate::args::SpawnArgs;
use crate::commands::places;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Output;
use crate::render::SpawnedDaemon;
use crate::shell;
use crate::words::{Columns, Words};

/// The message of a detached daemon to the process that started it, as JSON on standard
/// output.
pub(super) type Handshake = std::result::Result<Announcement, Failure>;

/// The result of a daemon that is ready to serve.
#[derive(Deserialize, Serialize)]
pub(super) enum Announcement {
    /// The daemon and its files.
    Daemon(Box<SpawnedDaemon>),
    /// The record itself as JSON, if it goes to standard output.
    Record(String),
}

impl Announcement {
    /// Prints the announcement, and returns the exit code of the command.
    pub(super) fn print(&self, output: &Output) -> ExitCode {
        match self {
            Self::Daemon(daemon) => output.print(&**daemon),
            Self::Record(record) => output.write(ExitCode::Proven, record.as_bytes()),
        }
    }
}

/// Runs the daemon in the foreground until a signal or the idle timeout ends it.
pub(super) fn run(plan: &Plan, output: &Output) -> Result<ExitCode> {
    let signals = StopSignals::receive().context("cannot receive signals")?;
    let daemon = Daemon::start(plan)?;
    let code = daemon.announcement(plan)?.print(output);
    daemon.serve(&signals, plan)?;
    Ok(code)
}

/// Runs the daemon in a session of its own, and sends its starter a [`Handshake`].
pub(super) fn run_detached(args: &SpawnArgs, output: &Output) -> Result<ExitCode> {
    let send = |handshake: &Handshake| -> Result<ExitCode> {
        let message = serde_json::to_vec(handshake).context("cannot encode the handshake")?;
        Ok(output.write(ExitCode::Proven, &message))
    };
    match start_detached(args) {
        Ok((daemon, signals, plan)) => {
            let code = send(&Ok(daemon.announcement(&plan)?))?;
            __private::close_standard_streams().context("cannot close the standard streams")?;
            daemon.serve(&signals, &plan)?;
            Ok(code)
        }
        Err(error) => {
            let failure = Failure::from_error(&error);
            let code = failure.code;
            send(&Err(failure))?;
            Ok(code)
        }
    }
}

fn start_detached(args: &SpawnArgs) -> Result<(Daemon, StopSignals, Plan)> {
    let plan = Plan::new(args)?;
    __private::new_session().context("cannot leave the session of the caller")?;
    std::env::set_current_dir("/").context("cannot change to the root directory")?;
    let signals = StopSignals::receive().context("cannot receive signals")?;
    if let Some(parent) = args.parent {
        let is_alive = __private::end_with_parent(parent).context("cannot watch the parent")?;
        ensure!(is_alive, "the process that started this daemon has exited");
    }
    Ok((Daemon::start(&plan)?, signals, plan))
}

/// A daemon that listens and is recorded. Its files are removed with this value.
struct Daemon {
    listener: Listener,
    identity: DaemonProcess,
    records: Records,
}

impl Daemon {
    fn start(plan: &Plan) -> Result<Self> {
        // Records are read before the socket is claimed: an error about a daemon that is
        // alive then names its record, and not only a process that listens.
        let existing = Existing::examine(plan, &Existing::default())?;
        let listener =
            Listener::bind(&plan.endpoint).map_err(|error| not_listening(error, plan))?;
        let idle_timeout = Some(plan.idle_timeout_secs());
        let identity = DaemonProcess::current_process(plan.endpoint.clone(), idle_timeout)
            .map_err(unidentified)?;
        let records = Records::write(plan, &identity, &existing)?;
        Ok(Self {
            listener,
            identity,
            records,
        })
    }

    fn announcement(&self, plan: &Plan) -> Result<Announcement> {
        let identity = &self.identity;
        if plan.record.is_none() {
            let directory = Path::new(&plan.endpoint.path);
            let content = Content::Manifest(Box::new(manifest(plan, identity, directory)));
            let record = record::encode(&content, Format::ManifestJson, DigestChoice::All)?;
            let record = String::from_utf8(record).context("the record is not UTF-8")?;
            return Ok(Announcement::Record(record));
        }
        // JSON is UTF-8, paths need not be.
        let lossy = |path: &Path| path.to_string_lossy().into_owned();
        Ok(Announcement::Daemon(Box::new(SpawnedDaemon {
            service_name: plan.service.clone(),
            service_version: VERSION.to_owned(),
            pid: identity.pid,
            endpoint: plan.endpoint.clone(),
            record: plan.record.as_deref().map(lossy),
            sidecar: plan.sidecar.as_deref().map(lossy),
            idle_timeout_secs: plan.idle_timeout_secs(),
        })))
    }

    /// Serves until a signal or the idle timeout ends the daemon, and removes its files.
    fn serve(self, signals: &StopSignals, plan: &Plan) -> Result<()> {
        let responder = ProbeResponder::new(self.identity);
        let server = Server::new(self.listener, responder, Limits::default());
        let served = server.run(signals, Some(plan.idle_timeout));
        drop(self.records);
        served.context("cannot wait for clients")?;
        Ok(())
    }
}

/// Describes the failure of the daemon to describe itself.
fn unidentified(error: CurrentProcessError) -> anyhow::Error {
    let CurrentProcessError::Loaded { program, .. } = &error else {
        return error.into();
    };
    let hint = format!("run {} spawn-self without the loader", shell::file(program));
    Failure::new(ExitCode::Internal, "loaded", error.to_string())
        .hint(hint)
        .into()
}

fn not_listening(error: ListenError, plan: &Plan) -> anyhow::Error {
    use ExitCode::{Refused, Usage};
    let message = error.to_string();
    let (code, kind, hint) = match error {
        ListenError::InUse { pid, .. } => {
            let process = match pid {
                Some(pid) => {
                    format!("{} shows it", Words::HERE.processes(Columns::Few, pid))
                }
                None => Words::HERE.listening_process().to_owned(),
            };
            let hint = format!("{process}; stop it, or choose another --endpoint");
            (Refused, "endpoint_in_use", hint)
        }
        ListenError::Denied(_) => {
            let hint = "it is another user's; choose another --endpoint";
            (Refused, "endpoint_denied", hint.to_owned())
        }
        ListenError::NotASocket { .. }
        | ListenError::Unusable {
            reason: ConnectError::WrongType,
            ..
        } => {
            let hint = "choose another --endpoint, or remove the file";
            (Refused, "endpoint_not_a_socket", hint.to_owned())
        }
        ListenError::Unusable { .. } => {
            let hint = "choose a short absolute path with --endpoint";
            (Usage, "endpoint_unusable", hint.to_owned())
        }
        ListenError::Io { source, .. } => return places::unusable("--endpoint", message, &source),
        other => {
            let context = format!("cannot serve {}", plan.endpoint.path);
            return anyhow::Error::new(other).context(context);
        }
    };
    Failure::new(code, kind, message).hint(hint).into()
}
