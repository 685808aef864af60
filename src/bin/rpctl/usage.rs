//! Errors of the command line itself, which clap finds before any command runs.

use std::env;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::process;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, ValueEnum};

use crate::args::{Cli, ColorWhen, ExitArgs, Format, OUTPUT_VARIABLE, has_exit_style};
use crate::exit_code::{ExitCode, ExitStyle};
use crate::failure;
use crate::output::{Output, tell, unless_unread};
use crate::render::{Trouble, sanitize};

/// Report what clap says: help and version are no errors.
pub(crate) fn report(error: clap::Error) -> process::ExitCode {
    let words: Vec<String> = env::args_os().map(|word| shown(&word)).collect();
    let mut error = harmless(error, &words);
    if !error.use_stderr() {
        return ExitStyle::default().status(show(&error));
    }
    hide_commands(&mut error);
    let format = format(&words);
    let style = style(&words, format);
    let output = Output::of_usage(format, style);
    let command = command(&words);
    let hint = match &command {
        Some(name) => format!("rpctl {name} --help shows its options"),
        None => "rpctl --help shows the commands and their options".to_owned(),
    };
    if !output.is_all_there_is() {
        print(&error);
    }
    output.print_trouble(&Trouble {
        command: command.as_deref(),
        exit_code: style.number(ExitCode::Usage),
        code: ExitCode::Usage,
        kind: "usage",
        message: &message(&error),
        hint: Some(&hint),
        candidates: &[],
    });
    style.status(ExitCode::Usage)
}

/// Show a help or the version.
fn show(help: &clap::Error) -> ExitCode {
    let shown = help.print().and_then(|()| io::stdout().flush());
    match unless_unread(shown) {
        Err(error) => {
            failure::say_unwritten(&error);
            ExitCode::Internal
        }
        Ok(()) => ExitCode::Proven,
    }
}

/// What help does not show is no suggestion either.
fn hide_commands(error: &mut clap::Error) {
    if let Some(ContextValue::Strings(mut names)) = error.remove(ContextKind::ValidSubcommand) {
        let program = Cli::command();
        let is_shown = |name: &String| {
            let command = program.find_subcommand(name);
            command.is_none_or(|command| !command.is_hide_set())
        };
        names.retain(is_shown);
        error.insert(ContextKind::ValidSubcommand, ContextValue::Strings(names));
    }
}

/// The same error about harmless words, in the colours they ask for: the name of a
/// file may have become an argument.
fn harmless(error: clap::Error, words: &[String]) -> clap::Error {
    let definition = Cli::definition().color(color(words).into());
    let parsed = definition.try_get_matches_from(words);
    parsed.err().unwrap_or(error)
}

/// The colours that a command line asks for which could not be parsed.
fn color(words: &[String]) -> ColorWhen {
    let named = value_of(words, "--color", None);
    let when = named.and_then(|name| ColorWhen::from_str(&name, false).ok());
    when.unwrap_or(ColorWhen::Auto)
}

/// The command in a command line that is otherwise not understood.
fn command(words: &[String]) -> Option<String> {
    let definition = Cli::definition().ignore_errors(true);
    let matches = definition.try_get_matches_from(words).ok()?;
    matches.subcommand_name().map(str::to_owned)
}

fn shown(word: &OsStr) -> String {
    sanitize::line(&word.to_string_lossy())
}

/// In the colours that are asked for where nothing in it could steer a terminal,
/// else in none.
fn print(error: &clap::Error) {
    let text = error.render().to_string();
    let lines: Vec<String> = text.lines().map(sanitize::line).collect();
    if text.lines().eq(&lines) {
        let _ = error.print();
    } else {
        tell(&lines.join("\n"));
    }
}

/// What clap says before it explains the usage and where help is, in one line.
fn message(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let (said, _) = text.split_once("\nUsage:").unwrap_or((&text, ""));
    let (said, _) = said
        .split_once("\nFor more information")
        .unwrap_or((said, ""));
    let lines: Vec<&str> = said
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    let lines = lines.join("; ").replace(":; ", ": ");
    lines.trim_start_matches("error: ").to_owned()
}

/// The form that a command line asks for which could not be parsed.
fn format(words: &[String]) -> Format {
    if options(words).iter().any(|word| word == "--json") {
        return Format::Json;
    }
    let named = value_of(words, "--output", Some('o')).or_else(|| env::var(OUTPUT_VARIABLE).ok());
    let format = named.and_then(|name| Format::from_str(&name, false).ok());
    format
        .filter(|format| is_offered(words, *format))
        .unwrap_or(Format::Table)
}

/// Whether one of the words is a command with results in this form.
fn is_offered(words: &[String], format: Format) -> bool {
    let program = Cli::command();
    let has_verdicts = |word: &String| program.find_subcommand(word).is_some_and(has_exit_style);
    Format::OF_EVERYTHING.contains(&format) || words.iter().any(has_verdicts)
}

fn style(words: &[String], format: Format) -> ExitStyle {
    let named = value_of(words, "--exit-style", None);
    let exit_style = named.and_then(|name| ExitStyle::from_str(&name, false).ok());
    ExitArgs { exit_style }.style(format)
}

/// The words that may be options.
fn options(words: &[String]) -> &[String] {
    let end = words.iter().position(|word| word == "--");
    &words[..end.unwrap_or(words.len())]
}

/// The value of an option: `--output junit`, `--output=junit`, `-ojunit`, `-qo junit`.
fn value_of(words: &[String], long: &str, short: Option<char>) -> Option<String> {
    let words = options(words);
    words.iter().enumerate().find_map(|(at, word)| {
        let next = || words.get(at + 1).cloned();
        if let Some(rest) = word.strip_prefix(long) {
            return match rest.strip_prefix('=') {
                Some(value) => Some(value.to_owned()),
                None => rest.is_empty().then(next)?,
            };
        }
        // The one other short option that takes no value and ends nothing.
        let flags = word.strip_prefix('-')?.trim_start_matches('q');
        match flags.strip_prefix(short?)?.trim_start_matches('=') {
            "" => next(),
            value => Some(value.to_owned()),
        }
    })
}
