//! `rpctl inspect-manifest`.

use anyhow::Result;
use rpctl::record::{self, Content, DigestChoice, Finding, Format, LoadError, Record, SaveError};
use rpctl::{Outcome, Target};

use super::load::load;
use crate::args::{Digest, Form, InspectArgs};
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::{Output, is_terminal};
use crate::render::{Inspection, sanitize};
use crate::selection::{Candidates, select_one};
use crate::suggestions;

pub(super) fn run(args: &InspectArgs, output: &Output) -> Result<ExitCode> {
    let path = select_one(&args.target, Candidates::All)?;
    let named = path.to_string_lossy();
    let record = load(&path).map_err(|error| unreadable(&named, error))?;
    match args.convert {
        Some(form) => convert(&record, form, args.digest.into(), output),
        None => Ok(show(&record, &named, output)),
    }
}

/// Describes an error with the file it is about. Some errors name the file themselves.
fn unreadable(named: &str, error: LoadError) -> Failure {
    let names_file = matches!(
        error,
        LoadError::NotFound(_) | LoadError::NotRegular { .. } | LoadError::Io { .. }
    );
    let alike = match &error {
        LoadError::NotFound(path) => suggestions::files_like(path),
        _ => Vec::new(),
    };
    let mut failure = Failure::from(error).candidates(alike);
    if !names_file {
        let file = if named == "-" {
            "standard input"
        } else {
            named
        };
        failure.message = format!("{file}: {}", failure.message);
    }
    failure
}

fn show(record: &Record, named: &str, output: &Output) -> ExitCode {
    let (code, state) = match (fault(record), record.findings.as_slice()) {
        (Some(_), _) => (ExitCode::InvalidRecord, "invalid"),
        (None, []) => (ExitCode::Proven, "valid"),
        (None, _) => (ExitCode::Proven, "valid, with warnings"),
    };
    let hint = "have the daemon write its record again; rpctl does not trust this one";
    let hints = fault(record).map(|_| hint.to_owned()).into_iter().collect();
    let summary = format!(
        "{state}: {}{}",
        subject(record),
        record.format.description()
    );
    let mut target = Target::from(record);
    target.record = Some(named.to_owned());
    output.print(&Inspection {
        code,
        summary,
        hints,
        target,
        size_bytes: record.size,
        findings: &record.findings,
        record: &record.content,
    })
}

/// Returns the first finding that makes a record invalid.
fn fault(record: &Record) -> Option<&Finding> {
    let mut findings = record.findings.iter();
    findings.find(|finding| finding.outcome == Outcome::Fail)
}

/// Returns `zccache 1.15.8, ` if the record names a service.
fn subject(record: &Record) -> String {
    match record.service() {
        ("", "") => String::new(),
        (name, "") => format!("{name}, "),
        (name, version) => format!("{name} {version}, "),
    }
}

fn convert(record: &Record, form: Form, digest: DigestChoice, output: &Output) -> Result<ExitCode> {
    if let Some(fault) = fault(record) {
        let detail = &fault.detail;
        let message = format!("the record is invalid and was not converted: {detail}");
        let failure = Failure::new(ExitCode::InvalidRecord, "invalid_record", message);
        return Err(failure
            .hint("rpctl inspect-manifest without --convert shows every fault")
            .into());
    }
    if form == Form::Protobuf && is_terminal() {
        let message = "protobuf is binary, and standard output is a terminal";
        return Err(Failure::new(ExitCode::Usage, "binary_to_terminal", message)
            .hint("send it to a file: --convert protobuf > record.pb")
            .into());
    }
    let format = format_of(&record.content, form);
    let bytes = encode(&record.content, format, digest).map_err(|error| not_convertible(&error))?;
    output.print_record("record", &bytes)
}

fn format_of(content: &Content, form: Form) -> Format {
    match (form, content) {
        (Form::Json, Content::Manifest(_)) => Format::ManifestJson,
        (Form::Json, Content::Process(_)) => Format::ProcessRecord,
        (Form::Protobuf, Content::Manifest(_)) => Format::ManifestProtobuf,
        (Form::Protobuf, _) => Format::DaemonProtobuf,
        (Form::Json | Form::Sidecar, _) => Format::SidecarJson,
    }
}

/// Encodes a record. JSON is made harmless for terminals: the record is untrusted text,
/// and a JSON string can escape any character.
fn encode(content: &Content, format: Format, digest: DigestChoice) -> Result<Vec<u8>, SaveError> {
    let bytes = record::encode(content, format, digest)?;
    match format {
        Format::ManifestJson | Format::SidecarJson | Format::ProcessRecord => {
            let harmless = sanitize::json(&String::from_utf8_lossy(&bytes)).into_bytes();
            record::load_bytes(&harmless).map_err(SaveError::Unreadable)?;
            Ok(harmless)
        }
        Format::ManifestProtobuf | Format::DaemonProtobuf | Format::PidFile => Ok(bytes),
    }
}

fn not_convertible(error: &SaveError) -> Failure {
    let hint = match error {
        SaveError::PidFile(_) => {
            "rpctl record --pid-file writes a record of the process that it names"
        }
        SaveError::ProcessRecord(_) => "--convert json keeps everything the record holds",
        SaveError::Unreadable(_) => "protobuf takes the least room: --convert protobuf",
        _ => "--convert json and --convert protobuf keep everything the record holds",
    };
    Failure::new(ExitCode::Usage, "not_convertible", error.to_string()).hint(hint)
}

impl From<Digest> for DigestChoice {
    fn from(digest: Digest) -> Self {
        match digest {
            Digest::Sha256 => Self::Sha256,
            Digest::Blake3 => Self::Blake3,
        }
    }
}
