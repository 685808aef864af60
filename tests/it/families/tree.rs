//! Descendants that are to end with their daemon.

use super::fixture::{Kin, assert_outcome, left, signalled};
use crate::support::{Role, Run, World, identity_of, is_installed, is_root, role};

/// A child in a session of its own, one that is another program, and one with a child.
const MIXED: &str = r"
def session(ready):
    os.setsid()
    sleeper(ready)
def program(ready):
    ready()
    os.execvp('sleep', ['sleep', '1000'])
def parent(ready):
    child('grandchild', sleeper)
    sleeper(ready)
child('session', session)
child('program', program)
child('parent', parent)
if os.fork() == 0:
    child('orphan', sleeper)
    os._exit(0)
os.wait()
";
const DESCENDANTS: [&str; 4] = ["session", "program", "parent", "grandchild"];

#[test]
fn the_descendants_end_with_the_daemon_and_no_other_process() {
    for (command, outcome) in [("shutdown", "terminated"), ("kill", "killed")] {
        let world = World::new();
        let Some(family) = Kin::start(&world, MIXED) else {
            return;
        };
        let dry = family.rpctl(&world, &[command, "--tree", "--dry-run"]);
        let document = assert_outcome(&dry, "dry_run", 0);
        assert_eq!(signalled(&document), family.pids(&DESCENDANTS));
        assert!(DESCENDANTS.iter().all(|name| family.is_alive(name)));

        let run = family.rpctl(&world, &[command, "--tree"]);
        let document = assert_outcome(&run, outcome, 0);
        assert_eq!(signalled(&document), family.pids(&DESCENDANTS));
        assert_eq!(document["action"]["left"], serde_json::json!([]));
        let summary = document["summary"].as_str().unwrap();
        assert!(summary.contains("4 descendants"), "{summary}");
        assert!(!DESCENDANTS.iter().any(|name| family.is_alive(name)));
        // Its parent had exited before, so that nothing proves whose child it is.
        assert!(family.is_alive("orphan"));
    }
}

#[test]
fn without_tree_no_descendant_is_signalled() {
    let world = World::new();
    let Some(family) = Kin::start(&world, MIXED) else {
        return;
    };
    let document = assert_outcome(&family.rpctl(&world, &["kill"]), "killed", 0);
    assert_eq!(signalled(&document), [] as [u32; 0]);
    assert_eq!(left(&document, "descendant"), family.pids(&DESCENDANTS));
    assert!(DESCENDANTS.iter().all(|name| family.is_alive(name)));
}

#[test]
fn a_child_that_ignores_the_signal_ends_by_force_alone() {
    let world = World::new();
    let Some(family) = Kin::start(&world, "child('child', stubborn)\n") else {
        return;
    };
    let soon = ["--tree", "--timeout", "300ms"];
    let run = family.rpctl(&world, &[&["shutdown"], &soon[..]].concat());
    let document = assert_outcome(&run, "timed_out", 7);
    assert_eq!(left(&document, "descendant"), family.pids(&["child"]));
    let summary = document["summary"].as_str().unwrap();
    assert!(summary.starts_with("still alive: "), "{summary}");
    assert!(family.is_alive("child"));

    let world = World::new();
    let Some(family) = Kin::start(&world, "child('child', stubborn)\n") else {
        return;
    };
    let run = family.rpctl(&world, &[&["shutdown", "--force"], &soon[..]].concat());
    let document = assert_outcome(&run, "terminated", 0);
    assert_eq!(signalled(&document), family.pids(&["child"]));
    assert!(!family.is_alive("child"));
}

#[test]
fn a_child_that_the_stop_itself_creates_ends_with_the_daemon() {
    let world = World::new();
    let plan = r"
def stop(*_):
    child('late', stubborn)
    print('.', flush=True)
signal.signal(TERM, stop)
";
    let Some(mut family) = Kin::start(&world, plan) else {
        return;
    };
    let options = ["shutdown", "--tree", "--force", "--timeout", "1s"];
    let run = family.rpctl(&world, &options);
    family.read();
    let document = assert_outcome(&run, "killed", 0);
    assert_eq!(signalled(&document), family.pids(&["late"]));
    assert!(!family.is_alive("late"));
}

/// The signal has its child create another one, for whose end it waits.
#[test]
fn a_grandchild_that_the_signal_creates_gets_it_too() {
    let world = World::new();
    let plan = r"
def parent(ready):
    def stop(*_):
        late = child('late', sleeper)
        print('.', flush=True)
        os.waitpid(late, 0)
        os._exit(0)
    signal.signal(TERM, stop)
    sleeper(ready)
child('parent', parent)
";
    let Some(mut family) = Kin::start(&world, plan) else {
        return;
    };
    let run = family.rpctl(&world, &["shutdown", "--tree"]);
    family.read();
    let document = assert_outcome(&run, "terminated", 0);
    assert_eq!(signalled(&document), family.pids(&["parent", "late"]));
    assert!(!family.is_alive("late"));
}

#[test]
fn workers_with_the_listener_end_with_the_daemon() {
    let world = World::new();
    let plan = "own = listener()\nchild('one', sleeper)\nchild('two', sleeper)\n";
    let Some(family) = Kin::start(&world, plan) else {
        return;
    };
    let options = ["shutdown", "--tree", "--remove-record"];
    let document = assert_outcome(&family.rpctl(&world, &options), "terminated", 0);
    assert_eq!(signalled(&document), family.pids(&["one", "two"]));
    assert!(!world.path("s").exists());
    assert!(!family.script.record.exists());
}

