//! Sockets that are served on, or only held, after their daemon has ended.

use std::io::ErrorKind;
use std::os::unix::net::UnixListener;
use std::process::Stdio;
use std::thread;

use nix::libc;
use rpctl::process::ProcessRecord;
use rustix::process::Signal;

use super::fixture::{Kin, assert_outcome, left};
use crate::observed::saved;
use crate::support::proc::Pinned;
use crate::support::{Run, World, errno_for};

/// Two workers have the listener.
const PREFORK: &str = r"
own = listener()
for name in ('one', 'two'):
    child(name, sleeper)
";

#[test]
fn workers_with_the_listener_serve_on() {
    for command in [&["shutdown", "--remove-record"][..], &["kill"]] {
        let world = World::new();
        let Some(family) = Kin::start(&world, PREFORK) else {
            return;
        };
        let run = family.rpctl(&world, &[command, &["--timeout", "3s"]].concat());
        let document = assert_outcome(&run, "still_served", 7);
        assert_eq!(left(&document, "descendant"), family.pids(&["one", "two"]));
        let entry = &document["action"]["left"][0];
        let socket = world.path("s");
        assert_eq!(entry["listeners"], serde_json::json!([socket]));
        assert_eq!(entry["is_serving"], true);
        assert!(entry["program"].as_str().unwrap().contains("plan.py"));
        let summary = document["summary"].as_str().unwrap();
        let served = format!(
            "{} is still served by its descendant PID ",
            socket.display()
        );
        assert!(summary.starts_with("still served: "), "{summary}");
        assert!(summary.contains(&served), "{summary}");
        assert!(document["hints"].to_string().contains("--tree"));
        assert!(family.script.record.exists());
        assert!(socket.exists());
    }
}

#[test]
fn a_person_is_told_that_a_socket_is_still_served() {
    let world = World::new();
    let Some(family) = Kin::start(&world, PREFORK) else {
        return;
    };
    let record = family.script.record.to_str().unwrap();
    let run = world.rpctl(["kill", "--timeout", "3s", record]);
    assert_eq!(run.code, Some(7));
    assert!(run.text().starts_with("! still served: "), "{}", run.text());
}

/// A profile of a container may forbid to ask the kernel for its sockets.
#[test]
fn files_are_kept_if_the_kernel_does_not_name_listeners() {
    let world = World::new();
    let Some(family) = Kin::start(&world, PREFORK) else {
        return;
    };
    let record = ProcessRecord::from_pid(family.script.identity.pid).unwrap();
    let path = saved(&world, &record.with_listeners().unwrap());
    let kill = thread::scope(|scope| {
        let started = scope.spawn(|| {
            errno_for(libc::SYS_socket, libc::EPERM);
            let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
            command
                .args(["kill", "--json", "--remove-record"])
                .arg(&path)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        });
        started.join().unwrap()
    });
    let run = Run::end_of(kill);
    let document = assert_outcome(&run, "killed", 0);
    assert_eq!(left(&document, "descendant"), family.pids(&["one", "two"]));
    let unknown = "whether another process still serves the daemon's sockets is not known: ";
    assert!(run.stderr.contains(unknown), "{run:?}");
    assert!(run.stderr.contains("was not removed"), "{run:?}");
    assert!(path.exists() && world.path("s").exists());
}

/// They take their time for it.
#[test]
fn workers_that_end_after_the_daemon_are_waited_for() {
    let world = World::new();
    let plan = r"
own = listener()
alive, mine = os.pipe()
def worker(ready):
    os.close(mine)
    ready()
    os.read(alive, 1)
    time.sleep(1)
child('worker', worker)
";
    let Some(family) = Kin::start(&world, plan) else {
        return;
    };
    let run = family.rpctl(&world, &["shutdown"]);
    let document = assert_outcome(&run, "terminated", 0);
    assert_eq!(document["action"]["left"], serde_json::json!([]));
    assert!(!world.path("s").exists());
}

#[test]
fn an_interrupt_ends_the_wait_for_those_that_serve_on() {
    let world = World::new();
    let Some(mut family) = Kin::start(&world, PREFORK) else {
        return;
    };
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command
        .args(["shutdown", "--timeout", "1000s"])
        .args(["--probe-timeout", "200ms"])
        .arg(&family.script.record);
    let shutdown = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pinned = Pinned::open(shutdown.id()).unwrap();
    family.script.status();
    pinned.signal(Signal::INT);
    let run = Run::end_of(shutdown);
    assert_eq!(run.code, None, "{run:?}");
    assert!(run.stderr.contains("SIGTERM was already sent"), "{run:?}");
}

#[test]
fn a_descendant_without_the_listener_is_named_and_no_failure() {
    let world = World::new();
    let plan = "child('helper', sleeper)\nown = listener()\n";
    let Some(family) = Kin::start(&world, plan) else {
        return;
    };
    let document = assert_outcome(&family.rpctl(&world, &["shutdown"]), "terminated", 0);
    assert_eq!(left(&document, "descendant"), family.pids(&["helper"]));
    assert_eq!(document["action"]["left"][0]["is_serving"], false);
    let summary = document["summary"].as_str().unwrap();
    let named = format!("its descendant PID {} (", family.pid("helper"));
    assert!(summary.contains(&named), "{summary}");
    assert!(summary.contains("lives on"), "{summary}");
}

