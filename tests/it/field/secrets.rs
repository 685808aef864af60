//! Secrets on the command lines of other processes: no report shows them, in no form.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use crate::support::{
    FORMATS, KillOnDrop, World, before_start_ms, is_installed, this_process, wait_until,
};

const SECRET: &str = "hunter2hunter2";

/// Command lines that hold the secret, each of a process that does nothing.
fn holders() -> Vec<Command> {
    let mut commands = Vec::new();
    let joined = format!("--token={SECRET}");
    for arguments in [&["--password", SECRET][..], &[&joined], &[SECRET]] {
        let mut shell = Command::new("sh");
        shell.args(["-c", "echo; read x", "sh"]).args(arguments);
        commands.push(shell);
    }
    let mut script = Command::new("sh");
    script
        .arg("-c")
        .arg(format!("PASSWORD={SECRET}; echo; read x"));
    commands.push(script);
    let mut title = Command::new("sh");
    title.arg0(format!("daemon: {SECRET}"));
    title.args(["-c", "echo; read x"]);
    commands.push(title);
    let mut path = Command::new("sh");
    path.arg0(format!("/usr/sbin/{SECRET}"));
    path.args(["-c", "echo; read x"]);
    commands.push(path);
    commands
}

fn start(mut command: Command) -> KillOnDrop {
    let child: Child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let holder = KillOnDrop(child);
    let line = format!("/proc/{}/cmdline", holder.0.id());
    wait_until(|| String::from_utf8_lossy(&std::fs::read(&line).unwrap()).contains(SECRET));
    holder
}

#[test]
fn no_format_shows_the_arguments_of_another_process() {
    let world = World::new();
    for command in holders() {
        let holder = start(command);
        // A record of another program that the process is said to run.
        let mut identity = this_process(&world.endpoint("s"));
        identity.pid = holder.0.id();
        let now = identity.started_at_unix_ms;
        for (name, time) in [
            ("reused.json", before_start_ms(holder.0.id())),
            ("other.json", now),
        ] {
            identity.started_at_unix_ms = time;
            let record = world.sidecar(name, &identity);
            let record = record.to_str().unwrap();
            for format in FORMATS {
                let run = world.rpctl(["probe", "--wide", "-o", format, record]);
                let shown = [run.text(), &run.stderr].concat();
                assert!(!shown.contains(SECRET), "{format}: {shown}");
            }
            for command in ["shutdown", "kill"] {
                let run = world.rpctl([command, "--wide", record]);
                let shown = [run.text(), &run.stderr].concat();
                assert!(!shown.contains(SECRET), "{command}: {shown}");
            }
        }
    }
}

/// A stranger that serves the socket is named by its program and script.
#[test]
fn a_squatter_is_named_without_its_arguments() {
    if !is_installed("python3") {
        return;
    }
    let world = World::new();
    let script = "import socket, sys\ns = socket.socket(socket.AF_UNIX)\ns.bind('s')\ns.listen()\n\
                  sys.stdin.read()";
    std::fs::write(world.path("squat.py"), script).unwrap();
    let mut command = world.command("python3");
    command.args(["squat.py", "--secret", SECRET]);
    let squatter = start(command);
    wait_until(|| world.path("s").exists());
    let record = world.sidecar("s.json", &this_process(&world.endpoint("s")));
    for format in FORMATS {
        let record = record.to_str().unwrap();
        let run = world.rpctl(["probe", "--wide", "--timeout", "1s", "-o", format, record]);
        let shown = [run.text(), &run.stderr].concat();
        assert!(!shown.contains(SECRET), "{format}: {shown}");
        let is_named = shown.contains(" squat.py");
        assert!(is_named || format == "prometheus", "{format}: {shown}");
    }
    drop(squatter);
}
