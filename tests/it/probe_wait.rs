//! `rpctl probe --wait`: daemons that are not up yet.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use rpctl::DaemonProcess;
use rpctl::record::CacheRoot;
use serde_json::Value;

use crate::support::proc::bytes_read_by;
use crate::support::{
    Daemon, Run, TestServer, World, check, copy_program, resize_program, this_process, wait_until,
};

/// Far longer than any of these tests: what ends earlier was noticed.
const LONG: &str = "10m";

/// A run of `rpctl probe --wait`; killed with this value.
struct Waiting(Option<Child>);

impl Waiting {
    /// A run that has begun to watch for its records.
    fn on<P: AsRef<Path>>(
        world: &World,
        patience: &str,
        records: impl IntoIterator<Item = P>,
    ) -> Self {
        let mut command = waiting(world, patience);
        for record in records {
            command.arg(record.as_ref());
        }
        Self::start(&mut command)
    }

    /// Starts a command that waits, and returns once it watches its files.
    fn start(command: &mut Command) -> Self {
        let child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut waiting = Self(Some(child));
        waiting.until_watching(1);
        waiting
    }

    /// Wait until so many directories are watched: those of the records at first,
    /// and after an attempt those of the sockets that they name as well.
    fn until_watching(&mut self, directories: usize) {
        let child = self.0.as_mut().unwrap();
        let pid = child.id();
        wait_until(|| {
            watched_directories(pid) >= directories || child.try_wait().unwrap().is_some()
        });
    }

    fn finish(mut self) -> Run {
        Run::end_of(self.0.take().unwrap())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            // It may have ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn waiting(world: &World, patience: &str) -> Command {
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command.args(["probe", "--json", "--wait", patience]);
    command
}

fn watched_directories(pid: u32) -> usize {
    let Ok(descriptors) = std::fs::read_dir(format!("/proc/{pid}/fdinfo")) else {
        return 0;
    };
    descriptors
        .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path()).ok())
        .map(|text| text.matches("inotify wd:").count())
        .sum()
}

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

/// Gives a run that waits more and more time, until what happens to its records happens
/// in that time: on a busy machine it may come too late.
fn with_enough_time(attempt: impl Fn(&World, &str) -> Waiting) -> Run {
    for seconds in [2, 10, 50] {
        let world = World::new();
        let began = Instant::now();
        let waiting = attempt(&world, &format!("{seconds}s"));
        let is_in_time = began.elapsed() < Duration::from_secs(seconds);
        let run = waiting.finish();
        assert!(began.elapsed() >= Duration::from_secs(seconds), "{run:?}");
        if is_in_time {
            return run;
        }
    }
    panic!("the machine is too busy");
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
    run.assert_verdict(8, "invalid_record", Some("record_missing"));
}

#[test]
fn several_records_are_waited_for_until_the_last_is_up() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
    let early = world.sidecar("early.json", &identity);
    let waiting = Waiting::on(&world, LONG, [world.path("daemon.pb"), early.clone()]);
    let daemon = Daemon::start(&world);
    let run = waiting.finish();
    assert_eq!(run.code, Some(0), "{run:?}");
    let document = run.json();
    let reports = document["reports"].as_array().unwrap();
    let found: Vec<_> = reports
        .iter()
        .map(|report| (report["verdict"].as_str(), report["target"]["pid"].as_u64()))
        .collect();
    let pids = [daemon.pid(), identity.pid];
    assert_eq!(found, pids.map(|pid| (Some("verified"), Some(pid.into()))));
}

/// A daemon that is up, a record of another that is not, and a run that has found
/// the first one up.
fn one_of_two(world: &World, patience: &str) -> (Daemon, DaemonProcess, Waiting) {
    let early = Daemon::start(world);
    std::fs::create_dir(world.path("late")).unwrap();
    let late = this_process(&world.endpoint("late/s"));
    let record = world.sidecar("late.json", &late);
    let mut waiting = Waiting::on(world, patience, [early.record(), &record]);
    // Both records and the socket of the first one are in the same directory.
    waiting.until_watching(2);
    (early, late, waiting)
}

#[test]
fn a_daemon_that_was_up_and_ended_is_waited_for_again() {
    let world = World::new();
    let (mut early, late, waiting) = one_of_two(&world, LONG);
    early.kill();
    let _served = TestServer::truly(&late);
    let again = Daemon::start(&world);
    let run = waiting.finish();
    assert_eq!(run.code, Some(0), "{run:?}");
    let document = run.json();
    assert_eq!(document["reports"][0]["target"]["pid"], again.pid());
    assert_eq!(document["reports"][1]["target"]["pid"], late.pid);
}

