//! `rpctl probe --watch`: probes at an interval until interrupted.

use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rpctl::__private;
use rpctl::record::LoadError;

use super::diagnose::{ProbeOptions, conclude, diagnose, diagnose_unread, listed_once, no_record};
use super::digests::DigestRounds;
use crate::args::ProbeArgs;
use crate::exit_code::ExitCode;
use crate::output::{Output, WatchDisplay};
use crate::render::{Diagnoses, Diagnosis};
use crate::selection::{SET_HOME, Selection, SelectionError, require_registry};

/// Probes at an interval, until a signal ends the program or the reader of its output
/// has gone.
pub(super) fn run(
    args: &ProbeArgs,
    mut selection: Selection<'_>,
    interval: Duration,
    output: &Output,
) -> Result<ExitCode> {
    if selection.uses_registry() {
        // A variable that is not set now is never set later.
        require_registry(SET_HOME)?;
    }
    let is_list = args.all || args.records.len() > 1;
    let mut display = WatchDisplay::new(output.repeating(is_list), interval);
    loop {
        let began = Instant::now();
        let code = match round(args, &mut selection, output) {
            Ok(diagnoses) => display.show("probe", &diagnoses, |record| missing(record, args)),
            // A fault like any other: it is shown, and it may pass.
            Err(error) => display.show_error("probe", &error),
        };
        let left = interval.saturating_sub(began.elapsed());
        if __private::wait_until_unread(io::stdout(), left).context("cannot wait")? {
            return Ok(code);
        }
    }
}

/// Describes a record whose file is missing now.
fn missing(record: &str, args: &ProbeArgs) -> Option<Diagnosis> {
    let path = PathBuf::from(record);
    let is_missing = __private::attributes(&path).is_err_and(|it| it.kind() == ErrorKind::NotFound);
    is_missing
        .then(|| diagnose_unread(record, &LoadError::NotFound(path), ProbeOptions::from(args)))
}

/// Probes the records that are meant now.
pub(super) fn round(
    args: &ProbeArgs,
    selection: &mut Selection<'_>,
    output: &Output,
) -> Result<Diagnoses> {
    DigestRounds::new(args.hashing, args.cache, output).round(|digests| {
        let options = ProbeOptions::from(args);
        let found = match selection.next_round(digests) {
            Err(SelectionError::NoRecord(service)) => {
                vec![vec![no_record(&service, options).into()]]
            }
            selected => diagnose(selected?, options, digests),
        };
        Ok(if args.all {
            listed_once(found, |text| {
                if args.watch.is_none() {
                    output.warn(text);
                }
            })
        } else {
            conclude(found.into_iter().flatten(), args.missing_ok)
        })
    })
}
