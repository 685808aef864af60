//! `rpctl probe --watch`: again and again, until interrupted.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rpctl::__private;

use super::diagnose::{How, diagnose};
use super::digests;
use super::probe::chosen_anew;
use crate::args::ProbeArgs;
use crate::exit_code::ExitCode;
use crate::output::{Output, WatchDisplay};
use crate::render::Diagnosis;
use crate::selection::registry as target;

/// Probe at an interval, until a signal ends the program or nobody reads what it
/// prints any more.
///
/// No round shares its digests with the next. They are known by the change times
/// of files, which are coarse: a file changed twice within one tick would be taken
/// for the first of the two as long as the digest is kept. The digest cache, where
/// it is asked for, knows better which ones to keep.
pub(super) fn run(args: &ProbeArgs, interval: Duration, output: &Output) -> Result<ExitCode> {
    let is_named = !args.records.is_empty() || target::of_environment().is_some();
    if args.all || args.service.is_some() || !is_named {
        // What is missing in the environment will not come.
        target::registry(target::SET_HOME)?;
    }
    let is_list = args.all || args.records.len() > 1;
    let mut display = WatchDisplay::new(output.repeating(is_list), interval);
    let mut records = Vec::new();
    loop {
        let began = Instant::now();
        let code = match round(args, &mut records, output) {
            Ok(diagnoses) => display.show("probe", &diagnoses),
            // Whoever watches for faults is to see this one, and when it is over.
            Err(error) => display.show_error("probe", &error),
        };
        let left = interval.saturating_sub(began.elapsed());
        if __private::wait_until_unread(io::stdout(), left).context("cannot wait")? {
            return Ok(code);
        }
    }
}

/// Probe the records that are meant now.
fn round(args: &ProbeArgs, records: &mut Vec<PathBuf>, output: &Output) -> Result<Vec<Diagnosis>> {
    let digests = digests::open(args.hashing, args.cache, output);
    *records = chosen_anew(args, records, &digests)?;
    let found = diagnose(records, How::from(args), &digests);
    digests::keep(&digests, output);
    Ok(found.into_iter().flatten().collect())
}
