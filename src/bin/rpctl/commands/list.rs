//! `rpctl list`.

use anyhow::Result;

use super::diagnose::{ProbeOptions, diagnose, listed_once};
use super::digests::DigestRounds;
use crate::args::ListArgs;
use crate::exit_code::ExitCode;
use crate::output::Output;
use crate::selection::{SET_HOME, no_records, record_files, require_registry};

pub(super) fn run(args: &ListArgs, output: &Output) -> Result<ExitCode> {
    let registry = require_registry(SET_HOME)?;
    let records = record_files(&registry)?;
    if records.is_empty() {
        let none = no_records(&registry);
        if output.is_health_check() {
            return Err(none.into());
        }
        output.warn(&none.message);
    }
    let options = ProbeOptions::with_timeout(args.timeout, args.hashing);
    let found = DigestRounds::new(args.hashing, args.cache, output)
        .round(|digests| diagnose(&records, options, digests));
    let diagnoses = listed_once(found, |text| output.warn(text));
    Ok(output.as_listing().print_diagnoses("list", &diagnoses))
}
