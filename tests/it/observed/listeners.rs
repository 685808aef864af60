//! The listeners of a recorded process: held, handed down, gone, or taken by others.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};

use rpctl::process::{ProcessRecord, RecordedListener};
use serde_json::Value;

use super::{edited, holder, listening_script, saved, verdict};
use crate::support::proc::Pinned;
use crate::support::{KillOnDrop, Run, Script, World, check, is_installed, is_root};

fn record_of(pid: u32) -> ProcessRecord {
    let record = ProcessRecord::from_pid(pid).unwrap();
    record.with_listeners().unwrap()
}

fn report(world: &World, record: &ProcessRecord) -> Value {
    world.probe(&saved(world, record)).json()
}

#[test]
fn listeners_are_found_and_no_client_comes() {
    let world = World::new();
    let unix = UnixListener::bind(world.path("s")).unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let child = holder(unix.try_clone().unwrap(), tcp.try_clone().unwrap());
    let record = record_of(child.0.id());
    let report = report(&world, &record);
    assert_eq!(verdict(&report), ("verified", "kernel_only"), "{report:#}");
    assert_eq!(check(&report, "endpoint")["actual"], "all 2 listen");
    let detail = format!("PID {} holds all 2 listeners", child.0.id());
    assert_eq!(check(&report, "peer")["detail"], detail);
    assert_eq!(check(&report, "nonce")["outcome"], "skip");
    unix.set_nonblocking(true).unwrap();
    tcp.set_nonblocking(true).unwrap();
    assert_eq!(unix.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_eq!(tcp.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn a_worker_that_alone_holds_a_listener_is_named() {
    for address in ["unix", "tcp"] {
        let world = World::new();
        let hand_down = "sleep 1000 & exec 2>/dev/null; echo $!";
        let mut script = listening_script(&world, address, hand_down);
        let record = record_of(script.identity.pid);
        script.go();
        let worker = Pinned::open(script.line().parse().unwrap()).unwrap();
        assert_eq!(script.line(), "done");
        let report = report(&world, &record);
        worker.kill();
        // The script stops itself, which is a warning.
        assert_eq!(report["verdict"], "verified", "{report:#}");
        let peer = check(&report, "peer");
        let actual = peer["actual"].as_str().unwrap();
        assert!(actual.contains("sleep, user"), "{peer}");
        assert_eq!(peer["outcome"], "pass");
    }
}

#[test]
fn a_closed_listener_makes_a_process_unresponsive() {
    for address in ["unix", "tcp", "abstract"] {
        let world = World::new();
        let mut script = listening_script(&world, address, "exec 2>/dev/null");
        let record = record_of(script.identity.pid);
        assert_eq!(record.listeners.len(), 1, "{address}");
        let before = report(&world, &record);
        assert_eq!(verdict(&before), ("verified", "kernel_only"), "{before:#}");
        script.go();
        assert_eq!(script.line(), "done");
        let after = report(&world, &record);
        assert_eq!(verdict(&after), ("unresponsive", "endpoint_missing"));
        let name = record.listener_names().remove(0);
        let summary = format!(
            "unresponsive: PID {} is stopped by a signal, and no process listens on {name} any more",
            record.process.pid
        );
        assert_eq!(after["summary"], summary);
    }
}

#[test]
fn a_stranger_at_the_path_or_port_is_a_squatter() {
    for address in ["unix", "tcp"] {
        let world = World::new();
        let mut script = listening_script(&world, address, "exec 2>/dev/null");
        let record = record_of(script.identity.pid);
        script.go();
        assert_eq!(script.line(), "done");
        let name = record.listener_names().remove(0);
        let stranger: OwnedFd = if let Ok(address) = name.parse::<SocketAddr>() {
            TcpListener::bind(address).unwrap().into()
        } else {
            std::fs::remove_file(&name).unwrap();
            UnixListener::bind(&name).unwrap().into()
        };
        let report = report(&world, &record);
        assert_eq!(verdict(&report), ("mismatch", "squatted"), "{report:#}");
        let named = format!("{name} is held by PID {} (", std::process::id());
        let summary = report["summary"].as_str().unwrap();
        assert!(summary.contains(&named), "{summary}");
        drop(stranger);
    }
}

#[test]
fn another_script_of_the_interpreter_is_a_squatter() {
    let world = World::new();
    let mut script = listening_script(&world, "tcp", "exec 2>/dev/null");
    let record = record_of(script.identity.pid);
    script.go();
    assert_eq!(script.line(), "done");
    let address = record.listener_names().remove(0);
    let stranger: OwnedFd = TcpListener::bind(address).unwrap().into();
    let mut command = Command::new("sh");
    command.args(["-c", "kill -STOP $$"]).stdin(stranger);
    let _other = KillOnDrop(command.spawn().unwrap());
    drop(command);
    // The recorded instance is alive: nothing was restarted.
    let report = report(&world, &record);
    assert_eq!(verdict(&report), ("mismatch", "squatted"), "{report:#}");
    let summary = report["summary"].as_str().unwrap();
    assert!(summary.contains("nor by a descendant of it"), "{summary}");
}

#[test]
fn a_daemon_that_was_restarted_is_not_the_recorded_one() {
    let world = World::new();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut first = holder(
        tcp.try_clone().unwrap(),
        std::fs::File::open("/dev/null").unwrap(),
    );
    let record = record_of(first.0.id());
    first.0.kill().unwrap();
    first.0.wait().unwrap();
    let second = holder(tcp, std::fs::File::open("/dev/null").unwrap());
    let report = report(&world, &record);
    let gone = ("not_running", "process_exited");
    assert_eq!(verdict(&report), gone, "{report:#}");
    let named = format!("is held by PID {} (", second.0.id());
    let summary = report["summary"].as_str().unwrap();
    assert!(summary.contains(&named), "{summary}");
}

#[test]
fn a_socket_bound_again_by_the_same_process_is_fine() {
    let world = World::new();
    let unix = UnixListener::bind(world.path("s")).unwrap();
    let child = holder(unix, std::fs::File::open("/dev/null").unwrap());
    let record = record_of(child.0.id());
    let earlier = edited(&record, |document| {
        document["listeners"][0]["socket_inode"] = 1.into();
        document["listeners"][0]["inode"] = 1.into();
    });
    let report = report(&world, &earlier);
    assert_eq!(verdict(&report), ("verified", "kernel_only"), "{report:#}");
    let detail = check(&report, "endpoint")["detail"].as_str().unwrap();
    assert!(detail.starts_with("another socket listens on"), "{detail}");
}

#[test]
fn a_listener_whose_file_is_deleted_cannot_be_reached() {
    let world = World::new();
    let path = world.path("s");
    let unix = UnixListener::bind(&path).unwrap();
    let child = holder(unix, std::fs::File::open("/dev/null").unwrap());
    let record = record_of(child.0.id());
    std::fs::remove_file(&path).unwrap();
    let deleted = report(&world, &record);
    assert_eq!(verdict(&deleted), ("unresponsive", "endpoint_missing"));
}

/// The recorded process is no squatter, whatever lies at the path.
#[test]
fn a_stranger_at_the_path_of_a_held_listener_is_named() {
    let world = World::new();
    let path = world.path("s");
    let unix = UnixListener::bind(&path).unwrap();
    let child = holder(unix, std::fs::File::open("/dev/null").unwrap());
    let record = record_of(child.0.id());
    std::fs::remove_file(&path).unwrap();
    let _stranger = UnixListener::bind(&path).unwrap();
    let report = report(&world, &record);
    let missing = ("unresponsive", "endpoint_missing");
    assert_eq!(verdict(&report), missing, "{report:#}");
    assert_eq!(check(&report, "endpoint")["actual"], "taken");
    let named = format!(
        "{} leads to a later socket, which is held by PID {} (",
        path.display(),
        std::process::id()
    );
    let summary = report["summary"].as_str().unwrap();
    assert!(summary.contains(&named), "{summary}");
    let hints = report["hints"].to_string();
    assert!(hints.contains("shows who listens there"), "{hints}");
}

/// The first file of each file system in memory has the same inode number.
#[test]
fn a_stranger_on_a_file_system_mounted_over_the_path_is_named() {
    if !is_root() || !is_installed("unshare") || !is_installed("python3") {
        return;
    }
    let world = World::new();
    std::fs::create_dir(world.path("d")).unwrap();
    let listen = "import os, socket, time
s = socket.socket(socket.AF_UNIX)
s.bind(os.path.abspath('d/s'))
s.listen()
print(os.stat('d/s').st_ino, flush=True)
time.sleep(1000)";
    let script = r#"
        serve() { mount -t tmpfs tmpfs d; python3 -c "$1" > "$2" & until test -s "$2"; do :; done; }
        serve "$2" first; first=$!
        "$1" record --quiet --pid "$first" --record r.json
        "$1" probe --quiet r.json
        serve "$2" second; second=$!
        "$1" probe --json r.json || code=$?
        cmp first second
        kill "$first" "$second"
        exit "$code"
    "#;
    let mut command = world.apart(&["--mount"], script);
    let run = Run::of(command.args([env!("CARGO_BIN_EXE_rpctl"), listen]));
    let report = run.assert_verdict(6, "unresponsive", Some("endpoint_missing"));
    assert_eq!(check(&report, "endpoint")["actual"], "taken");
}

/// As a daemon does that reads its configuration again.
#[test]
fn a_path_bound_again_beside_the_old_socket_is_fine() {
    let world = World::new();
    let path = world.path("s");
    let first = UnixListener::bind(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let second = UnixListener::bind(&path).unwrap();
    let inode = rustix::fs::fstat(&first).unwrap().st_ino;
    let child = holder(first, second);
    let mut record = record_of(child.0.id());
    record.listeners.retain(|listener| match listener {
        RecordedListener::Unix(socket) => socket.socket_inode == inode,
        _ => false,
    });
    assert_eq!(record.listeners.len(), 1);
    let report = report(&world, &record);
    assert_eq!(verdict(&report), ("verified", "kernel_only"), "{report:#}");
    let detail = check(&report, "endpoint")["detail"].as_str().unwrap();
    assert!(detail.starts_with("another socket listens on"), "{detail}");
}

/// Its directory is another one since.
#[test]
fn a_relative_path_is_no_proof_of_a_missing_file() {
    let world = World::new();
    let mut command = world.command("python3");
    let program = "
import os, socket
s = socket.socket(socket.AF_UNIX)
s.bind('s')
s.listen()
os.chdir('/')
print('up', flush=True)
input()";
    if !is_installed("python3") {
        return;
    }
    command.args(["-c", program]).stdin(Stdio::piped());
    let script = Script::start_command(&world, command, &world.endpoint("none"));
    let record = record_of(script.identity.pid);
    assert_eq!(record.listener_names(), ["s"]);
    let report = report(&world, &record);
    assert_eq!(verdict(&report), ("verified", "kernel_only"), "{report:#}");
}

#[test]
fn each_of_many_sockets_on_one_port_is_told_apart() {
    let world = World::new();
    let first = shared_port(0);
    let port = first.local_addr().unwrap().port();
    let mut sockets: Vec<TcpListener> = (0..7).map(|_| shared_port(port)).collect();
    sockets.push(first);
    let children: Vec<KillOnDrop> = sockets
        .into_iter()
        .map(|socket| holder(socket, std::fs::File::open("/dev/null").unwrap()))
        .collect();
    for child in &children {
        let report = report(&world, &record_of(child.0.id()));
        assert_eq!(verdict(&report), ("verified", "kernel_only"), "{report:#}");
    }
}

/// Listens on a port that others share.
fn shared_port(port: u16) -> TcpListener {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with, sockopt};

    let (family, kind) = (AddressFamily::INET, SocketType::STREAM);
    let socket = socket_with(family, kind, SocketFlags::CLOEXEC, None).unwrap();
    sockopt::set_socket_reuseport(&socket, true).unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    rustix::net::bind(&socket, &address).unwrap();
    rustix::net::listen(&socket, 8).unwrap();
    socket.into()
}

#[test]
fn a_listener_of_another_network_namespace_is_found() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    // Bound here, and held by a process of another namespace.
    let unix = UnixListener::bind(world.path("s")).unwrap();
    let mut command = Command::new("unshare");
    command
        .args(["--net", "sh", "-c", "echo up; kill -STOP $$"])
        .stdin(OwnedFd::from(unix))
        .stdout(Stdio::piped());
    let script = Script::start_command(&world, command, &world.endpoint("none"));
    let record = record_of(script.identity.pid);
    assert_eq!(record.listeners.len(), 1);
    let report = report(&world, &record);
    assert_eq!(report["verdict"], "verified", "{report:#}");
}

#[test]
fn the_listener_that_is_asked_for_must_be_recorded() {
    let world = World::new();
    let path = world.path("s");
    let unix = UnixListener::bind(&path).unwrap();
    let child = holder(unix, std::fs::File::open("/dev/null").unwrap());
    let record = saved(&world, &record_of(child.0.id()));
    let asked = |endpoint: &Path| {
        let (endpoint, record) = (endpoint.to_str().unwrap(), record.to_str().unwrap());
        let run = world.rpctl(["probe", "--json", "--endpoint", endpoint, record]);
        let report = run.json();
        let (verdict, reason) = verdict(&report);
        (verdict.to_owned(), reason.to_owned())
    };
    let link = world.path("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    for named in [&path, &link] {
        assert_eq!(asked(named).1, "kernel_only");
    }
    assert_eq!(asked(&world.path("other")).1, "endpoint_differs");
}
