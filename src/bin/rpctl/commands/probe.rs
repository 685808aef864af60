//! `rpctl probe`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use rpctl::manifest::LoadError;
use rpctl::platform::FileWatch;
use rpctl::probe::ImageDigests;
use rpctl::{Probe, ProbeReport, Report, Verdict};

use super::{digests, load};
use crate::args::ProbeArgs;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::render::{Diagnosis, Output};
use crate::target::{self, Among};

/// Bounds of the pause between two attempts with `--wait`.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

pub(super) fn run(args: &ProbeArgs, output: &Output) -> Result<ExitCode> {
    let manifests = if args.manifests.is_empty() {
        vec![target::without_argument(
            args.service.as_ref(),
            Among::Live,
        )?]
    } else {
        args.manifests.clone()
    };
    refuse_two_readers(&manifests)?;
    let digests = digests::open(args.cache, output);
    let diagnoses = match args.wait {
        None => attempt(&manifests, args, &digests),
        Some(patience) => wait(&manifests, args, patience, &digests)?,
    };
    digests::keep(&digests, output);
    let diagnoses: Vec<Diagnosis> = diagnoses.into_iter().flatten().collect();
    Ok(output.print_diagnoses("probe", &diagnoses))
}

/// Standard input can be read once.
fn refuse_two_readers(manifests: &[PathBuf]) -> Result<()> {
    let readers = manifests.iter().filter(|path| is_stdin(path)).count();
    if readers > 1 {
        let message = "standard input (-) is named more than once";
        return Err(Failure::new(ExitCode::Usage, "usage", message)
            .hint("name it once; files may be named beside it")
            .into());
    }
    Ok(())
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// Probe every identity that the records lead to, all at once: for each record,
/// what was found about it.
fn attempt(
    manifests: &[PathBuf],
    args: &ProbeArgs,
    digests: &Arc<ImageDigests>,
) -> Vec<Vec<Diagnosis>> {
    let mut probes = Vec::new();
    let led_to: Vec<Result<usize, LoadError>> = manifests
        .iter()
        .map(|path| {
            let named = path.to_string_lossy();
            let record = load(path)?;
            let of_record = Probe::each_of_record(&record);
            let count = of_record.len();
            probes.extend(of_record.into_iter().map(|probe| {
                let probe = probe
                    .named(&named)
                    .timeout(args.timeout)
                    .strict(args.strict);
                match &args.endpoint {
                    Some(endpoint) => probe.endpoint_path(endpoint),
                    None => probe,
                }
            }));
            Ok(count)
        })
        .collect();

    let mut reports = Probe::run_each(probes, digests, ProbeReport::into_data).into_iter();
    manifests
        .iter()
        .zip(led_to)
        .map(|(path, led_to)| match led_to {
            Ok(count) => reports.by_ref().take(count).map(diagnosis).collect(),
            Err(error) => {
                let report = ProbeReport::of_unreadable(&path.to_string_lossy(), &error);
                vec![Diagnosis {
                    report: report.into_data(),
                    error: Some(error.into()),
                }]
            }
        })
        .collect()
}

fn diagnosis(report: Report) -> Diagnosis {
    Diagnosis {
        report,
        error: None,
    }
}

/// Probe again and again, until all is verified or the time is over. A record or
/// socket that appears ends a pause early.
fn wait(
    all: &[PathBuf],
    args: &ProbeArgs,
    patience: Duration,
    digests: &Arc<ImageDigests>,
) -> Result<Vec<Vec<Diagnosis>>> {
    if all.iter().any(|path| is_stdin(path)) {
        let message = "--wait reads records again, and standard input (-) can be read only once";
        return Err(Failure::new(ExitCode::Usage, "usage", message)
            .hint("name a file instead of -")
            .into());
    }
    let started = Instant::now();
    let mut pause = FIRST_PAUSE;
    let mut diagnoses: Vec<Vec<Diagnosis>> = all.iter().map(|_| Vec::new()).collect();
    loop {
        let pending: Vec<usize> = (0..diagnoses.len())
            .filter(|&at| !is_up(&diagnoses[at]))
            .collect();
        let left = patience.saturating_sub(started.elapsed());
        let manifests: Vec<PathBuf> = pending.iter().map(|&at| all[at].clone()).collect();
        // Made before looking, so that nothing is missed between the two.
        let watch = watch(&manifests, pending.iter().flat_map(|&at| &diagnoses[at]));
        for (&at, found) in pending.iter().zip(attempt(&manifests, args, digests)) {
            diagnoses[at] = found;
        }
        if diagnoses.iter().all(|found| is_up(found)) || left.is_zero() {
            return Ok(diagnoses);
        }
        pause = rest(watch, pause, patience.saturating_sub(started.elapsed()));
    }
}

fn is_up(found: &[Diagnosis]) -> bool {
    !found.is_empty()
        && found
            .iter()
            .all(|one| one.report.verdict == Verdict::Verified)
}

/// A watch on records, and on the sockets that they were last seen to name.
fn watch<'a>(
    manifests: &[PathBuf],
    last: impl Iterator<Item = &'a Diagnosis>,
) -> Option<FileWatch> {
    let sockets: Vec<PathBuf> = last
        .filter_map(|one| one.report.target.endpoint.as_ref())
        .map(|endpoint| PathBuf::from(&endpoint.path))
        .collect();
    FileWatch::on(manifests.iter().chain(&sockets).map(PathBuf::as_path)).ok()
}

/// Pause, and say how long the next pause is: longer each time, unless something
/// changed.
fn rest(watch: Option<FileWatch>, pause: Duration, left: Duration) -> Duration {
    let began = Instant::now();
    let pause = pause.min(left);
    // Without a watch the pause is all there is.
    let waited = watch.map(|watch| watch.wait(pause));
    if !matches!(waited, Some(Ok(_))) {
        // Without a watch the pause is all there is.
        std::thread::sleep(pause.saturating_sub(began.elapsed()));
    }
    if let Some(Ok(true)) = waited {
        // A file that changes all the time is no reason to probe all the time.
        std::thread::sleep(FIRST_PAUSE.min(left).saturating_sub(began.elapsed()));
        FIRST_PAUSE
    } else {
        (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE)
    }
}
