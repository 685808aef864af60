//! Roles: what a test needs another process for, in Rust.
//!
//! The test binary starts itself again with the role's name in the environment;
//! the entry below is then the only test it runs.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use super::world::{Run, World};

const ROLE: &str = "RPCTL_TEST_ROLE";
const ARGUMENTS: &str = "RPCTL_TEST_ROLE_ARGUMENTS";

/// The work of a child process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Run a program and print its exit code and the most memory it held, in KiB.
    MeasureMemory,
    /// Save one record after the other under one name, without end, and print a
    /// line for each.
    SaveInTurn,
    /// Serve the listener on standard input as the daemon at a path, and print
    /// the identity on a line.
    ServeHanded,
    /// Print the identity as the daemon at a path on a line, and keep every descriptor that
    /// comes on standard input.
    KeepDescriptors,
    /// Listen at a path, or on standard input, and serve as a family of processes does.
    /// Print the identity on a line, and the PID of each other process on one.
    ServeAsFamily,
    /// Serve the listener on standard input with an identity, another process's or the
    /// own one.
    ServeAs,
    /// Serve at a path with a record at another and a queue of so many clients, each
    /// of which has as much time as it likes. Print an empty document when ready.
    ServePatiently,
    /// Listen at a path, print the identity on a line, and become another program
    /// once a challenge has come.
    TurnWhenAsked,
    /// Verify a process, let it die, put a bystander on its number, and signal;
    /// so many times, in a PID namespace of its own. Print what came of it.
    ReusePids,
    /// Hold the descendants of a process, let one die, put a bystander on its number, and
    /// signal the descendants, in a PID namespace of its own. Print the result.
    ReuseDescendant,
    /// Record a child and verify it, let it die, put a bystander on its number, and verify
    /// and signal again; so many times. Print the counts.
    ReuseRecordedPids,
    /// Print the record of a process.
    RecordProcess,
    /// Print how verifying the process record at a path ends.
    VerifyRecord,
    /// Become another user, and record a child that runs a setuid program at a path.
    RecordSetuidChild,
    /// Be the supervisor of the examples, with its arguments.
    Supervise,
    /// Be the daemon of the examples, with its arguments.
    ServeExample,
    /// Start a real daemon, by its name, and do with it as a scenario says.
    OperateDaemon,
    /// Listen on sockets in a directory, and compare them with the own record.
    ListenAndRecord,
    /// Listen on more sockets than a record holds, print a line, and wait.
    ListenOnMany,
    /// Probe a record within a budget of milliseconds, so many times, and print
    /// what is left of it.
    ProbeInVain,
    /// Lock a PID file by a kind of lock, write the own number into it, and print a line.
    HoldLock,
    /// Write a PID file for a child, let it die, put a bystander on its number, and signal; so
    /// many times, in a PID namespace of its own. Print the counts.
    ReusePidFiles,
    /// Mount a file system with copies of files, and serve it as long as it is told to.
    ServeFuse,
    /// Serve with a directory as root and another, in it, as working directory, and print
    /// the identity on a line.
    LiveIn,
    /// Serve with an overlay over a hung FUSE file system as root, in a user namespace, and
    /// print the identity on a line.
    LiveOverFuse,
}

impl Role {
    const ALL: [Self; 25] = [
        Self::MeasureMemory,
        Self::SaveInTurn,
        Self::ServeHanded,
        Self::KeepDescriptors,
        Self::ServeAsFamily,
        Self::ServeAs,
        Self::ServePatiently,
        Self::TurnWhenAsked,
        Self::ReusePids,
        Self::ReuseDescendant,
        Self::ReuseRecordedPids,
        Self::RecordProcess,
        Self::VerifyRecord,
        Self::RecordSetuidChild,
        Self::Supervise,
        Self::ServeExample,
        Self::OperateDaemon,
        Self::ListenAndRecord,
        Self::ListenOnMany,
        Self::ProbeInVain,
        Self::HoldLock,
        Self::ReusePidFiles,
        Self::ServeFuse,
        Self::LiveIn,
        Self::LiveOverFuse,
    ];

