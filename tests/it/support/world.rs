//! A private directory with its own registry, and the program run in it.

use std::ffi::{OsStr, OsString};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use rpctl::record::{self, CacheManifest, Content, DigestChoice, Format};
use rpctl::{DaemonProcess, Endpoint, HostIdentity};
use serde_json::Value;
use tempfile::TempDir;

use super::client::PATIENCE;
use super::proc::Pinned;
use super::schema::assert_conforms;

/// The options of unshare(1) for mounts that no other process sees.
pub(crate) const MOUNTS: &[&str] = &["--mount", "--propagation", "private"];

/// The options of unshare(1) for a container with PIDs of its own, in which no process
/// outlives it.
pub(crate) const PIDS: &[&str] = &["--pid", "--fork", "--kill-child", "--mount-proc"];

/// The directory of one test; gone with it.
pub(crate) struct World {
    directory: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("t").tempdir().unwrap();
        Self { directory }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The program where another user can reach it, as everything in this directory.
    pub(crate) fn open_to_all(&self) -> PathBuf {
        let program = self.path("rpctl");
        copy_program(&program);
        std::fs::set_permissions(self.path(""), Permissions::from_mode(0o755)).unwrap();
        program
    }

    /// The program with none of the caller's settings.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = in_the_foreground(program);
        command
            .env_clear()
            .env("HOME", self.directory.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("RUNNING_PROCESS_MANIFEST_DIR", self.path("registry"))
            .env("XDG_RUNTIME_DIR", self.path("run"))
            .env("TZ", "UTC0")
            .current_dir(self.directory.path())
            .stdin(Stdio::null());
        command
    }

    /// A shell script in namespaces of its own, by these options of unshare(1). It ends when a
    /// command fails; arguments that are added are its `$1` and on.
    pub(crate) fn apart(&self, namespaces: &[&str], script: &str) -> Command {
        let mut command = self.command("unshare");
        command.args(namespaces).args(["sh", "-ec", script, "sh"]);
        command
    }

    /// A command whose PATH is that of [`Self::user_path`].
    pub(crate) fn user_command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = self.command(program);
        command.env("PATH", self.user_path());
        command
    }

    /// A PATH with the directory `bin` of this one, and the program.
    pub(crate) fn user_path(&self) -> OsString {
        let rpctl = Path::new(env!("CARGO_BIN_EXE_rpctl"));
        let own = [self.path("bin"), rpctl.parent().unwrap().to_owned()];
        let rest = std::env::var_os("PATH").unwrap_or_default();
        let all = own.into_iter().chain(std::env::split_paths(&rest));
        std::env::join_paths(all).unwrap()
    }

    /// Run the program to its end. An answer may take its time: see [`patient`].
    pub(crate) fn rpctl<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        let mut command = self.command(env!("CARGO_BIN_EXE_rpctl"));
        Run::of(command.args(patient(args)))
    }

    /// Run `rpctl probe --json` on a record.
    pub(crate) fn probe(&self, record: &Path) -> Run {
        self.rpctl([
            OsStr::new("probe"),
            OsStr::new("--json"),
            record.as_os_str(),
        ])
    }

    /// An endpoint in this directory.
    pub(crate) fn endpoint(&self, name: &str) -> Endpoint {
        Endpoint {
            namespace_id: "test".to_owned(),
            path: self.path(name).to_str().unwrap().to_owned(),
        }
    }

    /// Write an identity as a sidecar.
    pub(crate) fn sidecar(&self, name: &str, daemon: &DaemonProcess) -> PathBuf {
        let path = self.path(name);
        let content = Content::Daemon(daemon.to_proto());
        record::save(&path, &content, Format::SidecarJson, DigestChoice::All).unwrap();
        path
    }

    /// Write an identity in a JSON manifest, altered by `edit`.
    pub(crate) fn manifest(
        &self,
        name: &str,
        daemon: &DaemonProcess,
        edit: impl FnOnce(&mut CacheManifest),
    ) -> PathBuf {
        let path = self.path(name);
        let mut manifest = CacheManifest {
            manifest_schema_version: record::SCHEMA_VERSION,
            media_type: record::MEDIA_TYPE.to_owned(),
            service_name: "test".to_owned(),
            service_version: "1.2.3".to_owned(),
            current_daemon: Some(daemon.to_proto()),
            host: Some((&HostIdentity::current(Path::new("/"))).into()),
            ..CacheManifest::default()
        };
        edit(&mut manifest);
        let content = Content::Manifest(Box::new(manifest));
        record::save(&path, &content, Format::ManifestJson, DigestChoice::All).unwrap();
        path
    }
}

