//! The container in which the pictures are taken: paths, PIDs, the machine ID and the
//! boot ID are the same on every machine.

use std::path::PathBuf;

use super::terminal;
use crate::support::{World, committed, is_installed, is_root};

/// The beginning of each script; `$1` is the program.
const SETTING: &str = r#"
set -eu
mkdir -p etc opt/cached run
cp /etc/passwd etc/
echo 5e6f0a1b2c3d4e5f8091a2b3c4d5e6f7 > etc/machine-id
echo 7c9e6679-7425-40de-944b-e07fc1f90ae7 > boot-id
cp "$1" opt/cached/cached
mount --bind boot-id /proc/sys/kernel/random/boot_id
for directory in etc opt run; do mount --bind $directory /$directory; done
cd /run

# The PID of the next process but $2.
next_pid() { echo $(($1 - $2)) > /proc/sys/kernel/ns_last_pid; }
rpctl() { /opt/cached/cached "$@"; }
start_daemon() {
    # The launcher comes before it.
    next_pid 20726 2
    rpctl spawn-self --quiet --service cached --record cached.pb --endpoint /run/cached.sock
    daemon=20726
}
# What a person would type, and what comes of it.
typed() { printf '\033[1m$ %s\033[m\n' "$*"; "$@" || test $? = ${code:-0}; }
"#;

/// Returns the program to show: the one for people, if the pictures are to be updated.
fn program() -> PathBuf {
    let people = super::picture::updated_of();
    people.map_or_else(
        || env!("CARGO_BIN_EXE_rpctl").into(),
        |path| committed(&path),
    )
}

/// Returns what a terminal shows of a script, or `None` without a container.
pub(super) fn shown(script: &str) -> Option<String> {
    if !is_root() || !is_installed("unshare") {
        return None;
    }
    let world = World::new();
    let script = format!("{SETTING}\n{script}");
    // Ends a script that hangs.
    let mut command = world.command("timeout");
    command
        .args(["60", "unshare"])
        .args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"])
        .args(["sh", "-c", &script, "sh"])
        .arg(program())
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("TERM", "xterm")
        .env_remove("XDG_RUNTIME_DIR");
    Some(terminal::output_of(command))
}