/// As systemd does: the parent keeps the listener, and starts the daemon for a client. To
/// connect would be to start it again.
#[test]
fn a_listener_of_a_supervisor_is_held_open_and_no_failure() {
    let world = World::new();
    let listener = UnixListener::bind(world.path("s")).unwrap();
    let given = listener.try_clone().unwrap();
    let plan = "own = socket.socket(fileno=0)\n";
    let Some(family) = Kin::start_with(&world, plan, Some(given)) else {
        return;
    };
    // Those of the probe before the signal are for the daemon.
    let run = family.rpctl(&world, &["shutdown"]);
    let document = assert_outcome(&run, "terminated", 0);
    assert_eq!(left(&document, "supervisor"), [std::process::id()]);
    let summary = document["summary"].as_str().unwrap();
    let held = format!("is held open by PID {} (", std::process::id());
    assert!(summary.contains(&held), "{summary}");
    listener.set_nonblocking(true).unwrap();
    listener.accept().unwrap();
    let second = listener.accept().unwrap_err();
    assert_eq!(second.kind(), ErrorKind::WouldBlock);
}

#[test]
fn an_unrelated_process_that_got_the_listener_serves_on() {
    let world = World::new();
    // It is forked twice, so that it is no descendant, and gets the listener by SCM_RIGHTS.
    let plan = r"
ours, theirs = socket.socketpair()
if os.fork() == 0:
    if os.fork() == 0:
        ours.close()
        kept = socket.recv_fds(theirs, 1, 1)
        theirs.send(str(os.getpid()).encode())
        wait()
    os._exit(0)
os.wait()
theirs.close()
own = listener()
socket.send_fds(ours, [b'x'], [own.fileno()])
print('stranger', ours.recv(9).decode(), flush=True)
ours.close()
";
    let Some(family) = Kin::start(&world, plan) else {
        return;
    };
    let run = family.rpctl(&world, &["shutdown", "--timeout", "3s"]);
    let document = assert_outcome(&run, "still_served", 7);
    assert_eq!(left(&document, "other"), family.pids(&["stranger"]));
    assert_eq!(left(&document, "descendant"), [] as [u32; 0]);
}

#[test]
fn a_worker_whose_socket_file_is_gone_serves_no_client() {
    let world = World::new();
    let plan = "own = listener(os.path.abspath('s'))\nchild('worker', sleeper)\n";
    let Some(family) = Kin::start(&world, plan) else {
        return;
    };
    std::fs::remove_file(world.path("s")).unwrap();
    let document = assert_outcome(&family.rpctl(&world, &["kill"]), "killed", 0);
    assert_eq!(left(&document, "descendant"), family.pids(&["worker"]));
    assert_eq!(document["action"]["left"][0]["is_serving"], false);
}

/// Its record is one of a process, with the addresses on which it listened.
#[test]
fn a_tcp_listener_of_a_worker_is_named_with_its_address() {
    let world = World::new();
    let plan = r"
own = socket.create_server(('127.0.0.1', 0))
open('port', 'w').write(str(own.getsockname()[1]))
child('worker', sleeper)
";
    let Some(family) = Kin::start(&world, plan) else {
        return;
    };
    let process = ProcessRecord::from_pid(family.script.identity.pid).unwrap();
    let process = process.with_digests().unwrap().with_listeners().unwrap();
    let record = world.path("process.json");
    process.save(&record).unwrap();
    let options = ["kill", "--json", "--timeout", "3s"];
    let run = world.rpctl(options.into_iter().chain([record.to_str().unwrap()]));
    let document = assert_outcome(&run, "still_served", 7);
    let port = std::fs::read_to_string(world.path("port")).unwrap();
    let address = format!("127.0.0.1:{port}");
    let entry = &document["action"]["left"][0];
    assert_eq!(entry["listeners"], serde_json::json!([address]));
    assert_eq!(entry["pid"], family.pid("worker"));
}

#[test]
fn a_daemon_that_was_gone_before_is_still_served() {
    let world = World::new();
    let plan = r"
own = listener(os.path.abspath('s'))
child('worker', lambda ready: (os.setsid(), sleeper(ready)))
";
    let Some(family) = Kin::start(&world, plan) else {
        return;
    };
    let process = ProcessRecord::from_pid(family.script.identity.pid).unwrap();
    let process = process.with_digests().unwrap().with_listeners().unwrap();
    let record = world.path("process.json");
    process.save(&record).unwrap();
    let stop = ["shutdown", "--json", "--remove-record", "--timeout", "3s"];
    let stop = || world.rpctl(stop.into_iter().chain([record.to_str().unwrap()]));
    for _ in 0..2 {
        let run = stop();
        let document = assert_outcome(&run, "still_served", 7);
        assert_eq!(document["action"]["left"][0]["pid"], family.pid("worker"));
        assert!(run.stderr.contains("its socket is still served"), "{run:?}");
        assert!(record.exists());
    }
    // Nothing can be reached by a socket without its file.
    std::fs::remove_file(world.path("s")).unwrap();
    let _other = UnixListener::bind(world.path("s")).unwrap();
    assert_outcome(&stop(), "already_gone", 0);
    assert!(!record.exists());
}

/// For example a descriptor that a shell or a build tool forgot to close.
#[test]
fn a_listener_that_is_not_recorded_is_no_concern() {
    let world = World::new();
    let plan = "own = listener('other')\nchild('worker', sleeper)\n";
    let Some(family) = Kin::start(&world, plan) else {
        return;
    };
    let document = assert_outcome(&family.rpctl(&world, &["kill"]), "killed", 0);
    let entry = &document["action"]["left"][0];
    assert_eq!(entry["listeners"], serde_json::json!([]));
    assert_eq!(entry["pid"], family.pid("worker"));
}
