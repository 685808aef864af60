//! Workflow commands, which GitHub Actions turns into annotations: one per record that is not
//! in order, `::error::` if the step fails, and a single notice about all the others.

use std::fmt;

use super::diagnoses::PackedDiagnosis;
use super::document::Renderer;
use super::findings::Findings;
use super::origin::Origin;
use super::results::{Diagnosis, ErrorReport};
use super::{plain, sanitize};
use crate::exit_code::ExitCode;

/// The format for the log of a job.
pub(crate) struct Github;

impl Renderer for Github {
    fn findings(
        &self,
        findings: &Findings<'_>,
        _origin: &Origin,
        out: &mut dyn fmt::Write,
    ) -> fmt::Result {
        let mut healthy = Vec::new();
        for one in findings.diagnoses.packed() {
            if ExitCode::from(one.report()) == ExitCode::Proven {
                healthy.push(one);
            } else {
                out.write_str(&annotation(findings.command, &one.unpack()))?;
            }
        }
        out.write_str(&notice(findings, &healthy))
    }

    fn error(&self, error: &ErrorReport, _origin: &Origin) -> String {
        let title = match &error.command {
            Some(command) => format!("rpctl {command}"),
            None => "rpctl".to_owned(),
        };
        let mut lines = vec![sanitize::line(&error.message)];
        lines.extend(plain::advice(error));
        command("error", &title, &lines)
    }
}

fn code(diagnosis: &Diagnosis) -> ExitCode {
    (&diagnosis.report).into()
}

/// Returns the notice about the healthy records; nothing if there is none.
fn notice(findings: &Findings<'_>, healthy: &[&PackedDiagnosis]) -> String {
    let about = match healthy {
        [] => return String::new(),
        [one] => plain::record(&one.report().target()),
        several => format!("{} of {} verified", several.len(), findings.diagnoses.len()),
    };
    let summary = |one: &&PackedDiagnosis| sanitize::line(&one.unpack().report.summary);
    let lines: Vec<String> = healthy.iter().map(summary).collect();
    command(
        "notice",
        &format!("rpctl {}: {about}", findings.command),
        &lines,
    )
}

fn annotation(name: &str, diagnosis: &Diagnosis) -> String {
    let report = &diagnosis.report;
    let level = match code(diagnosis) {
        ExitCode::ProvenWithWarnings => "warning",
        _ => "error",
    };
    let title = format!("rpctl {name}: {}", plain::record(&report.target));
    let mut lines = vec![sanitize::line(&report.summary)];
    lines.extend(plain::remarks(diagnosis));
    command(level, &title, &lines)
}

/// Returns a workflow command. It is a single line, even if the message has several, so
/// that no text can begin another command.
fn command(level: &str, title: &str, lines: &[String]) -> String {
    let title = data(title).replace(':', "%3A").replace(',', "%2C");
    format!("::{level} title={title}::{}\n", data(&lines.join("\n")))
}

/// Escapes the characters that end a command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_one_line_whatever_it_says() {
        let line = command(
            "error",
            "a:b,100%",
            &["c: d, 5%\r".to_owned(), "::e".to_owned()],
        );
        assert_eq!(line, "::error title=a%3Ab%2C100%25::c: d, 5%25%0D%0A::e\n");
    }
}
