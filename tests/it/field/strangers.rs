//! Daemons and squatters in network and PID namespaces of their own.

use std::process::{Command, Stdio};

use nix::sys::signal::Signal;

use crate::support::{
    Daemon, Family, KillOnDrop, PIDS, Role, Run, World, check, is_installed, is_root, role,
    wait_until,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rpctl");

fn can_unshare() -> bool {
    is_root() && is_installed("unshare")
}

/// The command of a role in a namespace of its own.
pub(super) fn apart(options: &[&str], inner: &Command) -> Command {
    let mut command = Command::new("unshare");
    command.args(options).arg(inner.get_program());
    command.args(inner.get_args());
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap());
    }
    command
}

/// Its creator is gone and no process accepts, so that only the listener tells who serves.
#[test]
fn a_hung_daemon_of_another_network_namespace_can_be_stopped() {
    if !can_unshare() {
        return;
    }
    for plan in ["forked", "worker", "listens_again"] {
        let world = World::new();
        let path = world.path("s");
        let inner = role(Role::ServeAsFamily, [path.to_str().unwrap(), plan]);
        let mut family = Family::start_by(&mut apart(&["--net"], &inner));
        if plan == "forked" {
            family.wait_for_first();
        }
        let record = world.sidecar("s.json", &family.identity);
        world.probe(&record).assert_verdict(0, "verified", None);

        family.stop_server();
        let path = record.to_str().unwrap();
        let document = world
            .rpctl(["probe", "--json", "--timeout", "300ms", path])
            .assert_verdict(6, "unresponsive", Some("endpoint_silent"));
        assert_eq!(check(&document, "peer")["outcome"], "pass", "{document:#}");
        for command in ["shutdown", "kill"] {
            let options = ["--dry-run", "--quiet", "--probe-timeout", "300ms"];
            let run = world.rpctl([command].into_iter().chain(options).chain([path]));
            assert_eq!(run.code, Some(0), "{plan}, {command}: {run:?}");
        }
    }
}

#[test]
fn a_listener_handed_into_another_network_namespace_is_found() {
    if !can_unshare() {
        return;
    }
    let world = World::new();
    let path = world.path("s");
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let inner = role(Role::ServeAsFamily, [path.to_str().unwrap(), "activated"]);
    let mut command = apart(&["--net"], &inner);
    let family = Family::start_by(command.stdin(std::os::fd::OwnedFd::from(listener)));
    drop(command);
    family.stop_server();
    let record = world.sidecar("s.json", &family.identity);
    let document = world
        .rpctl([
            "probe",
            "--json",
            "--timeout",
            "300ms",
            record.to_str().unwrap(),
        ])
        .assert_verdict(6, "unresponsive", Some("endpoint_silent"));
    assert_eq!(check(&document, "peer")["outcome"], "pass", "{document:#}");
}

/// Probes a hung daemon of another network namespace without the right to enter that.
pub(super) fn probe_without_entering(world: &World) -> Run {
    const DROPPED: &str = "-sys_admin";
    let path = world.path("s");
    let inner = role(Role::ServeAsFamily, [path.to_str().unwrap(), "forked"]);
    let mut family = Family::start_by(&mut apart(&["--net"], &inner));
    family.wait_for_first();
    family.stop_server();
    let record = world.sidecar("s.json", &family.identity);
    let mut command = world.command("setpriv");
    command
        .args(["--bounding-set", DROPPED, "--inh-caps", DROPPED])
        .args([PROGRAM, "probe", "--json", "--timeout", "300ms"])
        .arg(record);
    Run::of(&mut command)
}

/// Nothing is said of the listener.
#[test]
fn a_network_namespace_that_may_not_be_entered_proves_nothing() {
    if !can_unshare() || !is_installed("setpriv") {
        return;
    }
    let run = probe_without_entering(&World::new());
    let document = run.assert_verdict(4, "indeterminate", Some("peer_unresolved"));
    let detail = check(&document, "peer")["detail"].as_str().unwrap();
    let says = "not permitted to look into the network namespace of the recorded process";
    assert!(detail.starts_with(says), "{detail}");
}

