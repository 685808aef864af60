//! Which record a command is about: the argument, a service of the registry, the
//! environment, or the registry's only live record.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use rpctl::ImageDigests;
use rpctl::record::{Loader, Record};
use rpctl::registry::Registry;
use rpctl::{Probe, Verdict};

use crate::args::{Service, TargetArgs, user_registry};
use crate::exit_code::ExitCode;
use crate::failure::Failure;

/// What to do where a registry is all that would help.
pub(crate) const SET_HOME: &str = "set HOME, or RUNNING_PROCESS_MANIFEST_DIR";

/// What to do without a registry.
const NAME_IT: &str = "set HOME, or name the record itself";

/// What to do without a record.
const START_ONE: &str = "name a record, or start a daemon: rpctl spawn-self";

/// Names the record where none is given.
const RECORD_VARIABLE: &str = "RPCTL_RECORD";

/// Which records of the registry count when none is named.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Among<'a> {
    /// Those whose daemon is there: every candidate is probed, and no image is
    /// hashed again by who shares the digests.
    Live(&'a Arc<ImageDigests>),
    /// All of them: nothing is touched.
    All,
}

/// Why no record is chosen.
#[derive(Debug)]
pub(crate) enum Unchosen {
    /// Nothing is there that could be meant; it may come.
    Nothing(Failure),
    /// Anything else.
    Error(anyhow::Error),
}

impl From<anyhow::Error> for Unchosen {
    fn from(error: anyhow::Error) -> Self {
        Self::Error(error)
    }
}

impl From<Unchosen> for anyhow::Error {
    fn from(why: Unchosen) -> Self {
        match why {
            Unchosen::Nothing(failure) => failure.into(),
            Unchosen::Error(error) => error,
        }
    }
}

impl TargetArgs {
    /// The record that is meant.
    pub(crate) fn resolve(&self, among: Among<'_>) -> Result<PathBuf> {
        match &self.record {
            Some(path) => Ok(path.clone()),
            None => Ok(without_argument(self.service.as_ref(), among)?),
        }
    }
}

