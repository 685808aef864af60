//! Every exit code, as a script meets it.

use std::path::Path;

use nix::sys::signal::Signal;

use crate::support::{Daemon, Run, Script, World};

fn code(run: &Run) -> i32 {
    run.code.unwrap()
}

fn rpctl(world: &World, command: &str, record: &Path, options: &[&str]) -> i32 {
    let mut args = vec![command, "--quiet", record.to_str().unwrap()];
    args.extend(options);
    let run = world.rpctl(args);
    assert!(run.stdout.is_empty() && run.stderr.is_empty(), "{run:?}");
    code(&run)
}

#[test]
fn every_code_comes_from_the_state_it_stands_for() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let record = daemon.record().to_owned();

    assert_eq!(rpctl(&world, "probe", &record, &[]), 0);
    let other = ["--endpoint", "/run/other.sock"];
    assert_eq!(rpctl(&world, "probe", &record, &other), 5);
    assert_eq!(code(&world.rpctl(["probe", "--timeout", "never"])), 2);
    assert_eq!(rpctl(&world, "probe", &world.path("none.pb"), &[]), 8);
    let foreign = world.manifest("foreign.json", &daemon.identity, |manifest| {
        let host = manifest.host.as_mut().unwrap();
        host.machine_id = "another".to_owned();
        host.boot_id = "another".to_owned();
    });
    assert_eq!(rpctl(&world, "probe", &foreign, &[]), 4);

    daemon.signal(Signal::SIGSTOP);
    assert_eq!(rpctl(&world, "probe", &record, &[]), 6);
    let soon = ["--timeout", "10ms", "--probe-timeout", "10ms"];
    assert_eq!(rpctl(&world, "shutdown", &record, &soon), 7);
    daemon.signal(Signal::SIGCONT);
    daemon.wait();

    let stubborn = Script::start(&world, "echo ready; read go");
    std::fs::write(&record, std::fs::read(&stubborn.record).unwrap()).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(&record, open).unwrap();
    assert_eq!(rpctl(&world, "kill", &record, &[]), 9);
    assert_eq!(rpctl(&world, "kill", &record, &["--trust-manifest"]), 0);
    drop(stubborn);
    assert_eq!(rpctl(&world, "probe", &record, &[]), 3);
    assert_eq!(rpctl(&world, "shutdown", &record, &[]), 0);
}

#[test]
fn what_is_no_state_is_an_internal_error() {
    let world = World::new();
    // The registry cannot be a file.
    std::fs::write(world.path("registry"), "").unwrap();
    let run = world.rpctl(["probe"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("cannot read the registry"), "{run:?}");
    assert!(run.stderr.contains("\n  next: "), "{run:?}");
}
