//! Daemons that are started again while they are stopped.

use std::path::PathBuf;
use std::process::Command;

use rpctl::process::ProcessRecord;
use serde_json::Value;

use super::fixture::{Kin, assert_outcome, left};
use crate::support::{World, identity_of};

/// Starts a daemon, and another program in its place before it lets the daemon end: the
/// daemon again, or a script with another name.
const SUPERVISOR: &str = r#"
import os, shutil, subprocess, sys
interpreter = os.path.realpath(sys.executable)
shutil.copy(interpreter, "python3")
asked, ask = os.pipe()
done, again = os.pipe()
os.set_inheritable(ask, True)
os.set_inheritable(done, True)
def start(script, output=None):
    program = ["-m", script[:-3]] if os.path.exists("as_module") else [script]
    command = ["./python3", *program, str(ask), str(done)]
    home = dict(os.environ, PYTHONHOME=sys.prefix)
    return subprocess.Popen(command, close_fds=False, env=home, stdout=output)
first = start("daemon.py")
os.read(asked, 1)
second = start("other.py" if os.path.exists("other.py") else "daemon.py", subprocess.PIPE)
second.stdout.readline()
print("again %d" % second.pid, flush=True)
print(".", flush=True)
os.write(again, b"x")
first.wait()
second.wait()
"#;

const RESTARTED: &str = r#"
import os, signal, socket, sys
ask, done = int(sys.argv[1]), int(sys.argv[2])
if os.path.exists("s"): os.unlink("s")
s = socket.socket(socket.AF_UNIX)
s.bind(os.path.abspath("s"))
s.listen()
def restart(*_):
    os.write(ask, b"x")
    os.read(done, 1)
    os._exit(0)
signal.signal(signal.SIGTERM, restart)
print("daemon %d\n." % os.getpid(), flush=True)
while True: signal.pause()
"#;

/// Stops a daemon whose supervisor starts a program in its place; `prepare` is called before.
/// Returns the document and the PID of that program.
fn restarted(world: &World, prepare: impl FnOnce()) -> Option<(Value, u32)> {
    stopped(world, RESTARTED, |pid| {
        let record = world.sidecar("daemon.json", &identity_of(pid, &world.endpoint("s")));
        prepare();
        record
    })
}

/// Does that with another daemon, by its record, which `save` writes.
fn stopped(world: &World, daemon: &str, save: impl FnOnce(u32) -> PathBuf) -> Option<(Value, u32)> {
    std::fs::write(world.path("daemon.py"), daemon).unwrap();
    let mut supervisor = Kin::supervise(world, SUPERVISOR)?;
    let record = save(supervisor.pid("daemon"));
    let record = record.to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", "--probe-timeout", "200ms", record]);
    supervisor.read();
    Some((
        assert_outcome(&run, "still_served", 7),
        supervisor.pid("again"),
    ))
}

#[test]
fn a_daemon_that_its_supervisor_restarts_is_a_new_instance() {
    for is_upgraded in [false, true] {
        let world = World::new();
        let program = world.path("python3");
        let upgrade = || {
            let new = world.path("new");
            let copied = Command::new("cp").args([&program, &new]).status();
            assert!(copied.unwrap().success());
            std::fs::rename(&new, &program).unwrap();
        };
        let prepare = || {
            if is_upgraded {
                upgrade();
            }
        };
        let Some((document, again)) = restarted(&world, prepare) else {
            return;
        };
        assert_eq!(left(&document, "new_instance"), [again], "{document:#}");
        let summary = document["summary"].as_str().unwrap();
        assert!(summary.contains("it was started again: "), "{summary}");
        let served = format!("a new instance, PID {again} (");
        assert!(summary.contains(&served), "{summary}");
    }
}

/// A module shows as nothing but its interpreter.
#[test]
fn another_script_that_takes_the_address_is_no_new_instance() {
    for is_module in [false, true] {
        let world = World::new();
        std::fs::write(world.path("other.py"), RESTARTED).unwrap();
        if is_module {
            std::fs::write(world.path("as_module"), "").unwrap();
        }
        let Some((document, other)) = restarted(&world, || {}) else {
            return;
        };
        assert_eq!(left(&document, "other"), [other], "{document:#}");
        assert!(!document["hints"].to_string().contains("rpctl record"));
    }
}

#[test]
fn a_new_instance_has_commands_that_record_and_stop_it() {
    let world = World::new();
    let path = world.path("record.json");
    let save = |pid| {
        let record = ProcessRecord::from_pid(pid).unwrap();
        let record = record.with_service("web", None).unwrap();
        record.with_listeners().unwrap().save(&path).unwrap();
        path.clone()
    };
    let Some((document, again)) = stopped(&world, RESTARTED, save) else {
        return;
    };
    let hint = document["hints"][1].as_str().unwrap();
    let path = path.display();
    let record = format!("record --pid {again} --service web --replace --record {path}");
    let says = format!("or record it, and stop it: rpctl {record} && rpctl shutdown {path}");
    assert_eq!(hint, says, "{document:#}");
}

/// The directory of the daemon is known while it lives.
#[test]
fn a_new_instance_is_found_by_a_relative_path() {
    let world = World::new();
    let path = world.path("record.json");
    let save = |pid| {
        let record = ProcessRecord::from_pid(pid).unwrap();
        let record = record.with_listeners().unwrap();
        assert_eq!(record.listener_names(), ["s"]);
        record.save(&path).unwrap();
        path.clone()
    };
    let relative = RESTARTED.replace(r#"os.path.abspath("s")"#, r#""s""#);
    let Some((document, again)) = stopped(&world, &relative, save) else {
        return;
    };
    assert_eq!(left(&document, "new_instance"), [again], "{document:#}");
    assert_eq!(document["action"]["left"][0]["is_serving"], true);
}
