//! A small supervisor that can be restarted without its child.
//!
//! ```text
//! supervisor RECORD PROGRAM [ARGUMENT]...
//! ```
//!
//! It starts the program and writes down in the file RECORD which process that is. At the
//! end of its standard input it exits and leaves the program running, as a supervisor does
//! that is upgraded or has crashed. The next one with the same RECORD takes the process
//! over. On a line `stop` it stops exactly that process.
//!
//! Try it: `cargo run --no-default-features --features process --example supervisor --
//! /tmp/sleep.json sleep 1000`

#![expect(clippy::print_stdout, reason = "a program speaks to its user")]

use std::error::Error;
use std::io::{self, BufRead};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rpctl::process::{
    ProcessRecord, RecordFileError, StopError, Trust, VerifiedProcess, VerifyError,
};

/// The time that the program has to exit when it is asked to, and when it is killed.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    supervise(&arguments)
}

/// Runs the supervisor with its command line.
pub(crate) fn supervise(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let [record, program, arguments @ ..] = arguments else {
        return Err("usage: supervisor RECORD PROGRAM [ARGUMENT]...".into());
    };
    let path = Path::new(record);
    let process = match remembered(path)? {
        Some(process) => {
            println!("took over PID {}", process.pid());
            process
        }
        None => start(path, program, arguments)?,
    };
    for line in io::stdin().lock().lines() {
        match line?.as_str() {
            "stop" => return stop(&process, path),
            _ if process.is_alive() => println!("PID {} runs", process.pid()),
            _ => println!("PID {} has exited", process.pid()),
        }
    }
    println!("left PID {} running", process.pid());
    Ok(())
}

/// Returns the process that an earlier supervisor started; `None` if there is none, or if
/// it is proven to be gone.
///
/// In doubt, starting a second one would be as wrong as stopping some process: a person has
/// to look.
fn remembered(path: &Path) -> Result<Option<VerifiedProcess>, Box<dyn Error>> {
    let record = match ProcessRecord::load(path, Trust::Required) {
        Err(RecordFileError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Ok(None);
        }
        loaded => loaded?,
    };
    match record.verify() {
        Ok(process) => Ok(Some(process)),
        Err(VerifyError::Gone(how)) => {
            println!("PID {} is gone: {how}", record.process.pid);
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Starts the program, and remembers it before anything else is done.
fn start(
    path: &Path,
    program: &str,
    arguments: &[String],
) -> Result<VerifiedProcess, Box<dyn Error>> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let remember = || -> Result<VerifiedProcess, Box<dyn Error>> {
        let record = ProcessRecord::from_child(&child)?;
        record.save(path)?;
        Ok(record.verify()?)
    };
    let process = match remember() {
        Ok(process) => process,
        Err(error) => {
            // A process that no record names would be lost.
            child.kill()?;
            child.wait()?;
            return Err(error);
        }
    };
    println!("started PID {}", process.pid());
    Ok(process)
}

/// Stops the process, by force if it does not exit when asked to.
fn stop(process: &VerifiedProcess, path: &Path) -> Result<(), Box<dyn Error>> {
    match process.shutdown(PATIENCE) {
        Err(StopError::Timeout { .. }) => process.kill(PATIENCE)?,
        stopped => stopped?,
    }
    std::fs::remove_file(path)?;
    println!("stopped PID {}", process.pid());
    Ok(())
}
