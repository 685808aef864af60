//! The daemon itself: claim its place, record, serve, clean up.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use rpctl::__private::{self, StopSignals};
use rpctl::DaemonProcess;
use rpctl::endpoint::{ConnectError, ListenError, Listener};
use rpctl::record::{self, Content, DigestChoice, Format};
use rpctl::responder::{Limits, ProbeResponder, Server};

use super::existing::Existing;
use super::place;
use super::plan::Plan;
use super::records::{Records, describe};
use crate::args::SpawnArgs;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Output;
use crate::render::SpawnedDaemon;

/// Run until a signal or the idle time ends it.
pub(super) fn run(plan: &Plan, args: &SpawnArgs, output: &Output) -> Result<ExitCode> {
    if args.detach {
        __private::new_session().context("cannot leave the session of the caller")?;
        std::env::set_current_dir("/").context("cannot change to the root directory")?;
    }
    let signals = StopSignals::receive().context("cannot receive signals")?;
    if let Some(parent) = args.parent {
        let is_there = __private::end_with_parent(parent).context("cannot watch the parent")?;
        ensure!(is_there, "whoever started this daemon has ended already");
    }

    // Before the socket is claimed, so that a daemon that lives is named by its
    // record, and not merely as somebody who listens.
    let existing = Existing::examine(plan, &Existing::default())?;
    let listener = Listener::bind(&plan.endpoint).map_err(|error| not_listening(error, plan))?;
    let identity =
        DaemonProcess::current_process(plan.endpoint.clone(), Some(plan.idle_timeout_secs()))?;
    let records = Records::write(plan, &identity, &existing)?;

    let announced = announce(plan, &identity, output)?;
    if args.detach {
        __private::close_standard_streams().context("cannot close the standard streams")?;
    }
    let server = Server::new(listener, ProbeResponder::new(identity), Limits::default());
    let served = server.run(&signals, Some(plan.idle_timeout));
    drop(records);
    served.context("cannot wait for clients")?;
    Ok(announced)
}

fn not_listening(error: ListenError, plan: &Plan) -> anyhow::Error {
    let message = error.to_string();
    let (code, kind, hint) = match error {
        ListenError::InUse { pid, .. } => (
            ExitCode::Refused,
            "endpoint_in_use",
            match pid {
                Some(pid) => format!("ps -p {pid} shows it; stop it, or choose another --endpoint"),
                None => "ss -xlp names the process; stop it, or choose another --endpoint".into(),
            },
        ),
        ListenError::Denied(_) => (
            ExitCode::Refused,
            "endpoint_denied",
            "it is another user's; choose another --endpoint".to_owned(),
        ),
        ListenError::NotASocket { .. }
        | ListenError::Unusable {
            reason: ConnectError::WrongType,
            ..
        } => (
            ExitCode::Refused,
            "endpoint_not_a_socket",
            "choose another --endpoint, or remove the file".to_owned(),
        ),
        ListenError::Unusable { .. } => (
            ExitCode::Usage,
            "endpoint_unusable",
            "choose a short absolute path with --endpoint".to_owned(),
        ),
        ListenError::Io { source, .. } => {
            return place::unusable("--endpoint", message, &source);
        }
        other => {
            let context = format!("cannot serve {}", plan.endpoint.path);
            return anyhow::Error::new(other).context(context);
        }
    };
    Failure::new(code, kind, message).hint(hint).into()
}

/// Say that the daemon is ready, and where everything is; the exit code of a
/// daemon that could say so.
fn announce(plan: &Plan, identity: &DaemonProcess, output: &Output) -> Result<ExitCode> {
    if plan.record.is_none() {
        let directory = Path::new(&plan.endpoint.path);
        let content = Content::Manifest(Box::new(describe(plan, identity, directory)));
        let record = record::encode(&content, Format::ManifestJson, DigestChoice::All)?;
        return Ok(output.write(ExitCode::Proven, &record));
    }
    Ok(output.print(&SpawnedDaemon {
        service_name: plan.service.clone(),
        service_version: plan.version.to_owned(),
        pid: identity.pid,
        endpoint: plan.endpoint.clone(),
        record: plan.record.as_deref().map(printable),
        sidecar: plan.sidecar.as_deref().map(printable),
        idle_timeout_secs: plan.idle_timeout_secs(),
    }))
}

/// A path as a document can hold it: JSON is UTF-8, paths need not be.
fn printable(path: &Path) -> PathBuf {
    path.to_string_lossy().into_owned().into()
}
