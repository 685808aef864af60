//! Namespaces in which a recipe finds the directories that it names, and all ports free.

use crate::support::{PIDS, Run, World, is_installed, is_root};

/// Runs a shell script in namespaces of its own, with an empty `/run` and `/var/log`, after
/// the functions that scripts share. Its working directory is that of the world. Returns
/// `None` if a program is not installed.
pub(super) fn contained(world: &World, programs: &[&str], script: &str) -> Option<Run> {
    const SHARED: &str = r#"
        for directory in /run /var/log; do mount -t tmpfs none "$directory"; done
        # Runs a command, and says how it ended.
        status() {
            code=0
            "$@" || code=$?
            echo "$1: $code"
        }
        # Prints the PID of a program that runs.
        pid_of() {
            for process in /proc/[0-9]*; do
                [ "$(cat "$process/comm" 2> /dev/null)" != "$1" ] || basename "$process"
            done
        }
        until_true() { until "$@"; do sleep 0.01; done; }
    "#;
    let are_installed = programs.iter().all(|program| is_installed(program));
    if !is_root() || !is_installed("unshare") || !are_installed {
        return None;
    }
    world.open_to_all();
    let options: Vec<&str> = PIDS.iter().copied().chain(["--net"]).collect();
    let mut command = world.apart(&options, &format!("{SHARED}\n{script}"));
    command.env("PATH", world.user_path());
    Some(Run::of(&mut command))
}
