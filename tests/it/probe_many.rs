//! Several records in one run of `rpctl probe`.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rpctl::DaemonProcess;
use rpctl::record::HostMessage;
use rpctl::responder::ProbeResponder;
use serde_json::Value;

use crate::support::proc::bytes_read_by;
use crate::support::{
    Daemon, MAX_PID, Run, TestServer, World, copy_program, is_installed, is_root, misbehaving,
    resize_program, this_process,
};

fn probe_all(world: &World, records: &[PathBuf]) -> Run {
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    Run::of(
        command
            .args(["probe", "--json", "--timeout", "30s"])
            .args(records),
    )
}

/// A record for each verdict, best first, with its exit code.
fn one_of_each(world: &World, verified: &DaemonProcess) -> Vec<(i32, PathBuf)> {
    let absent = this_process(&world.endpoint("absent"));
    let mut other_build = absent.clone();
    other_build.exe_digest.blake3.as_mut().unwrap()[0] ^= 1;
    let elsewhere = |machine_id: &str| HostMessage {
        machine_id: machine_id.to_owned(),
        ..HostMessage::default()
    };
    vec![
        (0, world.sidecar("verified.json", verified)),
        (
            3,
            world.manifest("not-running.json", &absent, |manifest| {
                manifest.current_daemon = None;
            }),
        ),
        (
            4,
            world.manifest("indeterminate.json", &absent, |manifest| {
                manifest.host = Some(elsewhere("00000000000000000000000000000001"));
            }),
        ),
        (6, world.sidecar("unresponsive.json", &absent)),
        (8, world.path("missing.json")),
        (5, world.sidecar("mismatch.json", &other_build)),
    ]
}

#[test]
fn the_worst_verdict_is_the_exit_code() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
    let (codes, records): (Vec<i32>, Vec<PathBuf>) =
        one_of_each(&world, &identity).into_iter().unzip();
    for worst in 1..records.len() {
        for neighbours in [[worst - 1, worst], [worst, worst - 1]] {
            let run = probe_all(&world, &neighbours.map(|at| records[at].clone()));
            assert_eq!(run.code, Some(codes[worst]), "{run:?}");
            assert_eq!(run.json()["exit_code"], codes[worst]);
        }
        let run = probe_all(&world, &records[..=worst]);
        assert_eq!(run.code, Some(codes[worst]), "{run:?}");
    }
}

#[test]
fn reports_keep_the_order_of_the_arguments() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
    // The slowest comes first.
    let slow = this_process(&world.endpoint("slow"));
    let responder = ProbeResponder::new(slow.clone());
    misbehaving(&slow.ipc_endpoint, move |stream| {
        std::thread::sleep(Duration::from_millis(300));
        responder.serve(&stream).unwrap();
        stay(stream);
    });
    let mut expected = one_of_each(&world, &identity);
    expected.insert(0, (0, world.sidecar("slow.json", &slow)));

    let records: Vec<PathBuf> = expected.iter().map(|(_, path)| path.clone()).collect();
    let document = probe_all(&world, &records).json();
    let reports = document["reports"].as_array().unwrap();
    let found: Vec<(i32, PathBuf)> = reports
        .iter()
        .map(|report| {
            let code = report["exit_code"].as_i64().unwrap();
            let name = report["target"]["record"].as_str().unwrap();
            (code.try_into().unwrap(), name.into())
        })
        .collect();
    assert_eq!(found, expected);
    let faults: Vec<&Value> = reports
        .iter()
        .map(|report| &report["error"]["kind"])
        .collect();
    assert_eq!(faults.iter().filter(|kind| !kind.is_null()).count(), 1);
    assert_eq!(*faults[5], "not_found");
}

#[test]
fn a_table_of_many_is_headed_by_the_name_of_its_record() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
    world.sidecar("a.json", &identity);
    let run = world.rpctl(["probe", "a.json", "b.json"]);
    let text = run.text();
    let (a, b) = text.split_once("\nb.json:\n").unwrap();
    assert!(a.starts_with("VERDICT"), "{text}");
    assert!(b.contains("there is no file b.json"), "{text}");
    let verbose = world.rpctl(["probe", "-v", "a.json", "b.json"]);
    let verbose = verbose.text();
    let (a, _) = verbose.split_once("\nb.json:\n").unwrap();
    assert!(
        a.starts_with("a.json:\n✓ verified: the daemon is "),
        "{verbose}"
    );
    assert_eq!(run.code, Some(8));
}

