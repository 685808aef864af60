//! `rpctl probe`.

use anyhow::Result;

use super::wait::wait;
use super::watch;
use crate::args::{ProbeArgs, name_of};
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Output;
use crate::selection::Selection;

pub(super) fn run(args: &ProbeArgs, output: &Output) -> Result<ExitCode> {
    if args.watch.is_some() && !output.can_repeat() {
        let format = name_of(&output.format);
        let message = format!(
            "--watch cannot be combined with --output {format}, which is a single document"
        );
        return Err(Failure::new(ExitCode::Usage, "usage", message)
            .hint("watch as a table, or with -o json or -o ndjson: a document a line")
            .into());
    }
    let mut selection = Selection::new(args)?;
    let diagnoses = match (args.wait, args.watch) {
        (Some(patience), _) => wait(args, selection, patience, output)?,
        (None, Some(interval)) => return watch::run(args, selection, interval, output),
        (None, None) => watch::round(args, &mut selection, output)?,
    };
    let output = if args.all { output.as_list() } else { *output };
    Ok(output.print_diagnoses("probe", &diagnoses))
}
