//! `rpctl probe --watch`: again and again, until interrupted.

use std::io;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rpctl::platform;

use super::diagnose::{How, diagnose};
use super::digests;
use super::probe::Records;
use crate::args::ProbeArgs;
use crate::exit_code::ExitCode;
use crate::failure;
use crate::render::{Diagnosis, Live, Output};
use crate::target;

/// Probe at an interval, until a signal ends the program or nobody reads what it
/// prints any more.
///
/// No round shares its digests with the next. They are known by the change times
/// of files, which are coarse: a file changed twice within one tick would be taken
/// for the first of the two as long as the digest is kept. The digest cache, where
/// it is asked for, knows better which ones to keep.
pub(super) fn run(
    records: &Records,
    args: &ProbeArgs,
    interval: Duration,
    output: &Output,
) -> Result<ExitCode> {
    let is_list = match records {
        Records::Named(paths) => paths.len() > 1,
        Records::All => true,
    };
    if matches!(records, Records::All) {
        // What is missing in the environment will not come.
        target::registry(target::SET_HOME)?;
    }
    let mut live = Live::new(output.repeating(is_list), interval);
    loop {
        let began = Instant::now();
        let code = match round(records, args, output) {
            Ok(diagnoses) => live.show("probe", &diagnoses),
            // Whoever watches for faults is to see this one, and when it is over.
            Err(error) => failure::report_round(&error, "probe", &mut live),
        };
        let left = interval.saturating_sub(began.elapsed());
        if platform::wait_until_unread(io::stdout(), left).context("cannot wait")? {
            return Ok(code);
        }
    }
}

fn round(records: &Records, args: &ProbeArgs, output: &Output) -> Result<Vec<Diagnosis>> {
    let paths = match records {
        Records::Named(paths) => paths.clone(),
        // Records come and go; none is a round like any other.
        Records::All => target::files(&target::registry(target::SET_HOME)?)?,
    };
    let digests = digests::open(args.hashing, args.cache, output);
    let found = diagnose(&paths, How::from(args), &digests);
    digests::keep(&digests, output);
    Ok(found.into_iter().flatten().collect())
}
