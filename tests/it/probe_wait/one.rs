//! One record that is named.

use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;
use rpctl::record::CacheRoot;

use super::fixture::{LONG, Waiting, waiting, with_enough_time};
use crate::support::proc::bytes_read_by;
use crate::support::{
    Daemon, Run, TestServer, World, check, copy_program, resize_program, this_process,
};

#[test]
fn a_record_that_appears_later_is_probed_then() {
    let world = World::new();
    let waiting = Waiting::on(&world, LONG, ["daemon.pb"]);
    let daemon = Daemon::start(&world);
    let document = waiting.finish().assert_verdict(0, "verified", None);
    assert_eq!(document["target"]["pid"], daemon.pid());
}

#[test]
fn a_record_in_a_directory_that_appears_later_is_probed_then() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
    let waiting = Waiting::on(&world, LONG, ["a/b/s.json"]);
    std::fs::create_dir_all(world.path("a/b")).unwrap();
    world.sidecar("a/b/s.json", &identity);
    waiting.finish().assert_verdict(0, "verified", None);
}

#[test]
fn a_daemon_that_starts_later_than_its_record_is_probed_then() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let waiting = Waiting::on(&world, LONG, [world.sidecar("s.json", &identity)]);
    let _served = TestServer::truly(&identity);
    waiting.finish().assert_verdict(0, "verified", None);
}

#[test]
fn a_daemon_that_takes_the_place_of_a_dead_one_is_probed_then() {
    let world = World::new();
    let mut old = Daemon::start(&world);
    old.kill();
    let waiting = Waiting::on(&world, LONG, [old.record()]);
    let new = Daemon::start(&world);
    let document = waiting.finish().assert_verdict(0, "verified", None);
    assert_eq!(document["target"]["pid"], new.pid());
}

/// A run that waits for a daemon which it has found to hang.
fn hung(world: &World, daemon: &Daemon) -> Waiting {
    daemon.signal(Signal::SIGSTOP);
    std::fs::create_dir(world.path("kept")).unwrap();
    let kept = world.path("kept/daemon.pb");
    std::fs::copy(daemon.record(), &kept).unwrap();
    let mut waiting = Waiting::on(world, LONG, [kept]);
    // The directory of the socket as well, once that has been seen.
    waiting.until_watching(2);
    waiting
}

#[test]
fn a_daemon_that_hangs_for_a_while_is_waited_for() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let waiting = hung(&world, &daemon);
    daemon.signal(Signal::SIGCONT);
    waiting.finish().assert_verdict(0, "verified", None);
}

/// Once for all rounds that find it unreachable, whose digests are shared; and once more,
/// for the change times by which digests are known do not show every change.
#[test]
fn a_daemon_is_hashed_once_and_again_when_it_answers() {
    const SIZE: u64 = 64 << 20;
    let world = World::new();
    let program = world.path("program");
    copy_program(&program);
    resize_program(&program, ">64M");
    let daemon = Daemon::start_program(&world, &program);
    let aside = world.path("aside.sock");
    std::fs::rename(daemon.socket(), &aside).unwrap();
    std::fs::create_dir(world.path("kept")).unwrap();
    let kept = world.path("kept/daemon.pb");
    std::fs::copy(daemon.record(), &kept).unwrap();
    let mut command = waiting(&world, LONG);
    let mut waiting = Waiting::start(command.args(["--timeout", "1m"]).arg(kept));
    waiting.until_watching(2);
    // Time for some rounds, which come four times a second.
    thread::sleep(Duration::from_secs(1));
    std::fs::rename(aside, daemon.socket()).unwrap();
    let read = bytes_read_by(waiting.0.as_ref().unwrap());
    assert!(
        (SIZE * 2..SIZE * 5 / 2).contains(&read),
        "{read} bytes read"
    );
    waiting.finish().assert_verdict(0, "verified", None);
}

#[test]
fn an_identity_that_appears_beside_its_manifest_is_found() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
    std::fs::create_dir(world.path("run")).unwrap();
    let manifest = world.manifest("m.json", &identity, |manifest| {
        manifest.current_daemon = None;
        manifest.roots = vec![CacheRoot {
            path: world.path("run").to_str().unwrap().to_owned(),
            kind: 4,
            ..CacheRoot::default()
        }];
    });
    let waiting = Waiting::on(&world, LONG, [manifest]);
    let sidecar = world.sidecar("run/daemon-identity.json", &identity);
    let document = waiting.finish().assert_verdict(0, "verified", None);
    assert_eq!(
        document["target"]["identity_file"].as_str(),
        sidecar.to_str()
    );
}

#[test]
fn a_daemon_that_is_up_is_not_waited_for() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let run = Run::of(waiting(&world, LONG).arg(daemon.record()));
    run.assert_verdict(0, "verified", None);
}

#[test]
fn the_last_verdict_counts_when_the_time_is_over() {
    let run = with_enough_time(|world, patience| {
        let mut daemon = Daemon::start(world);
        daemon.kill();
        let waiting = Waiting::on(world, patience, ["late.pb"]);
        std::fs::rename(daemon.record(), world.path("late.pb")).unwrap();
        waiting
    });
    let document = run.assert_verdict(3, "not_running", Some("process_exited"));
    assert_eq!(check(&document, "pid")["outcome"], "fail");

    let world = World::new();
    let run = Run::of(self::waiting(&world, "50ms").arg("missing.pb"));
    run.assert_verdict(8, "no_record", Some("no_record"));
}
