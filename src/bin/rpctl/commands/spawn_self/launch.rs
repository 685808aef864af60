//! Starting the daemon detached, and waiting until it has answered.

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use rpctl::manifest::{self, Record};
use rpctl::{Probe, ProbeReport, Verdict, platform};
use serde::Deserialize;

use super::plan::Plan;
use crate::args::Digest;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::render::{Output, SpawnDocument};

/// Start a daemon and leave it running.
pub(super) fn run(plan: &Plan, output: &Output) -> Result<ExitCode> {
    let mut started = start(plan)?;
    let report = started.probe(plan)?;
    if report.verdict != Verdict::Verified {
        let message = format!(
            "the daemon was started, but is not verified: {}",
            report.summary
        );
        started.abandon();
        return Err(Failure::new(report.verdict.into(), "not_verified", message)
            .hint("run it with --foreground to see what happens")
            .into());
    }
    match &started.told {
        Told::Document(document) => output.print_spawned(document),
        Told::Record(_) => output.write(&started.said),
    }
    Ok(ExitCode::Proven)
}

/// A daemon that said it is ready.
pub(super) struct Started {
    child: Child,
    /// What it said, verbatim.
    said: Vec<u8>,
    told: Told,
}

enum Told {
    Document(Box<SpawnDocument>),
    Record(Box<Record>),
}

/// Start a daemon and wait until it says that it is ready.
pub(super) fn start(plan: &Plan) -> Result<Started> {
    let program = std::env::current_exe().context("cannot find the path of this program")?;
    platform::forget_descriptors();
    let mut child = Command::new(program)
        .arg0("rpctl")
        .args(arguments(plan))
        .env_remove("RPCTL_OUTPUT")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start the daemon")?;
    let mut said = Vec::new();
    // The daemon closes its end once it is ready, or ends.
    child
        .stdout
        .take()
        .context("the daemon has no standard output")?
        .read_to_end(&mut said)
        .context("cannot hear from the daemon")?;
    match told(plan, &said) {
        Ok(told) => Ok(Started { child, said, told }),
        Err(error) => {
            let status = child.wait().context("cannot wait for the daemon")?;
            if error.is::<Failure>() {
                return Err(error);
            }
            Err(error.context(format!("the daemon did not start ({status})")))
        }
    }
}

fn arguments(plan: &Plan) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = ["spawn-self", "--foreground", "--detach", "--json"]
        .map(OsString::from)
        .into();
    let mut option = |name: &str, value: OsString| arguments.extend([name.into(), value]);
    option("--service", plan.service.clone().into());
    option("--endpoint", plan.endpoint.path.clone().into());
    option(
        "--manifest",
        plan.manifest
            .as_ref()
            .map_or_else(|| "-".into(), OsString::from),
    );
    if let Some(sidecar) = &plan.sidecar {
        option("--sidecar", sidecar.into());
    }
    let digest = match plan.digest {
        Digest::Sha256 => "sha256",
        Digest::Blake3 => "blake3",
    };
    option("--digest", digest.into());
    option(
        "--idle-timeout",
        format!("{}ms", plan.idle_timeout.as_millis()).into(),
    );
    arguments
}

/// The error a daemon reports instead of its document.
#[derive(Deserialize)]
struct Refusal {
    exit_code: u8,
    #[serde(default)]
    hints: Vec<String>,
    error: RefusalError,
}

#[derive(Deserialize)]
struct RefusalError {
    message: String,
}

fn told(plan: &Plan, said: &[u8]) -> Result<Told> {
    if let Ok(refusal) = serde_json::from_slice::<Refusal>(said) {
        let code = match refusal.exit_code {
            9 => ExitCode::Refused,
            2 => ExitCode::Usage,
            _ => ExitCode::Internal,
        };
        let kind = if code == ExitCode::Refused {
            "refused"
        } else {
            "not_started"
        };
        let mut failure = Failure::new(code, kind, refusal.error.message);
        failure.hint = refusal.hints.into_iter().next();
        return Err(failure.into());
    }
    if plan.manifest.is_some() {
        let document = serde_json::from_slice(said).context("it ended before it was ready")?;
        Ok(Told::Document(document))
    } else {
        let record = manifest::load_bytes(said).context("it ended before it was ready")?;
        Ok(Told::Record(Box::new(record)))
    }
}

impl Started {
    /// Probe the daemon by the record it wrote.
    pub(super) fn probe(&self, plan: &Plan) -> Result<ProbeReport> {
        let (record, named) = match (&self.told, &plan.manifest) {
            (Told::Record(record), _) => ((**record).clone(), "-".into()),
            (Told::Document(_), manifest) => {
                let path = manifest.as_deref().unwrap_or(Path::new("-"));
                let record = manifest::load(path).context("the daemon's record cannot be read")?;
                (record, path.to_string_lossy())
            }
        };
        Ok(Probe::of_record(&record).named(&named).run())
    }

    /// Collect the exit status of a daemon that has exited.
    pub(super) fn reap(mut self) -> Result<()> {
        self.child
            .wait()
            .context("cannot collect the daemon's exit status")?;
        Ok(())
    }

    /// End a daemon that is not what it should be: it is still our child, so its
    /// number cannot have been reused.
    pub(super) fn abandon(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
