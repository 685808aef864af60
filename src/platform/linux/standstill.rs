//! Why a living process does nothing: it is stopped, traced or frozen.

use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, statat};

use super::mounts::{Mount, mounts};
use super::proc;
use super::process::PinnedProcess;
use crate::standstill::Standstill;

impl PinnedProcess {
    /// Returns why this process does nothing; `None` if it may run, or if that is not
    /// known. The state comes from
    /// [proc_pid_status(5)](https://man7.org/linux/man-pages/man5/proc_pid_status.5.html),
    /// the cgroup from
    /// [proc_pid_cgroup(5)](https://man7.org/linux/man-pages/man5/proc_pid_cgroup.5.html).
    pub(crate) fn standstill(&self) -> Option<Standstill> {
        if let Ok(cgroups) = self.read("cgroup")
            && let Some(control) = frozen_by(&cgroups, &mounts())
        {
            return Some(Standstill::Frozen { control });
        }
        let status = self.status_of_living_thread().ok()?;
        let tracer: u32 = proc::field(&status, "TracerPid")?.trim().parse().ok()?;
        match proc::field(&status, "State")?.trim().chars().next()? {
            'T' => Some(Standstill::Stopped),
            't' => Some(Standstill::Traced {
                by: (tracer != 0).then_some(tracer),
            }),
            _ => None,
        }
    }

    fn status_of_living_thread(&self) -> io::Result<String> {
        self.in_living_thread(|directory| {
            // The first thread of the process has no link to the image once it has ended.
            match statat(directory, "exe", AtFlags::SYMLINK_NOFOLLOW) {
                Err(rustix::io::Errno::NOENT) => Err(rustix::io::Errno::NOENT),
                _ => proc::open_at(directory, "status"),
            }
        })
        .map_err(io::Error::from)
        .and_then(proc::read)
    }
}

/// Returns the file that freezes one of these cgroups, each on a line of
/// [proc_pid_cgroup(5)](https://man7.org/linux/man-pages/man5/proc_pid_cgroup.5.html).
fn frozen_by(cgroups: &str, mounts: &[Mount]) -> Option<PathBuf> {
    cgroups.lines().find_map(|line| {
        let (controllers, cgroup) = line.split_once(':')?.1.split_once(':')?;
        let is_freezer = |name: &str| name == "freezer";
        let (switch, control, hierarchy) = match controllers {
            "" => {
                let hierarchy = mounts.iter().find(|mount| mount.file_system == "cgroup2");
                ("cgroup.freeze", "cgroup.freeze", hierarchy?)
            }
            _ if controllers.split(',').any(is_freezer) => {
                let hierarchy = mounts
                    .iter()
                    .find(|mount| mount.file_system == "cgroup" && mount.has_option("freezer"));
                ("freezer.self_freezing", "freezer.state", hierarchy?)
            }
            _ => return None,
        };
        let below = Path::new(cgroup).strip_prefix(&hierarchy.root).ok()?;
        let directory = hierarchy.point.join(below);
        // A cgroup is frozen with those above it.
        let frozen = directory.ancestors().find(|directory| {
            let switch = std::fs::read_to_string(directory.join(switch));
            switch.is_ok_and(|switch| switch.trim() == "1")
        });
        Some(frozen?.join(control))
    })
}
