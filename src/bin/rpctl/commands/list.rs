//! `rpctl list`.

use anyhow::Result;

use super::diagnose::{How, diagnose};
use super::digests;
use crate::args::ListArgs;
use crate::exit_code::ExitCode;
use crate::output::Output;
use crate::render::Diagnosis;
use crate::selection::registry as target;

pub(super) fn run(args: &ListArgs, output: &Output) -> Result<ExitCode> {
    let registry = target::registry(target::SET_HOME)?;
    let records = target::files(&registry)?;
    if records.is_empty() {
        let none = target::no_records(&registry);
        if output.is_health_check() {
            return Err(none.into());
        }
        output.warn(&none.message);
    }
    let digests = digests::open(args.hashing, args.cache, output);
    let found = diagnose(&records, How::within(args.timeout), &digests);
    digests::keep(&digests, output);
    let diagnoses: Vec<Diagnosis> = found.into_iter().flatten().collect();
    Ok(output.as_listing().print_diagnoses("list", &diagnoses))
}
