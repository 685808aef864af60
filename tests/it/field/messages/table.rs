//! The rows of the table, and the identities in them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use regex::Regex;
use rpctl::record::CacheManifest;
use rpctl::{DaemonProcess, Digest, ExeDigest};

use crate::support::{MAX_PID, Run, World};

pub(super) const OTHER_BOOT: &str = "11111111-1111-4111-8111-111111111111";

/// The rows of the table.
#[derive(Default)]
pub(super) struct Table {
    pub(super) text: String,
    pub(super) reasons: BTreeSet<String>,
    /// The situations that this system cannot make.
    lacking: Vec<&'static str>,
}

impl Table {
    /// Adds what the program says in a situation.
    pub(super) fn row(&mut self, situation: &str, world: &World, run: &Run) {
        let document = run.json();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let summary = match &document["summary"] {
            serde_json::Value::Null => text(&document["error"]["message"]),
            summary => text(summary),
        };
        self.reasons.insert(text(&document["reason"]));
        let hints = document["hints"].as_array().into_iter().flatten().map(text);
        self.said(situation, world, run, &summary, hints);
    }

    /// Adds a sentence and hints.
    pub(super) fn said(
        &mut self,
        situation: &str,
        world: &World,
        run: &Run,
        sentence: &str,
        hints: impl IntoIterator<Item = String>,
    ) {
        let code = run.code.unwrap();
        let sentence = plain(world, sentence);
        writeln!(self.text, "\n{situation} ({code})\n  {sentence}").unwrap();
        for hint in hints {
            writeln!(self.text, "    next: {}", plain(world, &hint)).unwrap();
        }
    }

    /// Leaves situations out that cannot be made here.
    pub(super) fn lacks(&mut self, situations: &[&'static str]) {
        self.lacking.extend(situations);
    }

    /// Returns the rows of a whole table without those that cannot be made here.
    pub(super) fn without_lacking(&self, whole: &str) -> String {
        let rows = whole.trim_start().split("\n\n").filter(|row| {
            let is_of = |situation: &&str| row.starts_with(&format!("{situation} ("));
            !self.lacking.iter().any(is_of)
        });
        format!("\n{}", rows.collect::<Vec<_>>().join("\n\n"))
    }

    /// Adds the report on an identity.
    pub(super) fn probed(&mut self, situation: &str, world: &World, identity: &DaemonProcess) {
        let record = world.sidecar("d.json", identity);
        self.row(situation, world, &world.probe(&record));
    }

    /// Adds the report on a manifest.
    pub(super) fn manifest(
        &mut self,
        situation: &str,
        world: &World,
        identity: &DaemonProcess,
        edit: impl FnOnce(&mut CacheManifest),
    ) {
        let record = world.manifest("d.json", identity, edit);
        self.row(situation, world, &world.probe(&record));
    }
}

/// Replaces what differs from run to run.
fn plain(world: &World, text: &str) -> String {
    let text = text.replace(world.path("").to_str().unwrap(), "/w/");
    let program = std::env::current_exe().unwrap();
    let text = text.replace(program.to_str().unwrap(), "/bin/daemon");
    // Its argument 0, if it is not started by way of env(1).
    let text = text.replace(env!("CARGO_BIN_EXE_rpctl"), "rpctl");
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    [
        (r"PID \d+", "PID N"),
        (r"-p [\d,]+", "-p N"),
        (r"--pid \d+", "--pid N"),
        (r"/\S*/python3[.0-9]*", "python3"),
        (r"/\S*/rpctl-test-\d+-", "/cgroup/"),
        (r"-CONT \d+", "-CONT N"),
        (r"/proc/\d+", "/proc/N"),
        (r"user ID \d+", "user ID N"),
        (r"parent \d+", "parent N"),
        (r"of \d+ bytes", "of N bytes"),
        (r"\d+(\.\d+)? (µs|ms|s)\b", "TIME"),
        (r"user [a-z_-]+\)", "user NAME)"),
        (r"\((it|/\S*it)-[0-9a-f]+", "(daemon"),
    ]
    .iter()
    .fold(text, |text, (pattern, by)| {
        Regex::new(pattern)
            .unwrap()
            .replace_all(&text, *by)
            .into_owned()
    })
}

pub(super) fn gone(identity: DaemonProcess) -> DaemonProcess {
    DaemonProcess {
        pid: MAX_PID,
        ..identity
    }
}

pub(super) fn digests(byte: Option<u8>) -> ExeDigest {
    let digest = byte.map(|byte| -> Digest { [byte; 32] });
    ExeDigest {
        sha256: digest,
        blake3: digest,
    }
}
