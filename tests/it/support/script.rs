//! A shell script as a daemon: it records nothing and answers nothing, so it is
//! unresponsive, and stopped on the strength of the other checks.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use rpctl::{__private, DaemonProcess, Endpoint, ExeDigest, record};

use super::World;

/// A running script, and a record of it; killed and reaped with this value.
pub(crate) struct Script {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// What a daemon would have recorded.
    pub(crate) identity: DaemonProcess,
    /// A sidecar with that.
    pub(crate) record: PathBuf,
}

impl Script {
    /// Run a script until its first line of output; `$1` is the program.
    pub(crate) fn start(world: &World, text: &str) -> Self {
        Self::start_at(world, text, &world.endpoint("script.sock"))
    }

    /// Runs a script that is recorded with an endpoint.
    pub(crate) fn start_at(world: &World, text: &str, endpoint: &Endpoint) -> Self {
        let mut command = world.command("sh");
        command
            .args(["-c", text, "sh", env!("CARGO_BIN_EXE_rpctl")])
            .stdin(Stdio::piped());
        Self::start_command(world, command, endpoint)
    }

    /// Runs any program until its first line of output, recorded with an endpoint.
    pub(crate) fn start_command(world: &World, mut command: Command, endpoint: &Endpoint) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let identity = identity_of(child.id(), endpoint);
        let record = world.sidecar("script.json", &identity);
        Self {
            child,
            stdout,
            identity,
            record,
        }
    }

    /// Let a script that reads its input go on.
    pub(crate) fn go(&mut self) {
        drop(self.child.stdin.take());
    }

    /// The next line of output.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// How the script ended, once it has.
    pub(crate) fn status(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// The signal that ended it.
    pub(crate) fn signal(&mut self) -> Option<i32> {
        self.status().signal()
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process would record about itself now. Without protobuf fields in it, a
/// file's checksum is the digest of its bytes.
pub(crate) fn identity_of(pid: u32, endpoint: &Endpoint) -> DaemonProcess {
    let exe = format!("/proc/{pid}/exe");
    let exe_path = std::fs::read_link(&exe).unwrap();
    let image = std::fs::read(&exe).unwrap();
    let boot_id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    DaemonProcess {
        pid,
        exe_path,
        exe_digest: ExeDigest {
            sha256: Some(record::self_sha256(&image)),
            blake3: None,
        },
        boot_id: boot_id.trim().to_owned(),
        ipc_endpoint: endpoint.clone(),
        started_at_unix_ms: __private::unix_now_ms(),
        idle_timeout_secs: None,
    }
}
