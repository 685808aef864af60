//! Starting the daemon detached, and waiting until it has answered.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rpctl::__private::{self, OwnChild, StopSignals};
use rpctl::record;
use rpctl::{Probe, ProbeReport, Verdict};

use super::plan::Plan;
use super::told::{Told, told};
use crate::args::{Digest, OUTPUT_VARIABLE};
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Output;

/// Time for a daemon that is not wanted any more to tidy up and end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Time for a new daemon to answer: a machine may be busy just when it starts.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// Start a daemon that answers, to be left running.
pub(super) fn run(plan: &Plan, interrupts: &StopSignals) -> Result<Ready> {
    let started = start(plan, Bond::None, interrupts)?;
    let report = started.probe(plan)?;
    if report.verdict() != Verdict::Verified {
        let message = format!(
            "the daemon was started, but is not verified: {}",
            report.report().summary
        );
        return Err(
            Failure::new(report.verdict().into(), "not_verified", message)
                .hint("run it with --foreground to see what happens")
                .into(),
        );
    }
    if interrupts.have_come()? {
        bail!("interrupted; the daemon was stopped again");
    }
    Ok(started.leave())
}

/// What a daemon that answers has said.
pub(super) struct Ready {
    /// Verbatim.
    said: Vec<u8>,
    told: Told,
}

impl Ready {
    pub(super) fn show(&self, output: &Output) -> ExitCode {
        match &self.told {
            Told::Document(document) => output.print(&**document),
            Told::Record(_) => output.write(ExitCode::Proven, &self.said),
        }
    }
}

/// How a daemon's life hangs on this process.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Bond {
    /// Not at all.
    None,
    /// It ends with this process, even with one that is killed.
    EndsWithCaller,
}

/// A daemon that said it is ready. Dropping the value ends it.
pub(super) struct Started {
    daemon: Ours,
    ready: Ready,
}

/// A child that is ours to end.
struct Ours(Option<OwnChild>);

impl Drop for Ours {
    fn drop(&mut self) {
        if let Some(child) = self.0.take() {
            // Nothing could be done about a child that cannot be ended.
            let _ = child.end(PATIENCE);
        }
    }
}

/// Start a daemon and wait until it says that it is ready.
pub(super) fn start(plan: &Plan, bond: Bond, interrupts: &StopSignals) -> Result<Started> {
    let program = std::env::current_exe().context("cannot find the path of this program")?;
    __private::forget_descriptors();
    let mut command = Command::new(program);
    command
        .arg0("rpctl")
        .args(arguments(plan, bond))
        .env_remove(OUTPUT_VARIABLE)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = OwnChild::start(&mut command).context("cannot start the daemon")?;
    let stdout = child.stdout();
    let mut daemon = Ours(Some(child));
    let stdout = stdout.context("the daemon has no standard output")?;
    // The daemon closes its end once it is ready, or ends.
    let said = interrupts
        .read_to_end(stdout)
        .context("cannot hear from the daemon")?;
    let Some(said) = said else {
        bail!("interrupted; the daemon was not started");
    };
    match told(plan, &said) {
        Ok(told) => Ok(Started {
            daemon,
            ready: Ready { said, told },
        }),
        Err(error) if error.is::<Failure>() => Err(error),
        Err(error) => {
            let how = match daemon.end()? {
                Some(status) => status.to_string(),
                None => "nobody can tell how it ended".to_owned(),
            };
            Err(error.context(format!("the daemon did not start ({how})")))
        }
    }
}

fn arguments(plan: &Plan, bond: Bond) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = ["spawn-self", "--foreground", "--detach", "--json"]
        .map(OsString::from)
        .into();
    // A service name may begin with a hyphen, so it must not stand alone.
    arguments.push(format!("--service={}", plan.service).into());
    let mut option = |name: &str, value: OsString| arguments.extend([name.into(), value]);
    option("--endpoint", plan.endpoint.path.clone().into());
    option(
        "--record",
        plan.record
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
    let idle = plan.idle_timeout;
    option(
        "--idle-timeout",
        format!("{}s {}ns", idle.as_secs(), idle.subsec_nanos()).into(),
    );
    if bond == Bond::EndsWithCaller {
        option("--parent", std::process::id().to_string().into());
    }
    arguments
}

impl Started {
    /// Probe the daemon by the record it wrote.
    pub(super) fn probe(&self, plan: &Plan) -> Result<ProbeReport> {
        let (record, named) = match (&self.ready.told, &plan.record) {
            (Told::Record(record), _) => ((**record).clone(), "-".into()),
            (Told::Document(_), manifest) => {
                let path = manifest.as_deref().unwrap_or(Path::new("-"));
                let record = record::load(path).context("the daemon's record cannot be read")?;
                (record, path.to_string_lossy())
            }
        };
        Ok(Probe::from_record(&record)
            .label(&named)
            .timeout(ANSWER_TIMEOUT)
            .run())
    }

    /// Let the daemon live on.
    fn leave(mut self) -> Ready {
        self.daemon.0 = None;
        self.ready
    }

    /// Collect the exit status of a daemon that has exited, or end it; `None` where
    /// the kernel has collected it.
    pub(super) fn reap(mut self) -> Result<Option<ExitStatus>> {
        self.daemon.end()
    }
}

impl Ours {
    fn end(&mut self) -> Result<Option<ExitStatus>> {
        let child = self.0.take().context("the daemon is gone")?;
        child.end(PATIENCE).context("cannot end the daemon")
    }
}
