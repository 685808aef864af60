//! What clap cannot know: the services and records of the registry. The scripts
//! ask `rpctl complete` for them.
//!
//! PowerShell is left as it is: there is none here to try a change with.

use clap::{Arg, Command};

use crate::args::Shell;

/// Let a script offer the services and records of the registry.
pub(super) fn with_registry(shell: Shell, command: &Command, script: &str) -> String {
    let about_records: Vec<&str> = command
        .get_subcommands()
        .filter(|subcommand| subcommand.get_arguments().any(is_service))
        .map(Command::get_name)
        .collect();
    match shell {
        Shell::Bash => bash(&about_records, script),
        Shell::Zsh => zsh(script),
        Shell::Fish => fish(&about_records, script),
        Shell::Elvish => elvish(&about_records, script),
        Shell::Nushell => nushell(script),
        Shell::Powershell => script.to_owned(),
    }
}

/// How the option that names a service of the registry shows its value.
const SERVICE: &str = "NAME[@VERSION]";

fn is_service(argument: &Arg) -> bool {
    let names = argument.get_value_names();
    names.is_some_and(|names| names.iter().any(|name| name == SERVICE))
}

fn bash(about_records: &[&str], script: &str) -> String {
    let sections: Vec<String> = about_records
        .iter()
        .map(|name| format!("rpctl__subcmd__{})", name.replace('-', "__subcmd__")))
        .collect();
    let mut is_inside = false;
    let mut before = "";
    edited(script, |line| {
        let words = line.trim();
        if words.ends_with(')') && words.starts_with("rpctl__") {
            is_inside = sections.iter().any(|section| section == words);
        }
        let is_service = before == "--service)";
        before = words;
        let records = "$(command rpctl complete records 2>/dev/null)";
        let services = "$(command rpctl complete services 2>/dev/null)";
        if is_inside && words.starts_with("opts=\"") {
            line.replace("opts=\"", &format!("opts=\"{records} "))
        } else if is_inside && is_service {
            line.replace("-f ", &format!("-W \"{services}\" -- "))
        } else {
            line.to_owned()
        }
    })
}

fn zsh(script: &str) -> String {
    const FUNCTIONS: &str = r#"_rpctl_services() {
    local -a services; services=(${(f)"$(command rpctl complete services 2>/dev/null)"})
    compadd -a services
}
_rpctl_records() {
    local -a records; records=(${(f)"$(command rpctl complete records 2>/dev/null)"})
    _alternative 'records:record:compadd -a records' 'files:file:_files'
}

"#;
    const LAST: &str = "if [ \"$funcstack[1]\" = \"_rpctl\" ]; then";
    let service = format!(":{SERVICE}:");
    edited(script, |line| {
        let is_record = line.starts_with("'*::records ") || line.starts_with("'::record ");
        if line.contains(&service) {
            line.replace(":_default'", ":_rpctl_services'")
        } else if is_record {
            line.replace(":_files'", ":_rpctl_records'")
        } else if line == LAST {
            format!("{FUNCTIONS}{line}")
        } else {
            line.to_owned()
        }
    })
}

fn fish(about_records: &[&str], script: &str) -> String {
    let of = |name: &str| format!("complete -c rpctl -n \"__fish_rpctl_using_subcommand {name}\"");
    let is_service = |line: &str| {
        line.contains(" -l service ")
            && about_records.iter().any(|name| line.starts_with(&of(name)))
    };
    let mut script = edited(script, |line| {
        if is_service(line) {
            format!("{line} -f -a \"(command rpctl complete services 2>/dev/null)\"")
        } else {
            line.to_owned()
        }
    });
    for name in about_records {
        script += &of(name);
        script += " -a \"(command rpctl complete records 2>/dev/null)\"\n";
    }
    script
}

fn elvish(about_records: &[&str], script: &str) -> String {
    let commands: Vec<String> = about_records
        .iter()
        .map(|name| format!("'rpctl;{name}'"))
        .collect();
    let commands = commands.join(" ");
    edited(script, |line| {
        if line.trim() == "$completions[$command]" {
            format!(
                "    var names = {{|kind| e:rpctl complete $kind 2>/dev/null | from-lines }}
    if (not (has-value [{commands}] $command)) {{
        $completions[$command]
    }} elif (==s $words[-2] --service) {{
        $names services
    }} else {{
        $completions[$command]
        $names records
        edit:complete-filename $words[-1]
    }}"
            )
        } else {
            line.to_owned()
        }
    })
}

fn nushell(script: &str) -> String {
    const FUNCTIONS: &str = r#"
  def "nu-complete rpctl services" [] {
    ^rpctl complete services | lines
  }

  def "nu-complete rpctl records" [context: string] {
    let word = $context | split row ' ' | last
    let records = ^rpctl complete records | lines | where {|record| $record starts-with $word}
    if ($records | is-empty) { null } else { $records }
  }
"#;
    edited(script, |line| {
        let words = line.trim_start();
        if words.starts_with("--service: ") && words.contains("# The record of a service in") {
            line.replace("string ", "string@\"nu-complete rpctl services\" ")
        } else if words.starts_with("...records: ") || words.starts_with("record?: ") {
            line.replacen("path ", "path@\"nu-complete rpctl records\" ", 1)
        } else if line == "module completions {" {
            format!("{line}\n{FUNCTIONS}")
        } else {
            line.to_owned()
        }
    })
}

fn edited<'a>(script: &'a str, mut edit: impl FnMut(&'a str) -> String) -> String {
    let mut edited = String::with_capacity(script.len() * 2);
    for line in script.lines() {
        edited += &edit(line);
        edited.push('\n');
    }
    edited
}
