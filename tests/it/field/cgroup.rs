//! Cgroups that are frozen, or whose processes are limited.

use std::path::{Path, PathBuf};

use crate::support::{Daemon, is_root, proc, skipped, wait_until};

/// A cgroup of this test; removed with this value.
pub(super) struct Cgroup {
    directory: PathBuf,
    /// The file that freezes it, and what freezes and thaws it.
    control: [&'static str; 3],
}

impl Cgroup {
    /// A cgroup of version 1, unless there is no freezer.
    pub(super) fn v1(name: &str) -> Option<Self> {
        let control = ["freezer.state", "FROZEN", "THAWED"];
        Self::create("cgroup", "freezer", name, control)
    }

    pub(super) fn v2(name: &str) -> Option<Self> {
        Self::create("cgroup2", "", name, ["cgroup.freeze", "1", "0"])
    }

    /// A cgroup that can limit the number of its processes.
    pub(super) fn of_processes(name: &str) -> Option<Self> {
        Self::create("cgroup", "pids", name, ["pids.max", "0", "max"])
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    fn create(
        file_system: &str,
        option: &str,
        name: &str,
        control: [&'static str; 3],
    ) -> Option<Self> {
        if !is_root() {
            return None;
        }
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
        let point = mounts.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(' ').collect();
            let is_it = fields[2] == file_system
                && (option.is_empty() || fields[3].split(',').any(|one| one == option));
            is_it.then(|| PathBuf::from(fields[1]))
        });
        let Some(point) = point else {
            skipped(&format!("no {file_system} {option} is mounted"));
            return None;
        };
        let name = format!("rpctl-test-{}-{name}", std::process::id());
        let directory = point.join(name);
        std::fs::create_dir(&directory).unwrap();
        Some(Self { directory, control })
    }

    pub(super) fn below(&self, name: &str) -> Self {
        let directory = self.directory.join(name);
        std::fs::create_dir(&directory).unwrap();
        Self {
            directory,
            control: self.control,
        }
    }

    pub(super) fn add(&self, daemon: &Daemon) {
        let pid = daemon.pid().to_string();
        std::fs::write(self.directory.join("cgroup.procs"), pid).unwrap();
    }

    pub(super) fn control(&self) -> PathBuf {
        self.directory.join(self.control[0])
    }

    /// Freezes the processes in it.
    ///
    /// To be called after they were started: one that is frozen by version 1 cannot be killed,
    /// so it must be thawed before the value that waits for its end is dropped.
    pub(super) fn freeze(&self) -> Frozen<'_> {
        let [_, frozen, _] = self.control;
        let guard = Frozen(self);
        std::fs::write(self.control(), frozen).unwrap();
        wait_until(|| match frozen {
            "FROZEN" => read(&self.control()).trim() == frozen,
            _ => read(&self.directory.join("cgroup.events")).contains("frozen 1"),
        });
        guard
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let procs = self.directory.join("cgroup.procs");
        for pid in read(&procs).lines() {
            if let Some(process) = proc::Pinned::open(pid.parse().unwrap()) {
                process.kill();
            }
        }
        wait_until(|| std::fs::remove_dir(&self.directory).is_ok());
    }
}

/// A frozen cgroup, which is thawed with this value.
pub(super) struct Frozen<'cgroup>(&'cgroup Cgroup);

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        let _ = std::fs::write(self.0.control(), self.0.control[2]);
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}
