//! Which of its ways `spawn-self` goes.

use anyhow::Result;

use super::{daemon, launch, once, plan};
use crate::args::SpawnArgs;
use crate::exit_code::ExitCode;
use crate::render::Output;

pub(in crate::commands) fn run(args: &SpawnArgs, output: &Output) -> Result<ExitCode> {
    rpctl::platform::keep_new_files_private();
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
