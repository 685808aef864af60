//! Daemons that become another build in the same process, and do not answer yet.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Run, Script, World, before_start_ms, check, is_installed, wait_until};

/// A program that listens at `$1`, and becomes the program `$2` when its input ends. That keeps
/// the listener, as a daemon does that upgrades itself.
const TURNING: &str = r#"
import os, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
listener.set_inheritable(True)
os.write(1, b"up\n")
sys.stdin.readline()
os.execv(sys.argv[2], sys.argv[2:])
"#;

/// Starts a daemon that became another build, and listens at a path in the world.
fn upgraded(world: &World, path: &Path) -> Script {
    let build = world.path("build");
    let copied = Command::new("cp")
        .args(["--dereference", "/bin/sleep"])
        .arg(&build)
        .status();
    assert!(copied.unwrap().success());
    let mut command = world.command("python3");
    command.args(["-c", TURNING]).arg(path).arg(&build);
    command.arg("1000");
    command.stdin(Stdio::piped());
    let mut daemon = Script::start_command(world, command, &world.endpoint("s"));
    daemon.go();
    let image = format!("/proc/{}/exe", daemon.identity.pid);
    wait_until(|| std::fs::read_link(&image).unwrap() == build);
    daemon
}

fn run(world: &World, command: &str, options: &[&str], record: &Path) -> Run {
    let common = ["--json", record.to_str().unwrap()];
    world.rpctl([&[command], options, &common].concat())
}

/// The clock was set after it had recorded itself.
#[test]
fn a_process_that_executed_another_build_is_not_gone() {
    if !is_installed("python3") {
        return;
    }
    // A listener without its socket file that was bound by a relative path is not recognised.
    for (is_relative, has_lost_its_socket, peer) in [
        (false, false, "pass"),
        (false, true, "pass"),
        (true, false, "pass"),
        (true, true, "skip"),
    ] {
        let world = World::new();
        let path = if is_relative {
            "s".into()
        } else {
            world.path("s")
        };
        let mut daemon = upgraded(&world, &path);
        daemon.identity.started_at_unix_ms = before_start_ms(daemon.identity.pid);
        let record = world.manifest("registry/s.pb", &daemon.identity, |_| {});
        if has_lost_its_socket {
            std::fs::remove_file(world.path("s")).unwrap();
        }
        let probe = run(&world, "probe", &["--timeout", "50ms"], &record);
        let document = probe.assert_verdict(5, "mismatch", Some("digest_mismatch"));
        assert_eq!(check(&document, "start_time")["outcome"], "warn");
        assert_eq!(check(&document, "peer")["outcome"], peer);
        let options = ["--remove-record", "--probe-timeout", "50ms"];
        let shutdown = run(&world, "shutdown", &options, &record);
        assert_eq!(shutdown.json()["action"]["outcome"], "refused");
        let pruned = world.rpctl(["prune", "--json", "--timeout", "50ms"]).json();
        assert_eq!(pruned["kept"][0]["why"], "not_gone", "{pruned:#}");
        assert!(record.exists());
        assert!(daemon.is_running());

        drop(daemon);
        let pruned = world.rpctl(["prune", "--json"]).json();
        assert_eq!(pruned["pruned"].as_array().unwrap().len(), 1, "{pruned:#}");
        assert!(!record.exists());
    }
}
