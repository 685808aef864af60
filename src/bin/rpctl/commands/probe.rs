//! `rpctl probe`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use rpctl::ImageDigests;

use super::diagnose::{How, diagnose};
use super::digests;
use super::wait::wait;
use super::watch;
use crate::args::ProbeArgs;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Output;
use crate::render::Diagnosis;
use crate::selection::registry::{self as target, Among, Unchosen};

pub(super) fn run(args: &ProbeArgs, output: &Output) -> Result<ExitCode> {
    if args.watch.is_some() && !output.can_repeat() {
        let message = "--watch has no end, and this form is of one whole document";
        return Err(Failure::new(ExitCode::Usage, "usage", message)
            .hint("watch as a table, or with -o json or -o ndjson: a document a line")
            .into());
    }
    refuse_to_read_again(args)?;
    let found = match (args.wait, args.watch) {
        (Some(patience), _) => wait(args, patience, output)?,
        (None, Some(interval)) => return watch::run(args, interval, output),
        (None, None) => {
            let digests = digests::open(args.hashing, args.cache, output);
            let found = diagnose(&chosen(args, &digests)?, How::from(args), &digests);
            digests::keep(&digests, output);
            found
        }
    };
    let diagnoses: Vec<Diagnosis> = found.into_iter().flatten().collect();
    let output = if args.all { output.as_list() } else { *output };
    Ok(output.print_diagnoses("probe", &diagnoses))
}

/// The records that are meant now; at least one.
pub(super) fn chosen(
    args: &ProbeArgs,
    digests: &Arc<ImageDigests>,
) -> Result<Vec<PathBuf>, Unchosen> {
    if args.all {
        target::all_of_registry()
    } else if args.records.is_empty() {
        let among = Among::Live(digests);
        Ok(vec![target::without_argument(
            args.service.as_ref(),
            among,
        )?])
    } else {
        Ok(args.records.clone())
    }
}

/// The same once more: what was chosen before stays while it is there, unless another
/// record of the service that is named has come to be meant.
pub(super) fn chosen_anew(
    args: &ProbeArgs,
    last: &[PathBuf],
    digests: &Arc<ImageDigests>,
) -> Result<Vec<PathBuf>, Unchosen> {
    let is_there = !args.all && !last.is_empty() && last.iter().all(|path| path.exists());
    if is_there && args.service.is_none() {
        return Ok(last.to_vec());
    }
    match chosen(args, digests) {
        Err(_) if is_there => Ok(last.to_vec()),
        chosen => chosen,
    }
}

/// Standard input can be read once.
fn refuse_to_read_again(args: &ProbeArgs) -> Result<()> {
    let is_named = args.all || args.service.is_some() || !args.records.is_empty();
    let of_environment = target::of_environment().filter(|_| !is_named);
    let records = args.records.iter().chain(&of_environment);
    let again = args
        .wait
        .map(|_| "--wait")
        .or(args.watch.map(|_| "--watch"));
    let (message, hint) = match (records.filter(|path| is_stdin(path)).count(), again) {
        (0, _) | (1, None) => return Ok(()),
        (_, Some(option)) => (
            format!("{option} reads records again, and standard input (-) can be read only once"),
            "name a file instead of -",
        ),
        (_, None) => (
            "standard input (-) is named more than once".to_owned(),
            "name it once; files may be named beside it",
        ),
    };
    Err(Failure::new(ExitCode::Usage, "usage", message)
        .hint(hint)
        .into())
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}
