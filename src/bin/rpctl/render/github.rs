//! Workflow commands, which GitHub Actions turns into annotations: one per record, and
//! `::error::` if the step fails.

use super::document::Renderer;
use super::results::{Diagnosis, ErrorReport, Findings};
use super::{plain, sanitize};
use crate::exit_code::ExitCode;

/// The format for the log of a job.
pub(crate) struct Github;

impl Renderer for Github {
    fn findings(&self, findings: &Findings<'_>) -> String {
        let of_one = |one| annotation(findings.command, one);
        findings.diagnoses.iter().map(of_one).collect()
    }

    fn error(&self, error: &ErrorReport) -> String {
        let title = match &error.command {
            Some(command) => format!("rpctl {command}"),
            None => "rpctl".to_owned(),
        };
        let mut lines = vec![sanitize::line(&error.message)];
        lines.extend(plain::advice(error));
        command("error", &title, &lines)
    }
}

fn annotation(name: &str, diagnosis: &Diagnosis) -> String {
    let report = &diagnosis.report;
    let level = match ExitCode::from(report) {
        ExitCode::Proven => "notice",
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
