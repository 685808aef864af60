//! Runs of `rpctl probe --wait` that have begun to watch.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Run, World, wait_until};

/// Far longer than any of these tests: what ends earlier was noticed.
pub(super) const LONG: &str = "10m";

/// A run of `rpctl probe --wait`; killed with this value.
pub(super) struct Waiting(pub(super) Option<Child>);

impl Waiting {
    /// A run that has begun to watch for its records.
    pub(super) fn on<P: AsRef<Path>>(
        world: &World,
        patience: &str,
        records: impl IntoIterator<Item = P>,
    ) -> Self {
        let mut command = waiting(world, patience);
        for record in records {
            command.arg(record.as_ref());
        }
        Self::start(&mut command)
    }

    /// Starts a command that waits, and returns once it watches its files.
    pub(super) fn start(command: &mut Command) -> Self {
        let child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut waiting = Self(Some(child));
        waiting.until_watching(1);
        waiting
    }

    /// Wait until so many directories are watched: those of the records at first,
    /// and after an attempt those of the sockets that they name as well.
    pub(super) fn until_watching(&mut self, directories: usize) {
        let child = self.0.as_mut().unwrap();
        let pid = child.id();
        wait_until(|| {
            watched_directories(pid) >= directories || child.try_wait().unwrap().is_some()
        });
    }

    pub(super) fn finish(mut self) -> Run {
        Run::end_of(self.0.take().unwrap())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            // It may have ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub(super) fn waiting(world: &World, patience: &str) -> Command {
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command.args(["probe", "--json", "--wait", patience]);
    command
}

fn watched_directories(pid: u32) -> usize {
    let Ok(descriptors) = std::fs::read_dir(format!("/proc/{pid}/fdinfo")) else {
        return 0;
    };
    descriptors
        .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path()).ok())
        .map(|text| text.matches("inotify wd:").count())
        .sum()
}

/// Gives a run that waits more and more time, until what happens to its records happens
/// in that time: on a busy machine it may come too late.
pub(super) fn with_enough_time(attempt: impl Fn(&World, &str) -> Waiting) -> Run {
    for seconds in [2, 10, 50] {
        let world = World::new();
        let began = Instant::now();
        let waiting = attempt(&world, &format!("{seconds}s"));
        let is_in_time = began.elapsed() < Duration::from_secs(seconds);
        let run = waiting.finish();
        assert!(began.elapsed() >= Duration::from_secs(seconds), "{run:?}");
        if is_in_time {
            return run;
        }
    }
    panic!("the machine is too busy");
}
