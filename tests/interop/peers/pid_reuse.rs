//! The daemon dies and its number is taken between verification and signal.
//!
//! To be run as root in a PID namespace of its own, where `ns_last_pid` puts a
//! bystander on the very number. One client is the crate, the other rpctl.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::pin::pin;
use std::process::{Child, Command, Stdio};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use running_process::broker::backend_handle::BackendHandle;
use running_process::broker::backend_sdk::read_daemon_identity_file;

use super::{Answer, SIDECAR};

/// How often each client stops a daemon, in either of two ways by turns.
const ROUNDS: u32 = 6;

/// SIGTERM and SIGKILL in the mask of pending signals.
const STOPPING: u64 = 1 << 14 | 1 << 8;

const TIMEOUT: Duration = Duration::from_secs(10);

type Failure = Box<dyn Error>;

/// Says that the daemon stopped, or why not.
type StopIt = Box<dyn FnOnce() -> Result<(), Failure>>;

/// Makes of a sidecar what stops its verified daemon, by SIGTERM or SIGKILL.
type Client = fn(&Path, Signal) -> Result<StopIt, Failure>;

/// Both clients, and what came of their rounds.
pub fn run(home: &Path) -> Answer {
    let established = rounds(&home.join("established"), established)?;
    let rpctl = rounds(&home.join("rpctl"), rpctl)?;
    Ok(format!("established: {established}\nrpctl: {rpctl}"))
}

fn established(sidecar: &Path, signal: Signal) -> Result<StopIt, Failure> {
    let identity = read_daemon_identity_file(sidecar).ok_or("there is no sidecar")?;
    let endpoint = &identity.ipc_endpoint;
    let handle = BackendHandle::probe_with_service("interop", "1.2.3", endpoint, &identity)?;
    Ok(Box::new(move || match signal {
        Signal::SIGTERM => {
            // It waits for nothing but the process, and that blocking.
            let shutdown = pin!(handle.shutdown(TIMEOUT));
            match shutdown.poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(result) => Ok(result?),
                Poll::Pending => Err("the shutdown is not over".into()),
            }
        }
        _ => Ok(handle.force_kill()?),
    }))
}

fn rpctl(sidecar: &Path, signal: Signal) -> Result<StopIt, Failure> {
    let record = rpctl::record::load(sidecar)?;
    let handle = rpctl::Probe::from_record(&record).run().into_handle()?;
    Ok(Box::new(move || match signal {
        Signal::SIGTERM => Ok(handle.shutdown_blocking(TIMEOUT)?),
        _ => Ok(handle.force_kill()?),
    }))
}

/// How often the number was reused, how often the client then said that the
/// daemon was stopped, and how often it had signalled the bystander.
fn rounds(home: &Path, client: Client) -> Answer {
    let mut reused = 0;
    let mut succeeded = 0;
    let mut signalled = 0;
    for round in 0..ROUNDS {
        let signal = [Signal::SIGTERM, Signal::SIGKILL][round as usize % 2];
        let home = home.join(round.to_string());
        fs::create_dir_all(&home)?;
        let mut daemon = daemon(&home)?;
        let stop_it = client(&home.join(SIDECAR), signal)?;
        end(&mut daemon)?;
        let mut bystander = bystander_on(daemon.id())?;
        reused += u32::from(bystander.id() == daemon.id());
        // Stopped, it shows in its pending signals what it was sent.
        let pid = Pid::from_raw(bystander.id().try_into()?);
        kill(pid, Signal::SIGSTOP)?;
        waitpid(pid, Some(WaitPidFlag::WUNTRACED))?;
        succeeded += u32::from(stop_it().is_ok());
        signalled += u32::from(is_signalled(bystander.id())?);
        end(&mut bystander)?;
    }
    Ok(format!(
        "of {ROUNDS} reused {reused}, succeeded {succeeded}, signalled {signalled}"
    ))
}

/// Another process of this program as a daemon that is ready.
fn daemon(home: &Path) -> Result<Child, Failure> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg("daemon")
        .arg(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let stdout = child.stdout.take().ok_or("its output is not piped")?;
    for line in BufReader::new(stdout).lines() {
        if line? == "ready" {
            return Ok(child);
        }
    }
    Err("the daemon ended before it was ready".into())
}

/// Returns a process with the PID `pid`. A process that has it is asked to exit.
fn bystander_on(pid: u32) -> Result<Child, Failure> {
    for _ in 0..100 {
        fs::write("/proc/sys/kernel/ns_last_pid", (pid - 1).to_string())?;
        let mut child = Command::new("sleep").arg("1000").spawn()?;
        if child.id() == pid {
            return Ok(child);
        }
        end(&mut child)?;
    }
    Err("the number cannot be had again".into())
}

fn end(child: &mut Child) -> Result<(), Failure> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

fn is_signalled(pid: u32) -> Result<bool, Failure> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let is_stopped = status.lines().any(|line| line.starts_with("State:\tT"));
    let masks = status.lines().filter_map(|line| {
        let mask = line
            .strip_prefix("ShdPnd:")
            .or(line.strip_prefix("SigPnd:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    });
    let pending = masks.fold(0, |all, mask| all | mask);
    Ok(!is_stopped || pending & STOPPING != 0)
}
