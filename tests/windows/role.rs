//! The daemons of the tests: this program, started once more.

#![expect(
    unsafe_code,
    reason = "a handle of another process arrives as a number"
)]

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::windows::io::FromRawHandle;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};

use rpctl::endpoint::Listener;
use rpctl::record::{self, Content, DigestChoice, Format};
use rpctl::responder::{Limits, ProbeResponder, Server};
use rpctl::{DaemonProcess, Endpoint};

use crate::support::{World, started};

/// What a daemon is to do; nothing if the tests are run as usual.
const ROLE: &str = "RPCTL_TEST_ROLE";

/// The line by which it tells that it is ready.
const READY: &str = "the daemon is ready";

/// What it writes to a pipe that it is given.
pub(crate) const ADOPTED: &[u8] = b"adopted";

/// A daemon that is ended with this value.
pub(crate) struct Daemon {
    child: Child,
    stdin: Option<ChildStdin>,
    pub(crate) record: PathBuf,
    pub(crate) pipe: String,
}

impl Daemon {
    /// Starts a daemon that serves a pipe, and has written a sidecar.
    pub(crate) fn start(world: &World) -> Self {
        let (record, pipe) = (world.path("daemon.json"), world.pipe());
        let role = ["serve", &pipe, record.to_str().unwrap()];
        Self::with_role(&role, record.clone(), pipe.clone())
    }

    /// Starts a process that exits with this code once it is told to.
    pub(crate) fn exiting(world: &World, code: u32) -> Self {
        let record = world.path("daemon.json");
        Self::with_role(&["exit", &code.to_string()], record, world.pipe())
    }

    fn with_role(role: &[&str], record: PathBuf, pipe: String) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["role::role", "--exact", "--nocapture"])
            .env(ROLE, role.join("\n"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = started(|| command.spawn());
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let is_ready = lines.map_while(Result::ok).any(|line| line.contains(READY));
        assert!(is_ready, "the daemon has ended");
        Self {
            stdin: child.stdin.take(),
            child,
            record,
            pipe,
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Tells it to end, and waits.
    pub(crate) fn end(&mut self) -> ExitStatus {
        drop(self.stdin.take());
        self.child.wait().unwrap()
    }

    /// Tells it of a handle that it has got.
    pub(crate) fn adopt(&mut self, handle: usize) {
        writeln!(self.stdin.as_mut().unwrap(), "{handle}").unwrap();
    }

    /// Waits for the end that something else brings about.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn role() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    match role.split('\n').collect::<Vec<_>>()[..] {
        ["serve", pipe, record] => serve(pipe, record.into()),
        ["exit", code] => {
            say_ready();
            await_end();
            std::process::exit(code.parse::<u32>().unwrap().cast_signed());
        }
        _ => panic!("{role:?}"),
    }
}

fn say_ready() {
    println!("\n{READY}");
    std::io::stdout().flush().unwrap();
}

fn await_end() {
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// Writes to each pipe whose handle it is told of, until it is told to end.
fn adopt_handles() {
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let value = line.parse::<usize>().unwrap();
        let handle = std::ptr::without_provenance_mut(value);
        // SAFETY: the test has given this process the handle.
        let mut pipe = unsafe { File::from_raw_handle(handle) };
        pipe.write_all(ADOPTED).unwrap();
    }
}

fn serve(pipe: &str, record: PathBuf) {
    let endpoint = Endpoint {
        namespace_id: "test".to_owned(),
        path: pipe.to_owned(),
    };
    let listener = Listener::bind(&endpoint).unwrap();
    let identity = DaemonProcess::current_process(endpoint, None).unwrap();
    let content = Content::Daemon(identity.to_proto());
    record::save(&record, &content, Format::SidecarJson, DigestChoice::All).unwrap();
    let stop = std::thread::spawn(adopt_handles);
    say_ready();
    let server = Server::new(listener, ProbeResponder::new(identity), Limits::default());
    server.run(&stop, None).unwrap();
}
