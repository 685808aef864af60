//! Workflow commands, which GitHub Actions turns into annotations: `::error::`
//! where the step fails, and one for each record.

use super::findings::{Findings, Renderer, Trouble};
use super::json::report::Diagnosis;
use super::{plain, sanitize};
use crate::exit_code::ExitCode;

/// For the log of a job.
pub(crate) struct Github;

impl Renderer for Github {
    fn findings(&self, findings: &Findings<'_>) -> String {
        let annotation = |one| of_record(findings.command, one);
        findings.diagnoses.iter().map(annotation).collect()
    }

    fn trouble(&self, trouble: &Trouble<'_>) -> String {
        let title = match trouble.command {
            Some(command) => format!("rpctl {command}"),
            None => "rpctl".to_owned(),
        };
        let mut lines = vec![sanitize::line(trouble.message)];
        lines.extend(plain::advice(trouble));
        command("error", &title, &lines)
    }
}

fn of_record(name: &str, Diagnosis { report, .. }: &Diagnosis) -> String {
    let level = match ExitCode::from(report) {
        ExitCode::Proven => "notice",
        ExitCode::ProvenWithWarnings => "warning",
        _ => "error",
    };
    let title = format!("rpctl {name}: {}", plain::record(&report.target));
    let mut lines = vec![sanitize::line(&report.summary)];
    lines.extend(plain::remarks(report));
    command(level, &title, &lines)
}

/// A command that spans one line of the log, however many its message has. No
/// text can begin another.
fn command(level: &str, title: &str, lines: &[String]) -> String {
    let title = data(title).replace(':', "%3A").replace(',', "%2C");
    format!("::{level} title={title}::{}\n", data(&lines.join("\n")))
}

/// Text in which nothing ends the command.
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
