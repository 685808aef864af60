//! The daemon itself: claim its place, record, serve, clean up.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rpctl::endpoint::{ListenError, Listener};
use rpctl::manifest::schema::{CacheManifest, CleanupPolicy};
use rpctl::manifest::{self, Content, DigestChoice, Format, LoadError, MEDIA_TYPE, SCHEMA_VERSION};
use rpctl::platform::{self, StopSignals};
use rpctl::responder::{Limits, ProbeResponder, Server};
use rpctl::{DaemonProcess, Probe, Verdict, host};

use super::plan::{Plan, format_of};
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::render::{DaemonDocument, Output, SCHEMA_VERSION as REPORT_VERSION, SpawnDocument};

/// Run until a signal or the idle time ends it.
pub(super) fn run(plan: &Plan, detach: bool, output: &Output) -> Result<ExitCode> {
    if detach {
        platform::new_session().context("cannot leave the session of the caller")?;
        std::env::set_current_dir("/").context("cannot change to the root directory")?;
    }
    let signals = StopSignals::receive().context("cannot receive signals")?;

    // Once before the socket, to name the daemon that lives, and once more under
    // the lock that keeps another starter from deciding the same meanwhile.
    refuse_to_displace(plan)?;
    let listener = Listener::bind(&plan.endpoint).map_err(|error| not_listening(error, plan))?;
    let identity =
        DaemonProcess::current_process(plan.endpoint.clone(), Some(plan.idle_timeout_secs()))?;
    let lock = lock_registry(plan)?;
    refuse_to_displace(plan)?;
    let records = Records::write(plan, &identity)?;
    drop(lock);

    announce(plan, &identity, output)?;
    if detach {
        platform::close_standard_streams().context("cannot close the standard streams")?;
    }
    let server = Server::new(listener, ProbeResponder::new(identity), Limits::default());
    let served = server.run(&signals, Some(plan.idle_timeout));
    drop(records);
    served.context("cannot wait for clients")?;
    Ok(ExitCode::Proven)
}

/// Keep other starters out of the record's directory until dropped.
fn lock_registry(plan: &Plan) -> Result<Option<File>> {
    let Some(directory) = plan.manifest.as_deref().and_then(Path::parent) else {
        return Ok(None);
    };
    platform::create_private_dir(directory)
        .and_then(|()| platform::lock_dir(directory))
        .map(Some)
        .with_context(|| format!("cannot use the directory {}", directory.display()))
}

/// Neither a living daemon's record nor a file that is no record is overwritten.
fn refuse_to_displace(plan: &Plan) -> Result<()> {
    let Some(path) = &plan.manifest else {
        return Ok(());
    };
    let record = match manifest::load(path) {
        Ok(record) => record,
        Err(LoadError::NotFound(_)) => return Ok(()),
        Err(error) => {
            let message = format!("{} exists and is no record: {error}", path.display());
            return Err(Failure::new(ExitCode::Refused, "not_a_record", message)
                .hint("choose another --manifest, or remove the file")
                .into());
        }
    };
    let report = Probe::of_record(&record)
        .named(&path.to_string_lossy())
        .run();
    match report.verdict {
        Verdict::NotRunning | Verdict::InvalidManifest | Verdict::Mismatch => Ok(()),
        Verdict::Verified | Verdict::Unresponsive => {
            let pid = report.target.pid.unwrap_or_default();
            let message = format!(
                "{} {} already runs as PID {pid}, recorded in {}",
                plan.service,
                plan.version,
                path.display()
            );
            Err(Failure::new(ExitCode::Refused, "already_running", message)
                .hint(format!(
                    "stop it first (kill -TERM {pid}), or choose another --service"
                ))
                .into())
        }
        Verdict::Indeterminate => {
            let message = format!(
                "{} may belong to a living daemon: {}",
                path.display(),
                report.summary
            );
            Err(Failure::new(ExitCode::Refused, "may_be_running", message)
                .hint("choose another --manifest or --service")
                .into())
        }
    }
}

