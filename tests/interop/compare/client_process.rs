//! Clients in processes of their own, which measure themselves when told to.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::daemons::Result;

/// A client that is ready for commands; ends on drop.
pub struct ClientProcess {
    child: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl ClientProcess {
    /// Start a program that is one with these arguments.
    pub fn start(program: &Path, arguments: &[&str]) -> Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let answers = child.stdout.take().ok_or("its output is not piped")?;
        Ok(Self {
            commands: child.stdin.take(),
            answers: BufReader::new(answers),
            child,
        })
    }

    /// Have a command carried out (see `measured_client.rs`): how long it took, and what
    /// came of it.
    pub fn measure(&mut self, command: &str, path: &Path) -> Result<(Duration, String)> {
        let commands = self.commands.as_mut().ok_or("it takes no commands")?;
        writeln!(commands, "{command} {}", path.display())?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        let answer = answer.trim_end();
        let (nanoseconds, came) = answer.split_once(' ').unwrap_or((answer, ""));
        let nanoseconds = nanoseconds
            .parse()
            .map_err(|_| format!("{command} {} failed: {answer}", path.display()))?;
        Ok((Duration::from_nanos(nanoseconds), came.to_owned()))
    }
}

impl Drop for ClientProcess {
    fn drop(&mut self) {
        // The end of its commands is its end; it may have failed before.
        self.commands = None;
        let _ = self.child.wait();
    }
}

/// Run a program to its end, whatever that says.
pub fn run<S: AsRef<OsStr>>(program: &Path, arguments: &[S]) -> Result<()> {
    Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .env_remove("RPCTL_OUTPUT")
        .status()?;
    Ok(())
}

/// Runs a command to its end, which is a success.
pub fn succeed(words: &[OsString]) -> Result<()> {
    let (program, arguments) = words.split_first().ok_or("there is no command")?;
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .env_remove("RPCTL_OUTPUT")
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{words:?} ended with {status}").into())
    }
}

/// Returns the time that work took.
pub fn timed(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}
