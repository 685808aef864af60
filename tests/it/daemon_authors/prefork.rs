//! The daemon in Python as a prefork server.

use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::authors::PAGE;
use crate::support::{KillOnDrop, World, ask, block, is_installed};

#[test]
fn the_workers_answer_as_the_process_that_listens() {
    if !is_installed("python3") {
        return;
    }
    let world = World::new();
    let (before, after) = block(PAGE, "python", "# exampled.py: ")
        .split_once("def main(")
        .unwrap();
    let (_, after) = after.split_once("\n\n\n").unwrap();
    let prefork = block(PAGE, "python", "os.fork()");
    let text = format!("{before}{prefork}\n\n{after}");
    std::fs::write(world.path("exampled.py"), text).unwrap();
    let mut command: Command = world.command("python3");
    command.args(["exampled.py", "exampled.sock", "exampled.json"]);
    let mut daemon = KillOnDrop(command.spawn().unwrap());
    let probe = ["probe", "--json", "--wait", "5m", "exampled.json"];
    let document = world.rpctl(probe).assert_verdict(0, "verified", None);
    assert_eq!(document["target"]["pid"], daemon.0.id(), "{document:#}");
    for _ in 0..16 {
        assert_eq!(ask(world.path("exampled.sock")).pid, daemon.0.id());
    }
    let pid = Pid::from_raw(daemon.0.id().try_into().unwrap());
    kill(pid, Signal::SIGTERM).unwrap();
    let status = daemon.0.wait().unwrap();
    assert!(status.success(), "{status}");
    for file in ["exampled.sock", "exampled.json"] {
        assert!(!world.path(file).exists(), "{file}");
    }
}
