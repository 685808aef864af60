//! What some tests need of the system: root, and PID namespaces.

use std::process::Command;

/// Whether PID namespaces can be made here; says so where they cannot, and fails
/// where nothing may be left out.
pub fn can_contain() -> bool {
    let missing = if !nix::unistd::geteuid().is_root() {
        "this needs root"
    } else if !is_installed("unshare") {
        "unshare is not installed"
    } else {
        return true;
    };
    assert!(
        std::env::var_os("RPCTL_TEST_REQUIRE_ALL").is_none(),
        "skipped, and nothing may be: {missing}"
    );
    eprintln!("skipped: {missing}");
    false
}

fn is_installed(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
    })
}

/// A command in a container, which here is what it is everywhere: a process in a
/// PID and a mount namespace of its own. It runs as PID 1, or as a given number.
pub fn contained(inner: &Command, number: Option<&str>) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--pid", "--fork", "--kill-child", "--mount-proc"]);
    if let Some(number) = number {
        // The shell stays PID 1, and its next child gets the number.
        let script = r#"echo $(($0 - 1)) > /proc/sys/kernel/ns_last_pid; "$@"; exit"#;
        command.args(["sh", "-c", script, number]);
    }
    command.arg(inner.get_program()).args(inner.get_args());
    let set = |(key, value): (_, Option<_>)| Some((key, value?));
    command.envs(inner.get_envs().filter_map(set));
    command
}