fn not_listening(error: ListenError, plan: &Plan) -> anyhow::Error {
    let (code, kind, hint) = match &error {
        ListenError::InUse(_) => (
            ExitCode::Refused,
            "endpoint_in_use",
            "ss -xlp names the process; stop it, or choose another --endpoint",
        ),
        ListenError::NotASocket { .. } => (
            ExitCode::Refused,
            "endpoint_not_a_socket",
            "choose another --endpoint, or remove the file",
        ),
        ListenError::Unusable { .. } => (
            ExitCode::Usage,
            "endpoint_unusable",
            "choose a short absolute path with --endpoint",
        ),
        _ => {
            let path = plan.endpoint.path.clone();
            return anyhow::Error::new(error).context(format!("cannot serve {path}"));
        }
    };
    Failure::new(code, kind, error.to_string())
        .hint(hint)
        .into()
}

/// The record files; removed on drop, unless somebody else has written there
/// meanwhile.
struct Records {
    identity: DaemonProcess,
    paths: Vec<PathBuf>,
}

impl Records {
    fn write(plan: &Plan, identity: &DaemonProcess) -> Result<Self> {
        let mut records = Self {
            identity: identity.clone(),
            paths: Vec::new(),
        };
        if let Some(path) = &plan.manifest {
            let content = Content::Manifest(Box::new(describe(plan, identity, path)));
            records.save(path, &content, format_of(path), plan.digest_choice())?;
        }
        if let Some(path) = &plan.sidecar {
            let content = Content::Daemon(identity.to_proto());
            records.save(path, &content, Format::SidecarJson, DigestChoice::All)?;
        }
        Ok(records)
    }

    fn save(
        &mut self,
        path: &Path,
        content: &Content,
        format: Format,
        digest: DigestChoice,
    ) -> Result<()> {
        manifest::save(path, content, format, digest)?;
        self.paths.push(path.to_owned());
        Ok(())
    }

    fn is_ours(&self, path: &Path) -> bool {
        manifest::load(path)
            .ok()
            .and_then(|record| record.daemon())
            .is_some_and(|daemon| {
                daemon.pid == self.identity.pid
                    && daemon.started_at_unix_ms == self.identity.started_at_unix_ms
            })
    }
}

impl Drop for Records {
    fn drop(&mut self) {
        for path in self.paths.iter().filter(|path| self.is_ours(path)) {
            // A record that stays behind is stale, which every reader expects.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// The manifest of this daemon.
fn describe(plan: &Plan, identity: &DaemonProcess, path: &Path) -> CacheManifest {
    CacheManifest {
        manifest_schema_version: SCHEMA_VERSION,
        media_type: MEDIA_TYPE.to_owned(),
        service_name: plan.service.clone(),
        service_version: plan.version.to_owned(),
        broker_envelope_version: "v1".to_owned(),
        created_at_unix_ms: identity.started_at_unix_ms,
        last_active_unix_ms: identity.started_at_unix_ms,
        current_daemon: Some(identity.to_proto()),
        cleanup_policy: Some(CleanupPolicy::default()),
        host: Some((&host::current(path.parent().unwrap_or(path))).into()),
        ..CacheManifest::default()
    }
}

/// Say that the daemon is ready, and where everything is.
fn announce(plan: &Plan, identity: &DaemonProcess, output: &Output) -> Result<()> {
    if plan.manifest.is_none() {
        let directory = Path::new(&plan.endpoint.path);
        let content = Content::Manifest(Box::new(describe(plan, identity, directory)));
        output.write(&manifest::encode(
            &content,
            Format::ManifestJson,
            DigestChoice::All,
        )?);
        return Ok(());
    }
    output.print_spawned(&SpawnDocument {
        schema_version: REPORT_VERSION,
        command: "spawn-self".to_owned(),
        exit_code: ExitCode::Proven.number(),
        daemon: DaemonDocument {
            service_name: plan.service.clone(),
            service_version: plan.version.to_owned(),
            pid: identity.pid,
            endpoint: (&plan.endpoint).into(),
            manifest: plan.manifest.clone(),
            sidecar: plan.sidecar.clone(),
            idle_timeout_secs: plan.idle_timeout_secs(),
        },
    });
    Ok(())
}