/// Returns arguments with generous timeouts for a command that is to have an answer, in
/// place of its defaults, which are too short for a busy machine. Those that a test
/// chooses stay.
pub(crate) fn patient<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Vec<OsString> {
    let mut args: Vec<OsString> = args
        .into_iter()
        .map(|arg| arg.as_ref().to_owned())
        .collect();
    let timeouts: &[&str] = match args.first().and_then(|command| command.to_str()) {
        Some("probe" | "list" | "prune") => &["--timeout"],
        Some("shutdown" | "kill") => &["--timeout", "--probe-timeout"],
        _ => &[],
    };
    for timeout in timeouts {
        if !args.iter().any(|arg| arg == timeout) {
            args.splice(1..1, [timeout, "30s"].map(OsString::from));
        }
    }
    args
}

/// A program that has run to its end.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Run {
    /// Run a command to its end; one that does not come to it is killed.
    pub(crate) fn of(command: &mut Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::end_of(command.spawn().unwrap())
    }

    /// Waits for a command that was started with its output piped.
    pub(crate) fn end_of(child: Child) -> Self {
        let pid = child.id();
        killed_when_late(pid, || child.wait_with_output().unwrap()).into()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    /// Assert how a probe ended, by process and by document.
    #[track_caller]
    pub(crate) fn assert_verdict(&self, code: i32, verdict: &str, reason: Option<&str>) -> Value {
        let document = self.json();
        assert_eq!(
            (
                self.code,
                document["exit_code"].as_i64(),
                document["verdict"].as_str(),
                document["reason"].as_str()
            ),
            (Some(code), Some(code.into()), Some(verdict), reason),
            "{document:#}"
        );
        document
    }
}

/// Wait for the end of a process; one that does not come to it is killed.
pub(super) fn killed_when_late<T>(pid: u32, wait: impl FnOnce() -> T) -> T {
    let process = Pinned::open(pid).unwrap();
    let (ended, end) = mpsc::channel::<()>();
    let guard = thread::spawn(move || {
        if end.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            process.kill();
        }
    });
    let waited = wait();
    drop(ended);
    guard.join().unwrap();
    waited
}

impl From<Output> for Run {
    /// Whatever the program prints as a document is held against the schema.
    #[track_caller]
    fn from(output: Output) -> Self {
        assert_conforms(&output.stdout);
        Self {
            code: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Copy the program under test.
///
/// Another process does it: a child that another test starts at the same time would
/// inherit a file open for writing, and such a file cannot be executed.
pub(crate) fn copy_program(to: &Path) {
    let program = OsStr::new(env!("CARGO_BIN_EXE_rpctl"));
    let copied = Command::new("cp").args([program, to.as_os_str()]).status();
    assert!(copied.unwrap().success(), "{}", to.display());
}

/// Write a script that can be executed.
pub(crate) fn write_program(world: &World, name: &str, text: &str) {
    let path = world.path(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
}

/// Give a program another length, likewise: `300M`, `+1`.
pub(crate) fn resize_program(program: &Path, size: &str) {
    let mut command = Command::new("truncate");
    let resized = command.args(["--size", size]).arg(program).status();
    assert!(resized.unwrap().success(), "{}", program.display());
}

/// The path of a golden file.
pub(crate) fn golden_file(name: &str) -> PathBuf {
    committed("tests/fixtures").join(name)
}

/// A path in this repository.
pub(crate) fn committed(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A command that takes signals as in the foreground: what a script runs in the
/// background ignores SIGINT, under nohup(1) SIGHUP, and so would its children.
fn in_the_foreground(program: impl AsRef<OsStr>) -> Command {
    const SIGHUP_AND_SIGINT: u64 = 0b11;
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = u64::from_str_radix(ignored.unwrap().trim(), 16).unwrap();
    if ignored & SIGHUP_AND_SIGINT == 0 {
        return Command::new(program);
    }
    let mut env = Command::new("env");
    env.arg("--default-signal").arg(program);
    env
}