#[test]
fn a_daemon_that_ended_is_not_reported_as_up_at_the_end() {
    let run = with_enough_time(|world, patience| {
        let (mut early, _late, waiting) = one_of_two(world, patience);
        early.kill();
        waiting
    });
    assert_eq!(run.code, Some(6), "{run:?}");
    let document = run.json();
    let verdicts = [0, 1].map(|at| document["reports"][at]["verdict"].as_str().unwrap());
    assert_eq!(verdicts, ["not_running", "unresponsive"], "{document:#}");
}

/// What leads to a record of the service `late` where no record is named.
const CHOICES: [&[&str]; 4] = [
    &["--service", "late"],
    &["--service", concat!("late@", env!("CARGO_PKG_VERSION"))],
    &["--all"],
    &[],
];

/// The only report of a document, whether it is that of a list or not.
fn only_report(document: &Value) -> &Value {
    document["reports"]
        .as_array()
        .map_or(document, |reports| match reports.as_slice() {
            [only] => only,
            _ => panic!("not one report: {document:#}"),
        })
}

#[test]
fn a_daemon_without_a_record_yet_is_waited_for() {
    for choice in CHOICES {
        let world = World::new();
        let waiting = Waiting::start(waiting(&world, LONG).args(choice));
        let daemon = Daemon::registered(&world, "late");
        let run = waiting.finish();
        assert_eq!(run.code, Some(0), "{choice:?}: {run:?}");
        let document = run.json();
        let report = only_report(&document);
        assert_eq!(report["verdict"], "verified", "{document:#}");
        assert_eq!(report["target"]["pid"], daemon.pid(), "{document:#}");
    }
}

#[test]
fn another_version_is_found_beside_a_dead_ones_record() {
    for choice in [CHOICES[0], CHOICES[3]] {
        let world = World::new();
        std::fs::create_dir(world.path("registry")).unwrap();
        let mut gone = this_process(&world.endpoint("gone/s"));
        gone.pid = i32::MAX.unsigned_abs();
        world.manifest("registry/late-0.0.1.pb", &gone, |manifest| {
            manifest.service_name = "late".to_owned();
            manifest.service_version = "0.0.1".to_owned();
        });
        let waiting = Waiting::start(waiting(&world, LONG).args(choice));
        let daemon = Daemon::registered(&world, "late");
        let document = waiting.finish().assert_verdict(0, "verified", None);
        assert_eq!(document["target"]["pid"], daemon.pid(), "{document:#}");
    }
}

#[test]
fn what_was_chosen_is_waited_for_whatever_else_comes_up() {
    let world = World::new();
    let hung = Daemon::registered(&world, "late");
    hung.signal(Signal::SIGSTOP);
    let mut waiting = Waiting::start(&mut waiting(&world, LONG));
    // The registry, and the directory of the socket, once that has been seen.
    waiting.until_watching(2);
    let _other = Daemon::registered(&world, "other");
    hung.signal(Signal::SIGCONT);
    let document = waiting.finish().assert_verdict(0, "verified", None);
    assert_eq!(document["target"]["pid"], hung.pid(), "{document:#}");
}

#[test]
fn if_nothing_appears_the_error_is_that_of_a_single_try() {
    let patience = Duration::from_millis(300);
    for choice in CHOICES {
        let world = World::new();
        let began = Instant::now();
        let waited = Run::of(waiting(&world, "300ms").args(choice));
        assert!(began.elapsed() >= patience, "{waited:?}");
        let tried = world.rpctl([&["probe", "--json"], choice].concat());
        assert_eq!(waited.code, Some(2), "{waited:?}");
        assert_eq!(waited.json(), tried.json());
    }
}

#[test]
fn where_several_could_be_meant_waiting_would_not_help() {
    let world = World::new();
    let _daemons = ["late", "early"].map(|service| Daemon::registered(&world, service));
    let run = Run::of(&mut waiting(&world, LONG));
    assert_eq!(run.code, Some(2), "{run:?}");
    let document = run.json();
    assert_eq!(document["error"]["kind"], "no_target", "{document:#}");
}

#[test]
fn standard_input_cannot_be_waited_for() {
    let world = World::new();
    let run = Run::of(waiting(&world, LONG).arg("-"));
    assert_eq!(run.code, Some(2), "{run:?}");
    let document = run.json();
    assert_eq!(document["error"]["kind"], "usage");
    assert_eq!(document["hints"][0], "name a file instead of -");
    assert!(
        run.stderr.contains("can be read only once"),
        "{}",
        run.stderr
    );
}
