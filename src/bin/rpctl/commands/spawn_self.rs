//! `rpctl spawn-self`: rpctl as its own daemon.

mod daemon;
mod existing;
mod launch;
mod once;
mod paths;
mod plan;
mod records;

use anyhow::{Context, Result};
use rpctl::__private::{self, StopSignals};
use rpctl::Verdict;

use self::plan::Plan;
use crate::args::SpawnArgs;
use crate::exit_code::ExitCode;
use crate::output::Output;

/// Starts a daemon in the background or runs it here, or runs the self-test.
pub(super) fn run(args: &SpawnArgs, output: &Output) -> Result<ExitCode> {
    __private::keep_new_files_private();
    if args.once {
        let found = cleaning_up(|interrupts| once::run(args, interrupts))?;
        let is_verified = found.report.verdict == Verdict::Verified;
        let code = output.print_diagnoses("spawn-self", &[found].into_iter().collect());
        if is_verified {
            output.remark("stopped, nothing left behind");
        }
        return Ok(code);
    }
    if args.detach {
        return daemon::run_detached(args, output);
    }
    let plan = Plan::new(args)?;
    if args.foreground {
        return daemon::run(&plan, output);
    }
    let announcement = cleaning_up(|interrupts| launch::run(&plan, interrupts))?;
    Ok(announcement.print(output))
}

/// Runs `work` with SIGINT, SIGTERM and SIGHUP deferred until it has cleaned up. `work`
/// can poll for them and return early.
fn cleaning_up<T>(work: impl FnOnce(&StopSignals) -> Result<T>) -> Result<T> {
    let interrupts = StopSignals::receive().context("cannot receive signals")?;
    let result = work(&interrupts);
    interrupts.release().context("cannot release signals")?;
    result
}
