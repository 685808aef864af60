//! The tables in Markdown, as `docs/performance.md` has them.

use std::fmt::Display;

use crate::line::{Cell, CommandLine, Line};

/// The heading of the table of the crate, and its first lines.
pub const CRATE: &str = "\
### Next to the established client

| work | digest | floor | rpctl | ÷ floor | the crate | ÷ rpctl |
|---|---|---|---|---|---|---|
";

/// The heading of the table of commands, and its first lines.
pub const COMMANDS: &str = "\
### Next to the tools for PID files

| command | what its success proves | time | compared |
|---|---|---|---|
";

/// Returns the text between the marks of the page.
pub fn section(lines: &[Line], commands: &[CommandLine], machine: &str) -> String {
    let (lines, commands) = (rows(lines), rows(commands));
    format!(
        "{CRATE}{lines}\n{COMMANDS}{commands}\nMedians, and the best in parentheses; {machine}."
    )
}

fn rows<T: Display>(lines: &[T]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            work,
            record,
            floor,
            rpctl,
            established,
        } = self;
        let of_floor = ratio(rpctl, floor);
        let of_rpctl = ratio(established, rpctl);
        write!(
            f,
            "| {work} | {record} | {floor} | {rpctl} | {of_floor} | {established} | {of_rpctl} |"
        )
    }
}

/// Returns how many times longer the first took; nothing if one of them has no time.
fn ratio(longer: &Cell, shorter: &Cell) -> String {
    match (longer.median(), shorter.median()) {
        (Some(longer), Some(shorter)) if !shorter.is_zero() => {
            let ratio = longer.div_duration_f64(shorter);
            let decimals = if ratio < 10.0 { 2 } else { 0 };
            format!("{ratio:.decimals$}")
        }
        _ => String::new(),
    }
}
