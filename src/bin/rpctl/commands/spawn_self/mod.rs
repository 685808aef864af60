//! `rpctl spawn-self`: rpctl as its own daemon.

mod daemon;
mod launch;
mod once;
mod plan;

use anyhow::Result;

use crate::args::SpawnArgs;
use crate::exit_code::ExitCode;
use crate::render::Output;

pub(super) fn run(args: &SpawnArgs, output: &Output) -> Result<ExitCode> {
    if args.once {
        return once::run(args, output);
    }
    let plan = plan::Plan::of(args)?;
    if args.foreground {
        daemon::run(&plan, args.detach, output)
    } else {
        launch::run(&plan, output)
    }
}
