//! Which of its ways `spawn-self` goes.

use anyhow::{Context, Result};
use rpctl::__private::{self, StopSignals};

use super::{daemon, launch, once, plan};
use crate::args::SpawnArgs;
use crate::exit_code::ExitCode;
use crate::output::Output;

pub(in crate::commands) fn run(args: &SpawnArgs, output: &Output) -> Result<ExitCode> {
    __private::keep_new_files_private();
    if args.once {
        return interruptible(|interrupts| once::run(args, interrupts))?.show(output);
    }
    let plan = plan::Plan::of(args)?;
    if args.foreground {
        return daemon::run(&plan, args, output);
    }
    let ready = interruptible(|interrupts| launch::run(&plan, interrupts))?;
    Ok(ready.show(output))
}

/// Do what must be tidied up after. A signal that asks this command to end has
/// its effect once `work` has returned, and tells `work` to do so early.
fn interruptible<T>(work: impl FnOnce(&StopSignals) -> Result<T>) -> Result<T> {
    let interrupts = StopSignals::receive().context("cannot receive signals")?;
    let result = work(&interrupts);
    interrupts.release().context("cannot release signals")?;
    result
}