/// A daemon whose executable has this size, as `truncate` takes it, and many
/// records of it.
fn many_records(world: &World, size: &str, count: usize) -> (Daemon, Vec<PathBuf>) {
    let program = world.path("program");
    copy_program(&program);
    resize_program(&program, size);
    let daemon = Daemon::start_program(world, &program);
    let records: Vec<PathBuf> = (0..count)
        .map(|number| {
            let copy = world.path(&format!("{number}.pb"));
            std::fs::copy(daemon.record(), &copy).unwrap();
            copy
        })
        .collect();
    (daemon, records)
}

const SIZE: u64 = 64 << 20;

#[track_caller]
fn assert_hashed_once(command: &mut Command) {
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let read = bytes_read_by(&child);
    child.wait().unwrap();
    assert!((SIZE..SIZE * 3 / 2).contains(&read), "{read} bytes read");
}

#[test]
fn an_executable_is_hashed_once_however_many_records_name_it() {
    let world = World::new();
    let (_daemon, records) = many_records(&world, ">64M", 12);
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    assert_hashed_once(command.arg("probe").args(records));
}

#[test]
fn a_command_that_chooses_its_record_hashes_once() {
    let world = World::new();
    let (daemon, _) = many_records(&world, ">64M", 0);
    std::fs::create_dir(world.path("registry")).unwrap();
    std::fs::copy(daemon.record(), world.path("registry/only.pb")).unwrap();
    for bare in [&["probe"][..], &["shutdown", "--dry-run"]] {
        let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
        assert_hashed_once(command.args(bare));
    }
}

#[test]
fn more_records_are_probed_than_files_may_be_open() {
    let world = World::new();
    let (_daemon, records) = many_records(&world, "+0", 300);
    let mut command = world.command("sh");
    command
        .args(["-c", r#"ulimit -n 256 && exec "$@""#, "sh"])
        .args([env!("CARGO_BIN_EXE_rpctl"), "probe", "--json"])
        .args(["--timeout", "30s"])
        .args(&records);
    let run = Run::of(&mut command);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.json()["reports"].as_array().unwrap().len(), 300);
}

#[test]
fn records_of_one_sequential_daemon_are_all_verified() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let responder = ProbeResponder::new(identity.clone());
    misbehaving(&identity.ipc_endpoint, move |stream| {
        responder.serve(&stream).unwrap();
        stay(stream);
    });
    let record = world.sidecar("s.json", &identity);
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command.args(["probe", "--json", "--timeout", "30s"]);
    let records: [&Path; 20] = [&record; 20];
    let run = Run::of(command.args(records));
    assert_eq!(run.code, Some(0), "{run:?}");
}

/// Keep a connection until the client leaves it.
fn stay(mut stream: UnixStream) {
    std::io::copy(&mut stream, &mut std::io::sink()).unwrap();
}

#[test]
fn without_threads_records_are_probed_one_after_another() {
    if !is_root() || !is_installed("prlimit") {
        return;
    }
    let world = World::new();
    let program = world.path("rpctl");
    copy_program(&program);
    std::fs::set_permissions(world.path(""), Permissions::from_mode(0o755)).unwrap();
    let mut gone = this_process(&world.endpoint("gone"));
    gone.pid = MAX_PID;
    let records = ["first.json", "second.json"].map(|name| {
        let record = world.sidecar(name, &gone);
        std::fs::set_permissions(&record, Permissions::from_mode(0o644)).unwrap();
        record
    });
    // A user of its own, whose one process is all that the limit allows.
    let mut command = world.command("prlimit");
    command
        .arg("--nproc=1")
        .arg(&program)
        .args(["probe", "--json"])
        .args(records)
        .uid(61_234)
        .gid(61_234);
    let run = Run::of(&mut command);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert_eq!(run.json()["reports"].as_array().unwrap().len(), 2);
}
