//! What the tests ask of rpctl and of the peers.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::builds::{PEER_BLAKE3, PEER_SHA256, RPCTL};
use crate::running::Daemon;

/// A release of `running-process`, as a program that plays daemon and client.
pub struct Release {
    /// What rpctl calls its generation: the value of `--digest`, and the first
    /// word of a digest in a report.
    pub digest: &'static str,
    peer: &'static LazyLock<PathBuf>,
}

/// 4.4.0.
pub static SHA256: Release = Release {
    digest: "sha256",
    peer: &PEER_SHA256,
};

/// 4.10.21.
pub static BLAKE3: Release = Release {
    digest: "blake3",
    peer: &PEER_BLAKE3,
};

impl Release {
    /// The release of the other generation.
    pub fn other(&self) -> &'static Self {
        if self.digest == SHA256.digest {
            &BLAKE3
        } else {
            &SHA256
        }
    }

    /// A daemon made with this release, with its files in `home`.
    pub fn daemon(&self, home: &TempDir) -> Daemon {
        self.daemon_of_kind("daemon", home)
    }

    /// A daemon of a kind of its own.
    pub fn daemon_of_kind(&self, kind: &str, home: &TempDir) -> Daemon {
        start(self.command(kind, home).stdin(Stdio::piped()))
    }

    /// The program made with this release.
    pub fn program(&self) -> &Path {
        self.peer
    }

    /// The command that plays a daemon of a kind, with its files in `home`.
    pub fn command(&self, kind: &str, home: &TempDir) -> Command {
        command_of(self.program(), kind, home)
    }

    /// What a client made with this release prints about a file; `Ok` when it
    /// accepts the file.
    pub fn ask(&self, command: &str, file: &Path) -> Result<String, String> {
        let output = Command::new(self.program()).arg(command).arg(file).output();
        let output = output.expect("the peer can be run");
        let printed = String::from_utf8(output.stdout).expect("peers print text");
        let printed = printed.trim_end().to_owned();
        match output.status.code() {
            Some(0) => Ok(printed),
            Some(1) => Err(printed),
            _ => panic!("{command} ended with {}", output.status),
        }
    }
}

/// The command that plays a daemon with a copy of the program of a release.
pub fn command_of(program: &Path, kind: &str, home: &TempDir) -> Command {
    let mut command = Command::new(program);
    command.arg(kind).arg(home.path());
    command.env("XDG_RUNTIME_DIR", home.path());
    command
}

/// The daemon that a command becomes.
pub fn start(command: &mut Command) -> Daemon {
    let child = command.stdout(Stdio::piped()).spawn();
    Daemon::once_ready(child.expect("the peer can be run"), announced_records)
}

fn announced_records(stdout: ChildStdout) -> BTreeMap<String, PathBuf> {
    let mut records = BTreeMap::new();
    for line in BufReader::new(stdout).lines() {
        let line = line.expect("peers print text");
        if line == "ready" {
            return records;
        }
        let (name, path) = line.split_once(' ').expect("a record has a path");
        records.insert(name.to_owned(), path.into());
    }
    panic!("the daemon ended before it was ready");
}

/// rpctl as a daemon, in the directory `home`.
pub fn spawn_self(home: &TempDir, options: &[&str]) -> Daemon {
    let child = rpctl()
        .args(["spawn-self", "--foreground", "--json"])
        .args(["--idle-timeout", "1h", "--endpoint", "socket"])
        .args(options)
        .current_dir(home)
        .env("RUNNING_PROCESS_MANIFEST_DIR", "registry")
        .stdout(Stdio::piped())
        .spawn()
        .expect("rpctl can be run");
    Daemon::once_ready(child, |stdout| {
        let mut said = serde_json::Deserializer::from_reader(stdout).into_iter::<Value>();
        let document = said.next().expect("rpctl says that it is ready");
        let document = document.expect("rpctl prints JSON");
        assert_eq!(document["exit_code"], 0, "{document:#}");
        let records = ["record", "sidecar"].into_iter().filter_map(|name| {
            let path = document["daemon"][name].as_str()?;
            Some((name.to_owned(), path.into()))
        });
        records.collect()
    })
}

/// The report of `rpctl probe` on a record, which agrees with its exit status.
pub fn probe(record: &Path) -> Value {
    let output = rpctl()
        .args(["probe", "--json", "--timeout", "10s"])
        .arg(record)
        .output()
        .expect("rpctl can be run");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report is JSON");
    assert_eq!(report["exit_code"], Value::from(output.status.code()));
    report
}

/// A record in another form, in a file next to it.
pub fn convert(record: &Path, form: &str, digest: &str) -> PathBuf {
    let output = rpctl()
        .args(["inspect-manifest", "--convert", form, "--digest", digest])
        .arg(record)
        .output()
        .expect("rpctl can be run");
    assert!(output.status.success(), "{output:?}");
    let converted = record.with_extension(format!("converted.{form}"));
    std::fs::write(&converted, output.stdout).expect("the directory can be written");
    converted
}

fn rpctl() -> Command {
    let mut rpctl = Command::new(&*RPCTL);
    rpctl.env_remove("RPCTL_OUTPUT");
    rpctl
}
