//! `rpctl probe`.

use rpctl::{Probe, ProbeReport};

use super::load;
use crate::args::ProbeArgs;
use crate::exit_code::ExitCode;
use crate::render::Output;

pub(super) fn run(args: &ProbeArgs, output: &Output) -> ExitCode {
    let named = args.manifest.to_string_lossy();
    let (report, error) = match load(&args.manifest) {
        Err(error) => (
            ProbeReport::of_unreadable(&named, &error),
            Some(error.into()),
        ),
        Ok(record) => {
            let mut probe = Probe::of_record(&record)
                .named(&named)
                .timeout(args.timeout)
                .strict(args.strict);
            if let Some(endpoint) = &args.endpoint {
                probe = probe.endpoint_path(endpoint);
            }
            (probe.run(), None)
        }
    };
    let code = ExitCode::from(report.verdict);
    output.print_report("probe", code, &report, error.as_ref());
    code
}