#[test]
fn a_child_of_another_user_ends_with_the_daemon_of_root() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let plan = "
def dropped(ready):
    os.setresuid(65534, 65534, 65534)
    sleeper(ready)
child('child', dropped)
";
    let Some(family) = Kin::start(&world, plan) else {
        return;
    };
    let run = family.rpctl(&world, &["shutdown", "--tree"]);
    let document = assert_outcome(&run, "terminated", 0);
    assert_eq!(signalled(&document), family.pids(&["child"]));
}

#[test]
fn a_stopped_descendant_is_named_with_the_reason() {
    let world = World::new();
    let Some(family) = Kin::start(&world, "child('child', sleeper)\n") else {
        return;
    };
    crate::support::proc::Pinned::open(family.pid("child"))
        .unwrap()
        .stop();
    let options = ["shutdown", "--tree", "--timeout", "300ms"];
    let document = assert_outcome(&family.rpctl(&world, &options), "timed_out", 7);
    let entry = &document["action"]["left"][0];
    assert_eq!(entry["standstill"]["kind"], "stopped");
    let summary = document["summary"].as_str().unwrap();
    assert!(summary.contains("stopped by a signal"), "{summary}");
}

/// Its first process is PID 1 inside, and an ordinary process outside.
#[test]
fn the_processes_of_a_container_end_with_its_first_one() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let plan = "
import subprocess
inside = ['unshare', '--pid', '--fork', 'sh', '-c', 'sleep 1000 & sleep 1001 & echo up; wait']
unshare = subprocess.Popen(inside, stdout=subprocess.PIPE)
unshare.stdout.readline()
print('unshare', unshare.pid, flush=True)
";
    let Some(family) = Kin::start(&world, plan) else {
        return;
    };
    let children = |pid: u32| {
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        let children = children.unwrap();
        let pids = children.split_whitespace().map(|pid| pid.parse().unwrap());
        pids.collect::<Vec<u32>>()
    };
    let first = children(family.pid("unshare"))[0];
    let mut sleepers = children(first);
    sleepers.sort_unstable();
    assert_eq!(sleepers.len(), 2);
    let record = world.sidecar("first.json", &identity_of(first, &world.endpoint("s")));
    let record = record.to_str().unwrap();
    let dry = world.rpctl(["kill", "--json", "--tree", "--dry-run", record]);
    assert_eq!(signalled(&dry.json()), sleepers);
    let run = world.rpctl(["kill", "--json", "--tree", record]);
    let document = assert_outcome(&run, "killed", 0);
    assert_eq!(document["action"]["left"], serde_json::json!([]));
    let stat = |pid| std::fs::read_to_string(format!("/proc/{pid}/stat"));
    assert!(sleepers.into_iter().all(|pid| stat(pid).is_err()));
}

/// The number of a descendant is that of a stranger when the descendants are signalled.
#[test]
fn a_stranger_with_the_number_of_a_descendant_is_left_alone() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let reuse = role(Role::ReuseDescendant, [world.path("")]);
    let mut command = world.command("unshare");
    command
        .args(["--pid", "--fork", "--kill-child", "--mount-proc"])
        .arg(reuse.get_program())
        .args(reuse.get_args())
        .envs(
            reuse
                .get_envs()
                .filter_map(|(key, value)| Some((key, value?))),
        );
    let run = Run::of(&mut command);
    let said = "\nreused: true, signalled: false, descendants signalled: 1\n";
    assert!(run.text().contains(said), "{run:?}");
}

/// Stops the sender of the signal while it leaves a child alone, so that none can see in time whose
/// child that was.
const LEAVES_ALONE: &str = r#"
os.setsid()
def threads(pid):
    tasks = "/proc/%d/task" % pid
    return [open("%s/%s/stat" % (tasks, task)).read() for task in os.listdir(tasks)]
def middle(ready):
    child("late", sleeper)
    ready()
signal.pthread_sigmask(signal.SIG_BLOCK, {TERM})
print(".", flush=True)
sender = signal.sigwaitinfo({TERM}).si_pid
os.kill(sender, signal.SIGSTOP)
while not all(") T " in thread for thread in threads(sender)): time.sleep(0.001)
os.waitpid(child("middle", middle), 0)
print(".", flush=True)
os.kill(sender, signal.SIGCONT)
os._exit(0)
"#;

#[test]
fn a_child_that_is_left_alone_by_the_stop_is_named() {
    let world = World::new();
    let Some(mut family) = Kin::start(&world, LEAVES_ALONE) else {
        return;
    };
    let run = family.rpctl(&world, &["shutdown", "--tree"]);
    family.read();
    let document = assert_outcome(&run, "terminated", 0);
    assert_eq!(signalled(&document), [] as [u32; 0]);
    let late = family.pids(&["late"]);
    assert_eq!(left(&document, "orphan"), late, "{document:#}");
    let summary = document["summary"].as_str().unwrap();
    let named = format!("perhaps by it, and not signalled: PID {} (", late[0]);
    assert!(summary.contains(&named), "{summary}");
    assert!(family.is_alive("late"));
}
