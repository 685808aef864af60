//! Errors of the command line, which clap finds before any command runs.

use std::env;
use std::io::{self, Write};
use std::process;

use clap::error::{ContextKind, ContextValue};
use clap::{ArgMatches, ColorChoice};

use crate::args::{Cli, ExitArgs, Format, OUTPUT_VARIABLE};
use crate::exit_code::{ExitCode, ExitStyle};
use crate::failure::Failure;
use crate::output::{accept_closed_pipe, eprint_line, eprint_unwritten, error_report, print_json};
use crate::render::sanitize;

/// Reports an error from clap, and returns the exit status. The help and the version are
/// such errors as well.
pub(crate) fn report(error: clap::Error) -> process::ExitCode {
    let words: Vec<String> = env::args_os()
        .map(|word| sanitize::line(&word.to_string_lossy()))
        .collect();
    let matches = matches(&words);
    let color = matches
        .as_ref()
        .and_then(|matches| matches.get_one("color"));
    let mut error = harmless(error, &words, color.copied().unwrap_or_default());
    if !error.use_stderr() {
        return ExitStyle::default().status(print_help(&error));
    }
    hide_commands(&mut error);
    print(&error);
    let style = style(matches.as_ref());
    if asks_for_json(&words) {
        let command = matches.as_ref().and_then(ArgMatches::subcommand_name);
        print_json(&error_report(command, failure(&error, command), style));
    }
    style.status(ExitCode::Usage)
}

fn failure(error: &clap::Error, command: Option<&str>) -> Failure {
    Failure::new(ExitCode::Usage, "usage", message(error)).hint(match command {
        Some(name) => format!("rpctl {name} --help shows its options"),
        None => "rpctl --help shows the commands and their options".to_owned(),
    })
}

/// Prints the help or the version, and returns the exit code.
fn print_help(help: &clap::Error) -> ExitCode {
    let printed = help.print().and_then(|()| io::stdout().flush());
    match accept_closed_pipe(printed) {
        Err(error) => {
            eprint_unwritten(&error);
            ExitCode::Internal
        }
        Ok(()) => ExitCode::Proven,
    }
}

/// Removes the commands that the help does not show from the suggestions.
fn hide_commands(error: &mut clap::Error) {
    if let Some(ContextValue::Strings(mut names)) = error.remove(ContextKind::ValidSubcommand) {
        let program = Cli::documented();
        let is_shown = |name: &String| {
            let command = program.find_subcommand(name);
            command.is_none_or(|command| !command.is_hide_set())
        };
        names.retain(is_shown);
        error.insert(ContextKind::ValidSubcommand, ContextValue::Strings(names));
    }
}

/// Returns the error about escaped arguments, because an argument may be the name of a
/// file that another user chose.
fn harmless(error: clap::Error, words: &[String], color: ColorChoice) -> clap::Error {
    let parsed = Cli::definition().color(color).try_get_matches_from(words);
    parsed.err().unwrap_or(error)
}

/// Returns the arguments before the one that clap does not accept.
fn matches(words: &[String]) -> Option<ArgMatches> {
    let definition = Cli::definition()
        .ignore_errors(true)
        .disable_help_flag(true);
    definition.try_get_matches_from(words).ok()
}

fn style(matches: Option<&ArgMatches>) -> ExitStyle {
    let format = matches.and_then(|matches| matches.get_one("output"));
    let (_, matches) = matches.and_then(ArgMatches::subcommand).unzip();
    // Not every command has this option.
    let exit_style = matches.and_then(|matches| matches.try_get_one("exit_style").ok()?);
    let exit = ExitArgs {
        exit_style: exit_style.copied(),
    };
    exit.style(format.copied().unwrap_or(Format::Table))
}

/// Prints the error to standard error: in colour, unless it contains characters that could
/// control a terminal.
fn print(error: &clap::Error) {
    let text = error.render().to_string();
    let lines: Vec<String> = text.lines().map(sanitize::line).collect();
    if text.lines().eq(&lines) {
        let _ = error.print();
    } else {
        eprint_line(&lines.join("\n"));
    }
}

/// Returns the message of the error, without the usage and the reference to the help, in
/// one line.
fn message(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let (text, _) = text.split_once("\nUsage:").unwrap_or((&text, ""));
    let (text, _) = text
        .split_once("\nFor more information")
        .unwrap_or((text, ""));
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let lines = lines.join("; ").replace(":; ", ": ");
    lines.trim_start_matches("error: ").to_owned()
}

/// Returns whether a command line that clap cannot parse asks for JSON. Programs get JSON
/// on every path; the errors in other formats are text.
fn asks_for_json(words: &[String]) -> bool {
    let end = words.iter().position(|word| word == "--");
    let words = &words[..end.unwrap_or(words.len())];
    let mut named = None;
    for (at, word) in words.iter().enumerate() {
        named = match output_value(word) {
            _ if word == "--json" => return true,
            Some("") => words.get(at + 1).map(String::as_str),
            value => value.or(named),
        };
    }
    let variable = env::var(OUTPUT_VARIABLE).ok();
    named.or(variable.as_deref()) == Some("json")
}

/// Returns the value in a word that is the option for the format; it is empty if the next
/// word is the value: `--output=json`, `--output json`, `-ojson`, `-o json`, `-qojson`.
fn output_value(word: &str) -> Option<&str> {
    if let Some(value) = word.strip_prefix("--output") {
        return value
            .strip_prefix('=')
            .or_else(|| value.is_empty().then_some(value));
    }
    // The other short options of every command take no value.
    let flags = word.strip_prefix('-')?.trim_start_matches(['q', 'v']);
    Some(flags.strip_prefix('o')?.trim_start_matches('='))
}
