//! The first lines of a report: the state, and the process with its user, age, program and
//! socket.

use owo_colors::OwoColorize;
use rpctl::{Check, CheckId, LiveProcess, Outcome, Report, Verdict};
use unicode_width::UnicodeWidthStr;

use super::cut::{end_cut, middle_cut};
use super::list::up;
use super::text::wrapped;
use crate::render::style::{Page, verdict_glyph};
use crate::render::{sanitize, units};
use crate::words::Words;

const INDENT: &str = "  ";

/// Returns the state in a sentence, and what an operator asks about the process.
pub(super) fn headline(report: &Report, page: &Page) -> Vec<String> {
    let process = report.process.as_ref();
    let mut lines = vec![title(report, page)];
    let facts = process.map(|process| facts(process, report.verdict, page));
    for facts in facts.into_iter().chain([sockets(report, page)]) {
        lines.extend(line(&facts, page));
    }
    lines
}

/// Returns the state in a sentence. The next line names the PID.
pub(super) fn title(report: &Report, page: &Page) -> String {
    let mut summary = sanitize::line(&report.summary);
    if let Some(process) = &report.process {
        summary = summary.replacen(&format!(" (PID {})", process.pid), "", 1);
    }
    let summary = page.short_paths(&summary);
    let sentence = format!("{} {summary}", verdict_glyph(report.verdict));
    let sentence = wrapped(&sentence, page.width, INDENT);
    sentence
        .style(page.styles.verdict(report.verdict))
        .to_string()
}

fn facts(process: &LiveProcess, verdict: Verdict, page: &Page) -> Vec<String> {
    let user = process.user.as_ref();
    let program = process.exe.as_ref().map(|exe| {
        let exe = page.short_paths(&sanitize::line(&exe.to_string_lossy()));
        let command = match arguments(process, verdict) {
            Some(arguments) => format!("{exe} {arguments}"),
            None => return exe,
        };
        // The end of the arguments matters less than the path of the program.
        let room = page.width.map(room).filter(|room| exe.width() < *room);
        room.map_or(command.clone(), |room| end_cut(&command, room))
    });
    [
        Some(format!("PID {}", process.pid)),
        user.map(|user| format!("user {user}")),
        up(process, page).map(|seconds| format!("up {}", units::age(seconds))),
        program,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns the arguments of a process that is proven to be the daemon. Those of another
/// one do not belong in a report on this daemon.
fn arguments(process: &LiveProcess, verdict: Verdict) -> Option<String> {
    let arguments = (verdict == Verdict::Verified).then_some(process.arguments.as_deref()?)?;
    (!arguments.is_empty()).then(|| arguments.to_owned())
}

/// Returns where the daemon listens, and how long its answer took.
fn sockets(report: &Report, page: &Page) -> Vec<String> {
    let target = &report.target;
    // What answers in place of the daemon is no proof of it.
    let is_proof =
        |nonce: &&Check| nonce.outcome == Outcome::Pass && report.verdict == Verdict::Verified;
    let answered = report.check(CheckId::Nonce).filter(is_proof);
    let connected = report.check(CheckId::Endpoint);
    let time = answered
        .zip(connected)
        .map(|(nonce, endpoint)| nonce.elapsed + endpoint.elapsed);
    let socket = match &target.endpoint {
        Some(endpoint) if !endpoint.path.is_empty() => {
            Some(format!("{} {}", Words::HERE.socket(), endpoint.path))
        }
        _ if target.listeners.is_empty() => None,
        _ => Some(format!("listens on {}", target.listeners.join(", "))),
    };
    let socket = socket.map(|socket| page.short_paths(&socket));
    let time = time.map(|time| format!("answered in {}", units::elapsed(time)));
    socket.into_iter().chain(time).collect()
}

/// Returns the room for a fact on a line, with a comma after it.
fn room(width: usize) -> usize {
    width.saturating_sub(INDENT.len() + 1)
}

/// Returns a line of facts, several if they do not fit; a long one is shortened in the middle.
fn line(facts: &[String], page: &Page) -> Option<String> {
    let room = page
        .width
        .map(|width| width.saturating_sub(INDENT.len() + 1));
    let shown = facts.iter().map(|fact| {
        let fact = page.short_paths(&sanitize::line(fact));
        room.map_or(fact.clone(), |room| middle_cut(&fact, room))
    });
    let shown: Vec<String> = shown.collect();
    let mut text = shown.first()?.clone();
    let mut used = text.width();
    for fact in &shown[1..] {
        let length = fact.width();
        if room.is_some_and(|room| used + 2 + length > room) {
            text = format!("{text},\n{INDENT}{fact}");
            used = length;
        } else {
            text = format!("{text}, {fact}");
            used += 2 + length;
        }
    }
    Some(format!("{INDENT}{text}"))
}
