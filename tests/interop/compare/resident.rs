//! How much memory a process takes.
//!
//! The kernel counts for a child what its parent had when it started it. So a
//! parent that has next to nothing starts it: this program, in another role.

use std::ffi::{OsStr, OsString};
use std::process::{Command, Stdio};

use nix::sys::resource::{UsageWho, getrusage};

use crate::daemons::Result;

/// The largest resident size of a command, in bytes.
pub fn of<S: AsRef<OsStr>>(program: &OsStr, arguments: &[S]) -> Result<u64> {
    let output = Command::new(std::env::current_exe()?)
        .arg("resident")
        .arg(program)
        .args(arguments)
        .env_remove("RPCTL_OUTPUT")
        .output()?;
    let kibibytes: u64 = String::from_utf8(output.stdout)?.trim().parse()?;
    Ok(kibibytes * 1024)
}

/// The role: run a command, and print its largest resident size in KiB.
pub fn tell(command: &[OsString]) -> Result<()> {
    let (program, arguments) = command.split_first().ok_or("there is no command")?;
    Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .status()?;
    println!("{}", getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss());
    Ok(())
}