    fn run(self, arguments: &[String]) {
        match self {
            Self::MeasureMemory => measure_memory(arguments),
            Self::SaveInTurn => save_in_turn(Path::new(&arguments[0]), &arguments[1..]),
            Self::ServeHanded => serve_handed(&arguments[0]),
            Self::KeepDescriptors => {
                introduce(&arguments[0]);
                crate::identity::keep_descriptors();
            }
            Self::ServeAsFamily => super::family::serve(&arguments[0], &arguments[1]),
            Self::ServeAs => super::family::serve_as(arguments),
            Self::ServePatiently => serve_patiently(arguments),
            Self::TurnWhenAsked => turn_when_asked(&arguments[0]),
            Self::ReusePids => super::pid_reuse::run(&arguments[0], &arguments[1]),
            Self::ReuseDescendant => super::pid_reuse::reuse_descendant(&arguments[0]),
            Self::ReuseRecordedPids => super::record_reuse::run(&arguments[0]),
            Self::RecordProcess => crate::process::record_for_test(&arguments[0]),
            Self::VerifyRecord => crate::process::verify_for_test(&arguments[0]),
            Self::RecordSetuidChild => {
                crate::process::record_setuid_child(Path::new(&arguments[0]));
            }
            Self::OperateDaemon => crate::real_daemons::operate(arguments),
            Self::ListenAndRecord => crate::process::listen_and_record(&arguments[0]),
            Self::ListenOnMany => crate::process::listen_on_many(),
            Self::Supervise => crate::process::supervise(arguments),
            Self::ServeExample => crate::daemon_authors::serve_example(arguments),
            Self::ProbeInVain => crate::endpoint::probe_in_vain(arguments),
            Self::HoldLock => crate::pid_file::hold_lock(arguments),
            Self::ReusePidFiles => crate::pid_file::reuse(Path::new(&arguments[0]), &arguments[1]),
            Self::ServeFuse => crate::field::serve_fuse(arguments),
            Self::LiveIn => live_in(&arguments[0], || {
                std::os::unix::fs::chroot(&arguments[1]).unwrap();
                std::env::set_current_dir("/").unwrap();
            }),
            Self::LiveOverFuse => live_in(&arguments[0], || {
                crate::field::live_over_fuse(&arguments[1..]);
            }),
        }
    }
}

/// The command that runs a role. What it prints comes between the lines of the
/// test runner.
pub(crate) fn role<A: AsRef<OsStr>>(role: Role, arguments: impl IntoIterator<Item = A>) -> Command {
    let arguments: Vec<String> = arguments
        .into_iter()
        .map(|argument| argument.as_ref().to_str().unwrap().to_owned())
        .collect();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "support::role::entry", "--nocapture", "--quiet"])
        .env(ROLE, format!("{role:?}"))
        .env(ARGUMENTS, serde_json::to_string(&arguments).unwrap());
    command
}

/// Appends a command to one that executes it, such as unshare(1).
pub(crate) fn append<'a>(outer: &'a mut Command, inner: &Command) -> &'a mut Command {
    let variables = inner.get_envs();
    outer
        .arg(inner.get_program())
        .args(inner.get_args())
        .envs(variables.filter_map(|(name, value)| Some((name, value?))))
}

#[test]
fn entry() {
    let Ok(name) = std::env::var(ROLE) else {
        return;
    };
    let arguments: Vec<String> = serde_json::from_str(&std::env::var(ARGUMENTS).unwrap()).unwrap();
    let role = Role::ALL
        .into_iter()
        .find(|role| format!("{role:?}") == name)
        .unwrap();
    role.run(&arguments);
}

fn measure_memory(command: &[String]) {
    use nix::sys::resource::{UsageWho, getrusage};

    let status = Command::new(&command[0])
        .args(&command[1..])
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    let code = status.code().unwrap();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    println!("\nexit code: {code}\nmost memory: {} KiB", usage.max_rss());
}

