//! What another process does to the files in a moment of one's choice.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;

use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};

use super::world::{Run, killed_when_late};

/// What the file system can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Renames {
    /// Rename a file to a name that must not be taken.
    ToFreeNames,
    /// Not that, as NFS.
    Plainly,
}

/// The system calls that give a file a name or take it away.
const CHANGES: &[libc::c_long] = &[
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rename,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_link,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_unlink,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_linkat,
    libc::SYS_unlinkat,
];

/// The system calls that read where a link leads, as that to the image of a process.
const LINK_READS: &[libc::c_long] = &[
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
    libc::SYS_readlinkat,
];

/// Try something at each step of a program, from the first on, until it says that
/// the program ends before that step.
pub(crate) fn at_every_step(mut attempt: impl FnMut(usize) -> bool) {
    const MOST: usize = 1000;
    let steps = (0..MOST).take_while(|&step| attempt(step)).count();
    assert!((1..MOST).contains(&steps), "{steps} steps");
}

/// Run a program to its end, and call `act` whenever it is about to give a file a
/// name or to take one away, with the number of such changes before.
pub(crate) fn at_each_change(command: &Command, renames: Renames, act: impl FnMut(usize)) -> Run {
    at_each_call(command, CHANGES, renames, act)
}

/// Run a program to its end, and call `act` whenever it is about to read a link, with the
/// number of such reads before.
pub(crate) fn at_each_link_read(command: &Command, act: impl FnMut(usize)) -> Run {
    at_each_call(command, LINK_READS, Renames::ToFreeNames, act)
}

fn at_each_call(
    command: &Command,
    calls: &[libc::c_long],
    renames: Renames,
    mut act: impl FnMut(usize),
) -> Run {
    // What a program may do, the thread that starts it may only do as well.
    let child = thread::scope(|scope| {
        let started = scope.spawn(|| {
            restrict(calls, renames);
            waiting(command)
        });
        started.join().unwrap()
    });
    killed_when_late(child.id(), || trace(child, &mut act))
}

/// Have this thread's children stop at these calls, once they are traced.
fn restrict(calls: &[libc::c_long], renames: Renames) {
    let stops = calls.iter().map(|&call| (call, Vec::new())).collect();
    apply(stops, SeccompAction::Trace(0));
    if renames == Renames::Plainly {
        let flags = SeccompCondition::new(4, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, 0);
        let rule = SeccompRule::new(vec![flags.unwrap()]).unwrap();
        let error = SeccompAction::Errno(libc::EINVAL.unsigned_abs());
        apply([(libc::SYS_renameat2, vec![rule])].into(), error);
    }
}

/// Lets a system call of this thread, and of the programs that it starts, fail.
pub(crate) fn errno_for(call: libc::c_long, error: i32) {
    let error = SeccompAction::Errno(error.unsigned_abs());
    apply([(call, Vec::new())].into(), error);
}

fn apply(rules: BTreeMap<libc::c_long, Vec<SeccompRule>>, action: SeccompAction) {
    let architecture = std::env::consts::ARCH.try_into().unwrap();
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, action, architecture).unwrap();
    apply_filter(&BpfProgram::try_from(filter).unwrap()).unwrap();
}

/// Start a program that does nothing before it is told to.
fn waiting(command: &Command) -> Child {
    let mut waiting = Command::new("sh");
    waiting
        .args(["-c", r#"read go; exec "$@""#, "sh"])
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear();
    for (name, value) in command.get_envs() {
        waiting.env(name, value.unwrap_or_default());
    }
    if let Some(directory) = command.get_current_dir() {
        waiting.current_dir(directory);
    }
    waiting
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn pid_of(child: &Child) -> Pid {
    Pid::from_raw(child.id().try_into().unwrap())
}

/// Let a program go on, step by step, until it has ended.
fn trace(mut child: Child, act: &mut impl FnMut(usize)) -> Run {
    let options = Options::PTRACE_O_TRACESECCOMP
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_EXITKILL;
    ptrace::seize(pid_of(&child), options).unwrap();
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    // Only what this thread traces.
    let whom = WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD;
    let mut changes = 0;
    let code = loop {
        match waitpid(None, Some(whom)).unwrap() {
            WaitStatus::PtraceEvent(pid, _, libc::PTRACE_EVENT_SECCOMP) => {
                act(changes);
                changes += 1;
                ptrace::cont(pid, None).unwrap();
            }
            WaitStatus::PtraceEvent(pid, ..) => ptrace::cont(pid, None).unwrap(),
            WaitStatus::Stopped(pid, signal) => ptrace::cont(pid, signal).unwrap(),
            WaitStatus::Exited(pid, code) if pid == pid_of(&child) => break Some(code),
            WaitStatus::Signaled(pid, ..) if pid == pid_of(&child) => break None,
            _ => {}
        }
    };
    let mut run = Run {
        code,
        stdout: Vec::new(),
        stderr: String::new(),
    };
    let (stdout, stderr) = (&mut child.stdout, &mut child.stderr);
    let read = stdout.as_mut().unwrap().read_to_end(&mut run.stdout);
    read.unwrap();
    let read = stderr.as_mut().unwrap().read_to_string(&mut run.stderr);
    read.unwrap();
    run
}
