//! `rpctl probe`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use rpctl::probe::ImageDigests;

use super::diagnose::{How, diagnose};
use super::digests;
use super::wait::wait;
use super::watch;
use crate::args::ProbeArgs;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::render::{Diagnosis, Output};
use crate::target::{self, Among, Unchosen};

pub(super) fn run(args: &ProbeArgs, output: &Output) -> Result<ExitCode> {
    if args.watch.is_some() && !output.can_go_on() {
        let message = "--watch has no end, and this form is of one whole document";
        return Err(Failure::new(ExitCode::Usage, "usage", message)
            .hint("watch as a table, or with -o json or -o ndjson: a document a line")
            .into());
    }
    let found = if let Some(patience) = args.wait {
        wait(args, patience, output)?
    } else {
        let digests = digests::open(args.hashing, args.cache, output);
        let records = Records::chosen(args, &digests)?;
        if let Some(interval) = args.watch {
            return watch::run(&records, args, interval, output);
        }
        let found = diagnose(&records.paths()?, How::from(args), &digests);
        digests::keep(&digests, output);
        found
    };
    let diagnoses: Vec<Diagnosis> = found.into_iter().flatten().collect();
    let output = if args.all { output.as_list() } else { *output };
    Ok(output.print_diagnoses("probe", &diagnoses))
}

/// The records to probe.
pub(super) enum Records {
    /// These.
    Named(Vec<PathBuf>),
    /// Those of the registry.
    All,
}

impl Records {
    pub(super) fn chosen(args: &ProbeArgs, digests: &Arc<ImageDigests>) -> Result<Self, Unchosen> {
        if args.all {
            return Ok(Self::All);
        }
        let named = if args.manifests.is_empty() {
            let among = Among::Live(digests);
            vec![target::without_argument(args.service.as_ref(), among)?]
        } else {
            args.manifests.clone()
        };
        let again = args
            .wait
            .map(|_| "--wait")
            .or(args.watch.map(|_| "--watch"));
        refuse_to_read_again(&named, again)?;
        Ok(Self::Named(named))
    }

    /// Where they are now; at least one.
    pub(super) fn paths(&self) -> Result<Vec<PathBuf>, Unchosen> {
        match self {
            Self::Named(paths) => Ok(paths.clone()),
            Self::All => target::all_of_registry(),
        }
    }
}

/// Standard input can be read once; `again` names an option that reads records
/// more than once.
fn refuse_to_read_again(records: &[PathBuf], again: Option<&str>) -> Result<()> {
    let readers = records.iter().filter(|path| is_stdin(path)).count();
    let (message, hint) = match (readers, again) {
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
