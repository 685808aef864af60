//! `rpctl complete`: what completion scripts offer beside options and files.

use std::path::Path;

use anyhow::{Context, Result};
use rpctl::record::{self, Record};

use crate::args::{Candidates, CompleteArgs};
use crate::exit_code::ExitCode;
use crate::output::Output;
use crate::selection::registry as target;

/// Whatever goes wrong, there is nothing to offer, and nothing to say in the
/// middle of a command line.
pub(super) fn run(args: &CompleteArgs, output: &Output) -> Result<ExitCode> {
    let files = target::registry("")
        .ok()
        .and_then(|registry| registry.files().ok())
        .unwrap_or_default();
    let mut candidates: Vec<String> = match args.what {
        Candidates::Services => services(&files),
        Candidates::Records => files.iter().filter_map(|path| plain(path)).collect(),
    };
    for candidate in &mut candidates {
        candidate.push('\n');
    }
    output
        .print_record(candidates.concat().as_bytes())
        .context("cannot write the candidates")?;
    Ok(ExitCode::Proven)
}

/// Each service by its name, or by name and version where there are several.
fn services(files: &[impl AsRef<Path>]) -> Vec<String> {
    let mut services: Vec<(String, String)> = files
        .iter()
        .filter_map(|path| record::load(path.as_ref()).ok())
        .filter_map(|record| named(&record))
        .collect();
    services.sort();
    services
        .chunk_by(|one, next| one.0 == next.0)
        .flat_map(|versions| match versions {
            [(name, _)] => vec![name.clone()],
            _ => versions
                .iter()
                .map(|(name, version)| format!("{name}@{version}"))
                .collect(),
        })
        .collect()
}

/// What `--service` would accept.
fn named(record: &Record) -> Option<(String, String)> {
    let (name, version) = record.service();
    (record::is_service_name(name) && record::is_service_version(version))
        .then(|| (name.to_owned(), version.to_owned()))
}

/// The path, unless it has characters that mean something to a shell: not every
/// script quotes what it offers.
fn plain(path: &Path) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:,=".contains(c);
    path.to_str()
        .filter(|text| text.chars().all(is_plain))
        .map(str::to_owned)
}
