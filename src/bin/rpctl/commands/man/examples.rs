//! The examples at the end of a help, as a section of its page.

use clap::Command;

/// How code is set off from text in a help.
const CODE: &str = "      ";
const TEXT: &str = "  ";

pub(super) fn section(command: &Command) -> String {
    let help = command.get_after_long_help().map(ToString::to_string);
    let help = help.unwrap_or_default();
    let examples = help.split_once("Examples:\n").map_or("", |(_, rest)| rest);
    let mut lines = vec![".SH EXAMPLES".to_owned()];
    let mut is_code = false;
    for line in examples.lines() {
        let code = line.strip_prefix(CODE);
        if code.is_some() && !is_code {
            lines.push(".PP\n.RS 4\n.nf".to_owned());
        } else if code.is_none() && is_code {
            lines.push(".fi\n.RE\n.PP".to_owned());
        }
        is_code = code.is_some();
        let text = code.or_else(|| line.strip_prefix(TEXT));
        lines.extend(text.map(escaped));
    }
    if is_code {
        lines.push(".fi\n.RE".to_owned());
    }
    lines.join("\n") + "\n"
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\e")
        .replace('-', "\\-")
        .replace('\'', "\\(aq")
}
