//! The descendants of a verified process.

use rpctl::process::{ProcessRecord, Signal, VerifiedProcess};

use crate::support::{PATIENCE, Script, World};

/// A shell with a child, which has a child, and a process that was left by its parent.
const FAMILY: &str = r"
    sh -c 'sleep 1000 & echo $!; echo $$; exec sleep 1001' &
    (sleep 1002 & echo $!) > orphan
    echo done
    exec sleep 1003
";

#[test]
fn descendants_are_held_and_others_left_alone() {
    let world = World::new();
    let mut script = Script::start(&world, &format!("echo up; read _; {FAMILY}"));
    let record = ProcessRecord::from_pid(script.identity.pid).unwrap();
    let process = record.verify().unwrap();
    assert!(process.descendants().unwrap().is_empty());
    script.go();
    let mut lines: Vec<String> = (0..3).map(|_| script.line()).collect();
    lines.retain(|line| line != "done");
    let [grandchild, child] = [0, 1].map(|at: usize| lines[at].parse::<u32>().unwrap());
    let orphan = std::fs::read_to_string(world.path("orphan")).unwrap();
    let orphan: u32 = orphan.trim().parse().unwrap();

    let family = process.descendants().unwrap();
    let pids: Vec<u32> = family.iter().map(VerifiedProcess::pid).collect();
    let at = |pid| pids.iter().position(|&known| known == pid);
    // Parents come first; the orphan has another parent now.
    assert!(at(child).unwrap() < at(grandchild).unwrap(), "{pids:?}");
    assert_eq!(at(orphan), None);
    assert_eq!(at(process.pid()), None);

    for process in family {
        process.signal(Signal::Kill).unwrap();
        assert!(process.wait(PATIENCE).unwrap());
    }
    assert!(process.is_alive());
    let orphan = ProcessRecord::from_pid(orphan).unwrap().verify().unwrap();
    assert!(orphan.is_alive());
    orphan.kill(PATIENCE).unwrap();
    assert!(process.descendants().unwrap().is_empty());
}
