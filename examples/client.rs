//! A client that talks to a daemon only if it is the recorded one, and stops only that one.
//!
//! ```text
//! client RECORD [stop]
//! ```
//!
//! Try it: `cargo run --no-default-features --features client --example client --
//! /tmp/exampled.json`, with the record of `examples/daemon.rs` or of `rpctl spawn-self`.

#![expect(clippy::print_stdout, reason = "a program speaks to its user")]

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use rpctl::{BackendHandle, BackendHandleError, Outcome, Probe, record};

/// The time that the daemon has to exit.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    call(&arguments)
}

/// Runs the client with its command line.
pub(crate) fn call(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    match arguments {
        [record] => talk(&verified(record)?),
        [record, action] if action == "stop" => stop(record),
        _ => Err("usage: client RECORD [stop]".into()),
    }
}

/// Returns a handle on the recorded daemon, and says on the way what was found.
fn verified(path: &str) -> Result<BackendHandle, Box<dyn Error>> {
    let record = record::load(Path::new(path))?;
    let probed = Probe::from_record(&record).timeout(PATIENCE).run();
    let report = probed.report();
    println!("{}: {}", report.verdict.name(), report.summary);
    let failed = |outcome| matches!(outcome, Outcome::Warn | Outcome::Fail);
    for check in report.checks.iter().filter(|check| failed(check.outcome)) {
        let detail = check.detail.as_deref().unwrap_or_default();
        println!("  {}: {detail}", check.check.label());
    }
    Ok(probed.into_handle()?)
}

/// Connects to the verified process, for the protocol that daemon and client share.
fn talk(daemon: &BackendHandle) -> Result<(), Box<dyn Error>> {
    let stream = daemon.connect_blocking()?.into_inner();
    println!("connected to PID {}", daemon.daemon_process.pid);
    drop(stream);
    Ok(())
}

/// Asks the daemon to exit, and kills it if it does not.
fn stop(record: &str) -> Result<(), Box<dyn Error>> {
    let daemon = verified(record)?;
    let pid = daemon.daemon_process.pid;
    match daemon.shutdown_blocking(PATIENCE) {
        // Stopping uses up the handle, so the daemon is proven again before it is killed.
        Err(BackendHandleError::ShutdownTimeout { .. }) => verified(record)?.force_kill()?,
        stopped => stopped?,
    }
    println!("stopped PID {pid}");
    Ok(())
}
