//! The records of `probe`, round by round.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use rpctl::ImageDigests;

use super::candidates::Candidates;
use super::registry::SelectionError;
use super::source::Source;
use crate::args::ProbeArgs;
use crate::exit_code::ExitCode;
use crate::failure::Failure;

/// The records that `probe` is about, in one round or in many.
#[derive(Debug)]
pub(crate) struct Selection<'a> {
    source: Source<'a>,
    /// The records of the last round that had any.
    last: Vec<PathBuf>,
}

impl<'a> Selection<'a> {
    /// Prepares a selection. Standard input must not be read more than once.
    pub(crate) fn new(args: &'a ProbeArgs) -> Result<Self> {
        let source = Source::from(args);
        let repeats = args
            .wait
            .map(|_| "--wait")
            .or(args.watch.map(|_| "--watch"));
        match (source.count_stdin(), repeats) {
            (0, _) | (1, None) => Ok(Self {
                source,
                last: Vec::new(),
            }),
            (_, repeats) => Err(second_read(repeats).into()),
        }
    }

    /// Returns whether the records are searched for in the registry.
    pub(crate) fn uses_registry(&self) -> bool {
        !matches!(self.source, Source::Named(_))
    }

    /// Selects the records that are meant now, at least one. Records of the last round
    /// stay selected while their files exist, unless the service that is named has
    /// another record by now.
    pub(crate) fn next_round(
        &mut self,
        digests: &Arc<ImageDigests>,
    ) -> Result<&[PathBuf], SelectionError> {
        let is_fixed = matches!(self.source, Source::Named(_) | Source::OnlyCandidate);
        let exist = !self.last.is_empty() && self.last.iter().all(|path| path.exists());
        if !(exist && is_fixed) {
            let keeps_last = exist && matches!(self.source, Source::Service(_));
            match self.source.records(Candidates::Live(digests)) {
                Err(_) if keeps_last => {}
                selected => self.last = selected?,
            }
        }
        Ok(&self.last)
    }
}

/// Describes an attempt to read standard input again, by an option that repeats or by
/// a second argument.
fn second_read(repeats: Option<&str>) -> Failure {
    let (message, hint) = match repeats {
        Some(option) => (
            format!("{option} reads records again, and standard input (-) can be read only once"),
            "name a file instead of -",
        ),
        None => (
            "standard input (-) is named more than once".to_owned(),
            "name it once; files may be named beside it",
        ),
    };
    Failure::new(ExitCode::Usage, "usage", message).hint(hint)
}