/// The exit code of the program, run on these arguments in this world, and the
/// most memory that it held, in KiB.
pub(crate) fn most_memory<A: AsRef<OsStr>>(
    world: &World,
    arguments: impl IntoIterator<Item = A>,
) -> (i32, u64) {
    let arguments: Vec<_> = arguments
        .into_iter()
        .map(|argument| argument.as_ref().to_owned())
        .collect();
    let program = std::iter::once(env!("CARGO_BIN_EXE_rpctl").into());
    let mut command = role(Role::MeasureMemory, program.chain(arguments));
    command.env("RUNNING_PROCESS_MANIFEST_DIR", world.path("registry"));
    let run = Run::of(&mut command);
    let said = |prefix| {
        let mut lines = run.text().lines();
        lines.find_map(|line| line.strip_prefix(prefix))
    };
    let code = said("exit code: ").and_then(|code| code.parse().ok());
    let most = said("most memory: ").and_then(|most| most.strip_suffix(" KiB")?.parse().ok());
    code.zip(most).unwrap_or_else(|| panic!("{run:?}"))
}

fn save_in_turn(path: &Path, records: &[String]) {
    use rpctl::record::{DigestChoice, load, save};

    let records: Vec<_> = records
        .iter()
        .map(|record| load(Path::new(record)).unwrap())
        .collect();
    for record in records.iter().cycle() {
        save(path, &record.content, record.format, DigestChoice::All).unwrap();
        println!("\nsaved");
    }
}

fn turn_when_asked(path: &str) {
    use std::os::unix::net::UnixListener;
    use std::os::unix::process::CommandExt;

    let listener = UnixListener::bind(path).unwrap();
    introduce(path);
    let (stream, _) = listener.accept().unwrap();
    super::read_request(&stream).unwrap();
    let error = Command::new("sleep").arg("1000").exec();
    panic!("{error}");
}

fn live_in(path: &str, enter: impl FnOnce()) {
    let listener = std::os::unix::net::UnixListener::bind(path).unwrap();
    introduce(path);
    enter();
    println!("\nin");
    for stream in listener.incoming() {
        drop(stream);
    }
}

/// Print the identity of this process as the daemon at a path.
pub(super) fn introduce(path: &str) -> rpctl::DaemonProcess {
    let identity = identity_at(path);
    println!("\n{}", serde_json::to_string(&identity).unwrap());
    identity
}

/// Returns the identity of this process as the daemon at a path.
pub(super) fn identity_at(path: &str) -> rpctl::DaemonProcess {
    let endpoint = rpctl::Endpoint {
        namespace_id: "test".to_owned(),
        path: path.to_owned(),
    };
    rpctl::DaemonProcess::current_process(endpoint, None).unwrap()
}

fn serve_handed(path: &str) {
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixListener;

    let stdin = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
    let identity = introduce(path);
    let responder = rpctl::responder::ProbeResponder::new(identity);
    for stream in UnixListener::from(stdin).incoming() {
        // A client that leaves early is no concern of this one.
        let _ = responder.serve(stream.unwrap());
    }
}

fn serve_patiently(arguments: &[String]) {
    use rpctl::record::{Content, DigestChoice, Format, save};
    use rpctl::responder::{Limits, ProbeResponder, Server};

    let endpoint = rpctl::Endpoint {
        namespace_id: "test".to_owned(),
        path: arguments[0].clone(),
    };
    let listener = rpctl::endpoint::Listener::bind(&endpoint).unwrap();
    let identity = rpctl::DaemonProcess::current_process(endpoint, None).unwrap();
    let content = Content::Daemon(identity.to_proto());
    save(
        Path::new(&arguments[1]),
        &content,
        Format::SidecarJson,
        DigestChoice::All,
    )
    .unwrap();
    let limits = Limits {
        waiting: arguments[2].parse().unwrap(),
        connection_lifetime: std::time::Duration::MAX,
        ..Limits::default()
    };
    let (stop, _stopper) = std::io::pipe().unwrap();
    println!("{{\n}}");
    let server = Server::new(listener, ProbeResponder::new(identity), limits);
    server.run(stop, None).unwrap();
}
