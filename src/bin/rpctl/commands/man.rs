//! `rpctl man`: the pages of section 1, from the argument definitions and a template.

use std::fmt::Write;
use std::io;

use anyhow::{Context, Result};
use clap::Command;
use clap_mangen::Man;

use crate::args::{Cli, ManArgs, has_exit_style};
use crate::exit_code::{ExitCode, ExitStyle};
use crate::failure::Failure;
use crate::output::Output;

/// The page, with a name in braces for each part that differs between commands.
const TEMPLATE: &str = include_str!("man/page.man");

/// The day of the last change in substance.
const DATE: &str = "2026-11-29";

const SOURCE: &str = concat!("rpctl ", env!("CARGO_PKG_VERSION"));

/// The pages that every other page refers to.
const SEE_ALSO: [(&str, u8); 4] = [
    ("rpctl", 1),
    ("rpctl-probe", 1),
    ("rpctl-manifest", 5),
    ("rpctl-protocol", 7),
];

pub(super) fn run(args: &ManArgs, output: &Output) -> Result<ExitCode> {
    let commands = commands();
    let names: Vec<String> = commands.iter().map(file_name).collect();
    let page = match &args.page {
        None => format!("{}\n", names.join("\n")),
        Some(wanted) => {
            let Some(at) = names.iter().position(|name| name == wanted) else {
                let message = format!("there is no page {wanted}");
                return Err(Failure::new(ExitCode::Usage, "usage", message)
                    .hint("name one of those above")
                    .candidates(names)
                    .into());
            };
            page(&commands[at]).context("cannot make the page")?
        }
    };
    output.print_record("page", page.as_bytes())
}

/// Returns the program and the subcommands that are not hidden.
fn commands() -> Vec<Command> {
    let mut program = Cli::documented().disable_help_subcommand(true);
    program.build();
    let mut commands = vec![program.clone()];
    let subcommands = program.get_subcommands();
    commands.extend(subcommands.filter(|one| !one.is_hide_set()).cloned());
    commands
}

/// Returns the name of a page: `rpctl.1`, `rpctl-probe.1`.
fn file_name(command: &Command) -> String {
    format!("{}.1", name(command))
}

fn name(command: &Command) -> &str {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
}

fn page(command: &Command) -> io::Result<String> {
    let command = command
        .clone()
        .subcommand_value_name("command")
        .subcommand_help_heading("COMMANDS");
    let man = Man::new(command.clone())
        .title(name(&command).to_uppercase())
        .section("1")
        .date(DATE)
        .source(SOURCE)
        .manual("User Commands");
    let (mut head, mut body) = (Vec::new(), Vec::new());
    man.render_title(&mut head)?;
    man.render_name_section(&mut head)?;
    man.render_description_section(&mut body)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut body)?;
    }
    man.render_options_section(&mut body)?;
    let parts = [
        ("head", String::from_utf8_lossy(&head).into_owned()),
        ("synopsis", synopsis(&command)),
        ("body", String::from_utf8_lossy(&body).into_owned()),
        ("exit_status", exit_status(command.get_name())),
        ("exit_styles", exit_styles(&command)),
        ("examples", examples(&command)),
        ("see_also", see_also(name(&command))),
    ];
    let fill = |page: String, (name, text): &(&str, String)| {
        page.replace(&format!("{{{name}}}\n"), &format!("{text}\n"))
    };
    Ok(tidy(&parts.iter().fold(TEMPLATE.to_owned(), fill)))
}

/// Returns the usage as the help shows it: clap_mangen's has every option in one line.
fn synopsis(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").replace('-', "\\-");
    let lines: Vec<&str> = usage.lines().map(str::trim).collect();
    format!(".SH SYNOPSIS\n{}", lines.join("\n.br\n"))
}

fn exit_status(command: &str) -> String {
    let mut section = String::new();
    for (number, meaning) in ExitCode::meanings(command) {
        // Writing to a string cannot fail.
        let _ = write!(section, ".TP 4\n.B {number}\n{meaning}\n");
    }
    section
}

/// Returns the exit statuses in the other conventions, for commands that have them.
fn exit_styles(command: &Command) -> String {
    if !has_exit_style(command) {
        return String::new();
    }
    let table = ExitStyle::table();
    let rows: Vec<&str> = table.lines().map(str::trim_start).collect();
    format!(
        ".PP\nWith\n.BR \\-\\-exit\\-style ,\nthe exit status, also in documents, follows \
         another convention:\n.PP\n.RS 4\n.nf\n{}\n.fi\n.RE",
        rows.join("\n")
    )
}

/// Returns the examples at the end of a help.
fn examples(command: &Command) -> String {
    const CODE: &str = "      ";
    const TEXT: &str = "  ";
    let help = command.get_after_long_help().map(ToString::to_string);
    let help = help.unwrap_or_default();
    let examples = help.split_once("Examples:\n").map_or("", |(_, rest)| rest);
    let mut lines = Vec::new();
    let mut is_code = false;
    for line in examples.lines().chain([""]) {
        let code = line.strip_prefix(CODE);
        if code.is_some() && !is_code {
            lines.push(".PP\n.RS 4\n.nf".to_owned());
        } else if code.is_none() && is_code {
            lines.push(".fi\n.RE\n.PP".to_owned());
        }
        is_code = code.is_some();
        lines.extend(code.or_else(|| line.strip_prefix(TEXT)).map(escaped));
    }
    // A paragraph is between two examples.
    let examples = lines.join("\n");
    examples.strip_suffix("\n.PP").unwrap_or(&examples).into()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\e")
        .replace('-', "\\-")
        .replace('\'', "\\(aq")
}

fn see_also(name: &str) -> String {
    let others = SEE_ALSO.iter().filter(|(other, _)| *other != name);
    let others: Vec<String> = others
        .map(|(other, section)| format!(".BR {} ({section})", other.replace('-', "\\-")))
        .collect();
    others.join(",\n")
}

/// Removes what `mandoc -T lint` warns of: blanks at the ends of lines, empty lines,
/// doubled line breaks, and all definitions of the apostrophe but the first.
fn tidy(page: &str) -> String {
    let mut tidy: Vec<&str> = Vec::new();
    for line in page.lines().map(str::trim_end) {
        let is_doubled = line == ".br" && tidy.last() == Some(&".br");
        let is_repeated = is_apostrophe(line) && tidy.contains(&line);
        if !line.is_empty() && !is_doubled && !is_repeated {
            tidy.push(line);
        }
    }
    tidy.join("\n") + "\n"
}

/// Returns whether a line is of the definition that the roff crate puts before every part.
fn is_apostrophe(line: &str) -> bool {
    line.starts_with(".ie \\n(.g .ds Aq") || line.starts_with(".el .ds Aq")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_doubled_breaks_and_repeated_definitions_go() {
        let page = ".ie \\n(.g .ds Aq x\n.el .ds Aq '\na \n\n.br\n.br\nb\n\
                    .ie \\n(.g .ds Aq x\n.el .ds Aq '\nb\n.br\n";
        let expected = ".ie \\n(.g .ds Aq x\n.el .ds Aq '\na\n.br\nb\nb\n.br\n";
        assert_eq!(tidy(page), expected);
    }
}
