//! Daemons of several processes: one of them is recorded, and another may serve.

use std::io::{BufRead, BufReader, Lines};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::process::{ChildStdout, Command, Stdio};

use nix::unistd::{Gid, Uid, setresgid, setresuid};
use rpctl::DaemonProcess;
use rpctl::responder::ProbeResponder;

use super::NOBODY;
use super::daemon::KillOnDrop;
use super::proc::Pinned;
use super::role::{Role, identity_at, introduce, role};

/// The running processes of a daemon; killed with this value.
pub(crate) struct Family {
    first: KillOnDrop,
    /// What the processes print.
    _output: Lines<BufReader<ChildStdout>>,
    /// The process that serves, with its PID.
    server: (Pinned, u32),
    /// What it recorded.
    pub(crate) identity: DaemonProcess,
}

impl Family {
    /// Starts a family that listens at a path by one of the plans of [`serve`].
    pub(crate) fn start(path: &str, plan: &str) -> Self {
        Self::start_by(&mut role(Role::ServeAsFamily, [path, plan]))
    }

    /// Starts a family by a command.
    pub(crate) fn start_by(command: &mut Command) -> Self {
        let mut first = KillOnDrop(command.stdout(Stdio::piped()).spawn().unwrap());
        let mut lines = BufReader::new(first.0.stdout.take().unwrap()).lines();
        let (mut identity, mut pid) = (None, None);
        while identity.is_none() || pid.is_none() {
            let line = lines.next().unwrap().unwrap();
            identity = identity.or_else(|| serde_json::from_str::<DaemonProcess>(&line).ok());
            pid = pid.or_else(|| line.strip_prefix("serves: ")?.parse().ok());
        }
        let pid = pid.unwrap();
        Self {
            first,
            _output: lines,
            server: (Pinned::open(pid).unwrap(), pid),
            identity: identity.unwrap(),
        }
    }

    /// Waits for the end of the first process. Returns its PID.
    pub(crate) fn wait_for_first(&mut self) -> u32 {
        self.first.0.wait().unwrap();
        self.first.0.id()
    }

    /// Returns the PID of the process that serves.
    pub(crate) fn server(&self) -> u32 {
        self.server.1
    }

    /// Stops the process that serves.
    pub(crate) fn stop_server(&self) {
        self.server.0.stop();
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        self.server.0.kill();
    }
}

/// Serves at a path in one of these ways:
///
/// - `worker`: a child serves, and this process keeps the listener
/// - `dropped`: the child changes to another user
/// - `listens_again`: the child calls listen(2) again
/// - `handed_down`: this process closes the listener
/// - `handed_down_dropped`: it does, and the child changes to another user
/// - `activated`: the listener comes on standard input, and a child serves
/// - `forked`: a child records itself and serves, and this process ends
/// - `recorded_early`: this process records itself, a child serves, and this process ends
#[expect(clippy::zombie_processes, reason = "the server outlives this process")]
pub(super) fn serve(path: &str, plan: &str) {
    let listener = if plan == "activated" {
        UnixListener::from(std::io::stdin().as_fd().try_clone_to_owned().unwrap())
    } else {
        UnixListener::bind(path).unwrap()
    };
    let identity = match plan {
        "forked" => String::new(),
        _ => serde_json::to_string(&identity_at(path)).unwrap(),
    };
    let kept = (!plan.starts_with("handed_down")).then(|| listener.try_clone().unwrap());
    let mut server = role(Role::ServeAs, [path, plan, &identity])
        .stdin(OwnedFd::from(listener))
        .spawn()
        .unwrap();
    // By now, this process has closed what it does not keep.
    println!("\n{identity}");
    if !matches!(plan, "forked" | "recorded_early") {
        server.wait().unwrap();
    }
    drop(kept);
}

/// Serves the listener on standard input with an identity, or with the own one.
pub(super) fn serve_as(arguments: &[String]) {
    let [path, plan, identity] = arguments else {
        panic!("{arguments:?}");
    };
    let listener = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
    // What this process inherited besides would keep the listener, too.
    let nothing = std::fs::File::open("/dev/null").unwrap();
    rustix::stdio::dup2_stdin(&nothing).unwrap();
    if plan == "listens_again" {
        rustix::net::listen(&listener, 8).unwrap();
    }
    if plan.ends_with("dropped") {
        let (user, group) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
        setresgid(group, group, group).unwrap();
        setresuid(user, user, user).unwrap();
    }
    let identity = match identity.as_str() {
        "" => introduce(path),
        identity => serde_json::from_str(identity).unwrap(),
    };
    println!("\nserves: {}", std::process::id());
    let responder = ProbeResponder::new(identity);
    for stream in UnixListener::from(listener).incoming() {
        // A client that leaves early is no concern of this one.
        let _ = responder.serve(stream.unwrap());
    }
}
