//! One page: what clap knows, and what only people can say.

use std::fmt::Write;
use std::io;

use clap::Command;
use clap_mangen::Man;

use super::{examples, text, tidy};
use crate::args::has_exit_style;
use crate::exit_code::{ExitCode, ExitStyle};

/// When the manual last changed in substance.
const DATE: &str = "2026-11-24";

const SOURCE: &str = concat!("rpctl ", env!("CARGO_PKG_VERSION"));

/// `rpctl.1`, `rpctl-probe.1`.
pub(super) fn file_name(command: &Command) -> String {
    format!("{}.1", name(command))
}

fn name(command: &Command) -> &str {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
}

pub(super) fn render(command: &Command) -> io::Result<String> {
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
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    page.extend(synopsis(&command).into_bytes());
    man.render_description_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    man.render_options_section(&mut page)?;
    let mut page = String::from_utf8_lossy(&page).into_owned();
    page += &exit_status(command.get_name());
    if has_exit_style(&command) {
        page += &exit_styles();
    }
    page += text::ENVIRONMENT;
    page += text::FILES;
    page += &examples::section(&command);
    page += &see_also(name(&command));
    Ok(tidy::tidy(&page))
}

/// As help says it, where every option would make a line that nobody reads.
fn synopsis(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").replace('-', "\\-");
    let lines: Vec<&str> = usage.lines().map(str::trim).collect();
    format!(".SH SYNOPSIS\n{}\n", lines.join("\n.br\n"))
}

fn exit_status(command: &str) -> String {
    let mut section = ".SH \"EXIT STATUS\"\n".to_owned();
    for (number, meaning) in ExitCode::meanings(command) {
        // Writing to a string cannot fail.
        let _ = write!(section, ".TP 4\n.B {number}\n{meaning}\n");
    }
    section + text::UNWRITTEN
}

/// What the other conventions make of it.
fn exit_styles() -> String {
    let table = ExitStyle::table();
    let rows: Vec<&str> = table.lines().map(str::trim_start).collect();
    format!(
        ".PP\nWith\n.B \\-\\-exit\\-style\nthe same follows another convention, also in documents:\n\
         .PP\n.RS 4\n.nf\n{}\n.fi\n.RE\n",
        rows.join("\n")
    )
}

/// The other pages that every reader may want.
fn see_also(name: &str) -> String {
    let pages = [
        ("rpctl", 1),
        ("rpctl-probe", 1),
        ("rpctl-manifest", 5),
        ("rpctl-protocol", 7),
    ];
    let others: Vec<String> = pages
        .iter()
        .filter(|(other, _)| *other != name)
        .map(|(other, section)| format!(".BR {} ({section})", other.replace('-', "\\-")))
        .collect();
    format!(".SH \"SEE ALSO\"\n{}\n", others.join(",\n"))
}
