//! A daemon while it runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

/// A daemon that is ready; killed on drop.
pub struct Daemon {
    child: Child,
    /// A peer ends when this is closed, even if the tests were killed.
    _stdin: Option<ChildStdin>,
    records: BTreeMap<String, PathBuf>,
}

impl Daemon {
    /// The daemon that this child becomes once `announced` has read from its
    /// standard output that it is ready, and which records it wrote.
    pub fn once_ready(
        mut child: Child,
        announced: impl FnOnce(ChildStdout) -> BTreeMap<String, PathBuf>,
    ) -> Self {
        let stdout = child.stdout.take().expect("its output is piped");
        let stdin = child.stdin.take();
        let mut daemon = Self {
            child,
            _stdin: stdin,
            records: BTreeMap::new(),
        };
        daemon.records = announced(stdout);
        daemon
    }

    /// Its process ID, as clients print it.
    pub fn pid(&self) -> String {
        self.child.id().to_string()
    }

    /// The record that it wrote under this name.
    pub fn record(&self, name: &str) -> &Path {
        &self.records[name]
    }

    /// Every record that it wrote.
    pub fn records(&self) -> impl ExactSizeIterator<Item = &Path> {
        self.records.values().map(PathBuf::as_path)
    }

    /// Suspend it, so that it accepts nothing.
    pub fn suspend(&self) {
        let pid = self.child.id().try_into().map(Pid::from_raw);
        let pid = pid.expect("a process ID fits");
        kill(pid, Signal::SIGSTOP).expect("a child can be signalled");
        waitpid(pid, Some(WaitPidFlag::WUNTRACED)).expect("a child can be waited for");
    }

    /// Kill it, and wait until it is gone.
    pub fn kill(&mut self) {
        self.child.kill().expect("a child can be killed");
        self.child.wait().expect("a child can be waited for");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
