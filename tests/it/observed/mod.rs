//! Probing process records: processes that are looked at, not asked.

mod images;
mod listeners;
mod memory;
mod networks;
mod signals;
mod states;

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rpctl::process::ProcessRecord;
use serde_json::Value;

use crate::support::{KillOnDrop, MOUNTS, Run, Script, World};

/// Starts a child that sleeps until it is killed. It has executed its program.
pub(crate) fn sleeper() -> KillOnDrop {
    KillOnDrop(Command::new("sleep").arg("1000").spawn().unwrap())
}

/// Records a child, in a file.
fn recorded(world: &World, child: &Child) -> PathBuf {
    let record = ProcessRecord::from_child(child).unwrap();
    saved(
        world,
        &record.with_service("sleeper", Some("1.0.0")).unwrap(),
    )
}

pub(crate) fn saved(world: &World, record: &ProcessRecord) -> PathBuf {
    let path = world.path("record.json");
    record.save(&path).unwrap();
    path
}

/// Alters the document of a record.
pub(crate) fn edited(record: &ProcessRecord, edit: impl FnOnce(&mut Value)) -> ProcessRecord {
    let mut document = serde_json::to_value(record).unwrap();
    edit(&mut document);
    serde_json::from_value(document).unwrap()
}

/// Returns the verdict and the reason in a report.
fn verdict(report: &Value) -> (&str, &str) {
    let text = |key: &str| report[key].as_str().unwrap_or_default();
    (text("verdict"), text("reason"))
}

/// Probes a record where `/proc` shows processes and nothing else.
pub(crate) fn probe_processes_alone(world: &World, record: &Path) -> Run {
    let script = r#"mount -t proc -o subset=pid proc /proc && exec "$@""#;
    let mut command = world.apart(MOUNTS, script);
    command.args([env!("CARGO_BIN_EXE_rpctl"), "probe", "--json"]);
    Run::of(command.arg(record))
}

/// Starts a process that holds listeners and never accepts.
pub(crate) fn holder(first: impl Into<OwnedFd>, second: impl Into<OwnedFd>) -> KillOnDrop {
    let mut command = Command::new("sleep");
    command
        .arg("1000")
        .stdin(first.into())
        .stdout(second.into());
    KillOnDrop(command.spawn().unwrap())
}

/// Starts a copy of the shell, which does something once its input ends. Returns it with the
/// path of the copy.
pub(crate) fn started_copy(world: &World, then: &str) -> (Script, PathBuf) {
    let program = world.path("program");
    build("cp -L /bin/sh \"$1\"", &program);
    let mut command = world.command(&program);
    command
        .args(["-c", &format!("echo up; read _; {then}")])
        .stdin(Stdio::piped());
    let script = Script::start_command(world, command, &world.endpoint("none"));
    (script, program)
}

/// Replaces a program by another build of it.
pub(crate) fn rebuild(program: &Path) {
    build(
        "cp \"$1\" \"$1.new\" && echo >> \"$1.new\" && mv \"$1.new\" \"$1\"",
        program,
    );
}

/// Makes a program by a command. No process that a test starts at the same time inherits a
/// descriptor with which it is written, because of which it could not be executed.
fn build(command: &str, program: &Path) {
    let mut shell = Command::new("sh");
    shell.args(["-c", command, "sh"]).arg(program);
    assert!(shell.status().unwrap().success());
}

/// Starts a shell that listens on its standard error, and does something once its input ends.
pub(crate) fn listening_script(world: &World, address: &str, then: &str) -> Script {
    let stderr: OwnedFd = match address {
        "unix" => UnixListener::bind(world.path("s")).unwrap().into(),
        "tcp" => TcpListener::bind("127.0.0.1:0").unwrap().into(),
        _ => {
            use std::os::linux::net::SocketAddrExt;
            let name = world.path("s");
            let name = name.to_str().unwrap();
            let address = std::os::unix::net::SocketAddr::from_abstract_name(name).unwrap();
            UnixListener::bind_addr(&address).unwrap().into()
        }
    };
    let mut command = world.command("sh");
    let text = format!("echo up; read _; {then}; echo done; kill -STOP $$");
    command
        .args(["-c", &text])
        .stdin(Stdio::piped())
        .stderr(stderr);
    Script::start_command(world, command, &world.endpoint("none"))
}
