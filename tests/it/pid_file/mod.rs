//! PID files: what tells whether the number in one is that of the daemon.

mod control;
mod family_locks;
mod files;
mod formats;
mod locks;
mod namespaces;
mod numbers;
mod released;
mod requirements;
mod reuse;
mod times;

use std::fs::{File, FileTimes};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::support::{KillOnDrop, Run, World, wait_until};

pub(crate) use locks::{hold_lock, lock};
pub(crate) use namespaces::{contained_sleeper, contained_sleeper_at};
pub(crate) use numbers::kernel_thread;
pub(crate) use reuse::reuse;

/// The overflow user, who owns nothing.
const NOBODY: u32 = 65_534;

/// Starts a program that sleeps until it is killed, and returns once it runs.
fn start(command: &mut Command) -> KillOnDrop {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null());
    let child = KillOnDrop(child.spawn().unwrap());
    wait_for_program(child.0.id(), "sleep");
    child
}

/// Waits until a process runs a program of this name.
pub(crate) fn wait_for_program(pid: u32, name: &str) {
    let exe = format!("/proc/{pid}/exe");
    wait_until(|| std::fs::read_link(&exe).is_ok_and(|path| path.ends_with(name)));
}

fn sleeper() -> KillOnDrop {
    start(Command::new("sleep").arg("1000"))
}

/// Starts a sleeper, and writes its PID file.
pub(crate) fn daemon(world: &World) -> (KillOnDrop, PathBuf) {
    let child = sleeper();
    let path = write(world, &format!("{}\n", child.0.id()));
    (child, path)
}

pub(crate) fn write(world: &World, text: &str) -> PathBuf {
    let path = world.path("daemon.pid");
    std::fs::write(&path, text).unwrap();
    path
}

/// Sets the time of the content.
pub(crate) fn date(path: &Path, unix_ms: u64) {
    let time = SystemTime::UNIX_EPOCH + Duration::from_millis(unix_ms);
    let file = File::options().write(true).open(path).unwrap();
    file.set_times(FileTimes::new().set_modified(time)).unwrap();
}

/// The program that the sleepers run.
pub(crate) fn sleep_program() -> PathBuf {
    let paths = std::env::var_os("PATH").unwrap();
    let found = std::env::split_paths(&paths).map(|directory| directory.join("sleep"));
    found.into_iter().find(|path| path.is_file()).unwrap()
}

/// Runs a command on a PID file whose process must be a sleeper.
fn run(world: &World, command: &str, path: &Path, options: &[&str]) -> Run {
    let path = path.to_str().unwrap();
    world.rpctl([&[command, "--json"], options, &[path]].concat())
}

fn probe(world: &World, path: &Path, options: &[&str]) -> Run {
    run(world, "probe", path, options)
}

/// Probes with `--exe` of the sleepers.
fn probe_sleep(world: &World, path: &Path) -> Run {
    let program = sleep_program();
    probe(world, path, &["--exe", program.to_str().unwrap()])
}