/// The record that the environment names.
pub(crate) fn of_environment() -> Option<PathBuf> {
    env::var_os(RECORD_VARIABLE)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

/// The record to use where no argument names one.
pub(crate) fn without_argument(
    service: Option<&Service>,
    among: Among<'_>,
) -> Result<PathBuf, Unchosen> {
    if let Some(service) = service {
        return of_service(service, among);
    }
    if let Some(path) = of_environment() {
        return Ok(path);
    }
    let registry = registry(NAME_IT)?;
    only_one(
        &registry,
        &files(&registry)?,
        "the registry",
        START_ONE,
        among,
    )
}

/// The user's registry; `hint` says what to do where there is none.
pub(crate) fn registry(hint: &str) -> Result<Registry> {
    user_registry().ok_or_else(|| {
        Failure::new(
            ExitCode::Usage,
            "no_registry",
            "nothing says where the registry is",
        )
        .hint(hint)
        .into()
    })
}

/// The files of a registry, sorted by name.
pub(crate) fn files(registry: &Registry) -> Result<Vec<PathBuf>> {
    registry.files().with_context(|| {
        let directory = registry.directory().display();
        format!("cannot read the registry in {directory}")
    })
}

/// Every file of the user's registry; at least one.
pub(crate) fn all_of_registry() -> Result<Vec<PathBuf>, Unchosen> {
    let registry = registry(SET_HOME)?;
    let files = files(&registry)?;
    if files.is_empty() {
        return Err(Unchosen::Nothing(no_records(&registry)));
    }
    Ok(files)
}

/// Of a registry without records nothing can be proven.
pub(crate) fn no_records(registry: &Registry) -> Failure {
    let message = format!("{} holds no records", registry.directory().display());
    Failure::new(ExitCode::Usage, "no_target", message).hint(START_ONE)
}

fn of_service(service: &Service, among: Among<'_>) -> Result<PathBuf, Unchosen> {
    let registry = registry(NAME_IT)?;
    let loader = Loader::default();
    let is_meant = |path: &PathBuf| {
        loader.load(path).is_ok_and(|record| {
            let (name, version) = record.service();
            name == service.name
                && service
                    .version
                    .as_deref()
                    .is_none_or(|wanted| wanted == version)
        })
    };
    let known = files(&registry)?;
    let versions: Vec<PathBuf> = known
        .iter()
        .filter(|path| is_meant(path))
        .cloned()
        .collect();
    match <[PathBuf; 1]>::try_from(versions) {
        Ok([only]) => Ok(only),
        Err(versions) if versions.is_empty() => Err(Unchosen::Nothing(
            Failure::new(
                ExitCode::Usage,
                "no_target",
                format!(
                    "{} has no record of the service {service}",
                    registry.directory().display()
                ),
            )
            .hint(if known.is_empty() {
                START_ONE
            } else {
                "name one of those above, or the record itself"
            })
            .candidates(described(&known)),
        )),
        Err(versions) => only_one(
            &registry,
            &versions,
            &format!("the service {service}"),
            "name the version: --service NAME@VERSION",
            among,
        ),
    }
}

/// The only record that counts.
fn only_one(
    registry: &Registry,
    files: &[PathBuf],
    of_whom: &str,
    hint: &str,
    among: Among<'_>,
) -> Result<PathBuf, Unchosen> {
    let counting = match among {
        Among::All => files.to_vec(),
        Among::Live(digests) => live(files, digests),
    };
    let is_empty = counting.is_empty();
    let (message, candidates) = match <[PathBuf; 1]>::try_from(counting) {
        Ok([only]) => return Ok(only),
        Err(several) if !several.is_empty() => (
            format!(
                "no record is named, and {of_whom} has {} {}",
                several.len(),
                match among {
                    Among::Live(_) => "live records",
                    Among::All => "records",
                }
            ),
            described(&several),
        ),
        Err(_) if files.is_empty() => (
            format!(
                "no record is named, and {} holds none",
                registry.directory().display()
            ),
            Vec::new(),
        ),
        Err(_) => (
            format!("no record is named, and {of_whom} has none with a live daemon"),
            described(files),
        ),
    };
    let hint = match candidates.as_slice() {
        [_, _, ..] => "name one by its path, or by --service NAME@VERSION",
        _ => hint,
    };
    let failure = Failure::new(ExitCode::Usage, "no_target", message)
        .hint(hint)
        .candidates(candidates);
    Err(if is_empty {
        Unchosen::Nothing(failure)
    } else {
        Unchosen::Error(failure.into())
    })
}

/// The records that lead to a daemon which is there, answering or not. All are
/// probed at once, and no image is hashed twice.
fn live(files: &[PathBuf], digests: &Arc<ImageDigests>) -> Vec<PathBuf> {
    let loader = Loader::default();
    let lead_to = |path: &Path| Ok(Probe::all_from_record(&loader.load(path)?));
    let is_there = Probe::run_files(files, lead_to, digests, |report| {
        matches!(report.verdict(), Verdict::Verified | Verdict::Unresponsive)
    });
    files
        .iter()
        .zip(is_there)
        .filter(|(_, is_there)| is_there.as_ref().is_ok_and(|one| one.contains(&true)))
        .map(|(path, _)| path.clone())
        .collect()
}

/// `zccache@1.15.8  /path` for each file, as `--service` and as an argument take
/// it.
fn described(files: &[PathBuf]) -> Vec<String> {
    let loader = Loader::default();
    let described = |path: &PathBuf| match loader.load(path).as_ref().map(Record::service) {
        Ok((name, version)) if !name.is_empty() => {
            format!("{name}@{version}  {}", path.display())
        }
        _ => path.display().to_string(),
    };
    files.iter().map(described).collect()
}
