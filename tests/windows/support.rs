//! A place for the files of one test, and the program under test.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use tempfile::TempDir;

/// The number of the next pipe.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// The error that Wine has at times when several processes are started at once.
const INTERNAL_ERROR: i32 = 1359;

/// Starts a process, again if Wine fails for no fault of the caller.
pub(crate) fn started<T>(mut start: impl FnMut() -> io::Result<T>) -> T {
    for _ in 0..20 {
        match start() {
            Err(error) if error.raw_os_error() == Some(INTERNAL_ERROR) => {
                std::thread::yield_now();
            }
            started => return started.unwrap(),
        }
    }
    start().unwrap()
}

/// A directory of its own, which is the home of the program.
pub(crate) struct World(TempDir);

impl World {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Returns the name of a pipe that no other test has.
    pub(crate) fn pipe(&self) -> String {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        format!("rpctl-test-{}-{number}", std::process::id())
    }

    /// Returns the directory of manifests, in place of the user's.
    pub(crate) fn registry(&self) -> PathBuf {
        let path = self.path("running-process").join("manifests");
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    /// Runs the program to its end, with time for a busy machine.
    pub(crate) fn rpctl(&self, arguments: &[&str]) -> Run {
        let mut arguments = arguments.to_vec();
        let times: &[&str] = match arguments[0] {
            "probe" | "list" | "prune" => &["--timeout=30s"],
            "shutdown" | "kill" => &["--timeout=30s", "--probe-timeout=30s"],
            _ => &[],
        };
        let is_chosen = arguments.iter().any(|it| it.contains("timeout"));
        if !is_chosen {
            arguments.extend(times);
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_rpctl"));
        command
            .args(&arguments)
            .env("APPDATA", self.0.path())
            .env("LOCALAPPDATA", self.0.path())
            .env("USERPROFILE", self.0.path())
            .env_remove("RUNNING_PROCESS_MANIFEST_DIR")
            .stdin(Stdio::null());
        let output = started(|| command.output());
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub(crate) fn probe(&self, record: &Path) -> Run {
        self.rpctl(&["probe", "--json", record.to_str().unwrap()])
    }

    /// Writes the record of a daemon, altered by `edit`.
    pub(crate) fn edited(&self, record: &Path, edit: impl FnOnce(&mut Value)) -> PathBuf {
        let mut document = read(record);
        edit(&mut document);
        let path = self.path("edited.json");
        std::fs::write(&path, document.to_string()).unwrap();
        path
    }
}

pub(crate) fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A program that has run to its end.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    /// Asserts how a probe ended, by process and by document.
    #[track_caller]
    pub(crate) fn assert_verdict(&self, code: i32, verdict: &str, reason: Option<&str>) -> Value {
        let document = self.json();
        let found = (
            self.code,
            document["verdict"].as_str(),
            document["reason"].as_str(),
        );
        let expected = (Some(code), Some(verdict), reason);
        assert_eq!(found, expected, "{document:#}");
        document
    }

    /// Asserts that a command has refused, with a word of its reason.
    #[track_caller]
    pub(crate) fn assert_refused(&self, word: &str) {
        let document = self.json();
        assert_eq!(document["action"]["outcome"], "refused", "{document:#}");
        let text = document.to_string();
        assert!(text.contains(word), "{document:#}");
    }
}

/// Returns the checks with any of these outcomes, in report order.
pub(crate) fn checks_with(document: &Value, outcomes: &[&str]) -> Vec<String> {
    let checks = document["checks"].as_array().unwrap();
    let has = |check: &&Value| outcomes.contains(&check["outcome"].as_str().unwrap());
    let name = |check: &Value| check["check"].as_str().unwrap().to_owned();
    checks.iter().filter(has).map(name).collect()
}

pub(crate) fn failed(document: &Value) -> Vec<String> {
    checks_with(document, &["fail", "unknown"])
}

pub(crate) fn check<'a>(document: &'a Value, id: &str) -> &'a Value {
    let checks = document["checks"].as_array().unwrap();
    checks.iter().find(|check| check["check"] == id).unwrap()
}