/// Takes the path of a socket from inside a PID namespace, as the process with a number.
pub(super) fn squat(world: &World, daemon: &Daemon, program: &[&str]) -> KillOnDrop {
    std::fs::remove_file(daemon.socket()).unwrap();
    let script = r#"
        echo $(($1 - 1)) > /proc/sys/kernel/ns_last_pid
        shift
        "$@" &
        wait
    "#;
    let mut command = world.apart(PIDS, script);
    command.arg(daemon.pid().to_string()).args(program);
    let squatter = KillOnDrop(command.stdout(Stdio::null()).spawn().unwrap());
    wait_until(|| std::os::unix::net::UnixStream::connect(daemon.socket()).is_ok());
    squatter
}

pub(super) const SILENT: &str = "import socket, sys, time\n\
    s = socket.socket(socket.AF_UNIX)\n\
    s.bind(sys.argv[1])\n\
    s.listen(8)\n\
    time.sleep(1000)";

/// The record does not say where it was written, and the squatter has the recorded number
/// in its own namespace.
#[test]
fn a_squatter_in_its_own_pid_namespace_does_not_prevent_kill() {
    if !can_unshare() || !is_installed("python3") {
        return;
    }
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let socket = daemon.socket().to_owned();
    let _squatter = squat(&world, &daemon, &["python3", "-c", SILENT, &socket]);
    let bare = world.sidecar("bare.json", &daemon.identity);
    for record in [daemon.record().to_owned(), bare] {
        let record = record.to_str().unwrap();
        let document = world
            .rpctl(["probe", "--json", "--timeout", "300ms", record])
            .assert_verdict(5, "mismatch", Some("squatted"));
        assert_eq!(check(&document, "peer")["outcome"], "fail");
        assert_eq!(check(&document, "pid")["outcome"], "pass");
        let options = ["kill", "--dry-run", "--quiet", "--probe-timeout", "300ms"];
        let run = world.rpctl(options.into_iter().chain([record]));
        assert_eq!(run.code, Some(0), "{run:?}");
    }
    let record = daemon.record().to_str().unwrap().to_owned();
    let run = world.rpctl(["kill", "--quiet", "--probe-timeout", "300ms", &record]);
    assert_eq!(run.code, Some(0), "{run:?}");
    daemon.wait();
}

/// A container sees a socket of its host, on which any process may have listened.
#[test]
fn a_squatter_outside_the_pid_namespace_does_not_prevent_kill() {
    if !can_unshare() {
        return;
    }
    let world = World::new();
    // Outside, this process takes the path from the daemon inside.
    let script = r#"
        "$1" spawn-self --foreground --record "$2" --endpoint "$3" > /dev/null &
        until test -s "$2"; do :; done
        echo up
        read -r _ || :
        "$1" kill --json --probe-timeout 300ms "$2"
    "#;
    let (record, socket) = (world.path("r.json"), world.path("s"));
    let mut command = world.apart(PIDS, script);
    command
        .arg(PROGRAM)
        .args([&record, &socket])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut container = KillOnDrop(command.spawn().unwrap());
    let mut output = std::io::BufReader::new(container.0.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut output, &mut line).unwrap();
    assert_eq!(line, "up\n");
    std::fs::remove_file(&socket).unwrap();
    let _squatter = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    // As of a daemon that does not say where it runs.
    let identity = rpctl::record::load(&record).unwrap().daemon().unwrap();
    world.sidecar("r.json", &identity);
    drop(container.0.stdin.take());
    let mut document = String::new();
    std::io::Read::read_to_string(&mut output, &mut document).unwrap();
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["exit_code"], 0, "{document:#}");
    assert_eq!(document["action"]["outcome"], "killed", "{document:#}");
}

#[test]
fn a_stopped_daemon_and_a_squatter_do_not_hide_each_other() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    daemon.signal(Signal::SIGSTOP);
    std::fs::remove_file(daemon.socket()).unwrap();
    let _squatter = std::os::unix::net::UnixListener::bind(daemon.socket()).unwrap();
    let record = daemon.record().to_str().unwrap();
    let document = world
        .rpctl(["probe", "--json", "--timeout", "300ms", record])
        .assert_verdict(5, "mismatch", Some("squatted"));
    assert_eq!(check(&document, "pid")["outcome"], "pass");
}
