//! When nothing is signalled: the record is not to be trusted, or proves too little.

use std::fs::{File, Permissions};
use std::io::{Seek, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;
use rpctl::process::ProcessRecord;
use rustix::fs::{MemfdFlags, memfd_create};

use super::{COMMANDS, assert_refused, run};
use crate::support::{
    Daemon, Run, TestServer, World, before_start_ms, identity_of, is_installed, is_root,
};

#[test]
fn a_record_that_others_may_write_is_refused_unless_trusted() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    std::fs::set_permissions(daemon.record(), Permissions::from_mode(0o602)).unwrap();
    for command in COMMANDS {
        assert_refused(
            &run(&world, command, daemon.record()),
            9,
            "others may write",
        );
    }
    let record = daemon.record().to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", "--trust-record", record]);
    assert_eq!(run.code, Some(0), "{:#}", run.json());
    assert!(daemon.wait().success());
}

/// What a command would do with the record that it is given as its standard input.
fn run_on_stdin(world: &World, command: &str, stdin: impl Into<Stdio>) -> Run {
    let mut rpctl = world.command(env!("CARGO_BIN_EXE_rpctl"));
    rpctl.args([command, "--json", "--dry-run", "-"]);
    Run::of(rpctl.stdin(stdin))
}

#[test]
fn standard_input_is_trusted_no_more_than_the_file() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = daemon.record();
    for command in COMMANDS {
        let run = run_on_stdin(&world, command, File::open(record).unwrap());
        assert_eq!(run.code, Some(0), "{:#}", run.json());
    }
    std::fs::set_permissions(record, Permissions::from_mode(0o666)).unwrap();
    for command in COMMANDS {
        let run = run_on_stdin(&world, command, File::open(record).unwrap());
        assert_refused(&run, 9, "others may write");
    }
}

/// A file in memory has no name, whatever its mode.
#[test]
fn a_private_record_is_trusted_on_standard_input() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = std::fs::read(daemon.record()).unwrap();
    let mut memory = File::from(memfd_create("record", MemfdFlags::CLOEXEC).unwrap());
    memory.write_all(&record).unwrap();
    memory.rewind().unwrap();
    let run = run_on_stdin(&world, "kill", Stdio::from(memory));
    assert_eq!(run.code, Some(0), "{:#}", run.json());
}

/// Who has written into a pipe cannot be known, whatever kind of record it is.
#[test]
fn a_record_from_a_pipe_is_refused() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let manifest = std::fs::read(daemon.record()).unwrap();
    let process = ProcessRecord::from_pid(daemon.pid()).unwrap();
    let process = serde_json::to_vec(&process).unwrap();
    let piped = |content: &[u8]| {
        let (pipe, mut writer) = std::io::pipe().unwrap();
        writer.write_all(content).unwrap();
        Stdio::from(pipe)
    };
    for record in [manifest, process] {
        for command in COMMANDS {
            let run = run_on_stdin(&world, command, piped(&record));
            assert_refused(&run, 9, "who has written it is unknown");
        }
        let mut rpctl = world.command(env!("CARGO_BIN_EXE_rpctl"));
        rpctl.args(["kill", "--dry-run", "--trust-record", "-"]);
        let run = Run::of(rpctl.stdin(piped(&record)));
        assert_eq!(run.code, Some(0), "{run:?}");
    }
}

#[test]
fn a_record_of_a_stranger_is_refused() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    std::os::unix::fs::chown(daemon.record(), Some(65_534), None).unwrap();
    for command in COMMANDS {
        let run = run(&world, command, daemon.record());
        assert_refused(&run, 9, "belongs to user ID 65534");
        let hint = run.json()["hints"][0].to_string();
        let record = daemon.record().display();
        let safe = format!("setpriv --reuid=65534 --clear-groups rpctl {command} {record}");
        assert!(hint.contains(&safe), "{hint}");
        let run = run_on_stdin(&world, command, File::open(daemon.record()).unwrap());
        assert_refused(&run, 9, "belongs to user ID 65534");
    }
}

#[test]
fn a_record_that_others_may_replace_is_refused() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let set_mode = |mode| {
        std::fs::set_permissions(world.path(""), Permissions::from_mode(mode)).unwrap();
    };
    set_mode(0o777);
    for command in COMMANDS {
        assert_refused(
            &run(&world, command, daemon.record()),
            9,
            "all users can write to the directory",
        );
    }
    // In a sticky directory, as /tmp is, only its owner may replace a file.
    set_mode(0o1777);
    let record = daemon.record().to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", "--dry-run", record]);
    assert_eq!(run.code, Some(0), "{:#}", run.json());
}

#[test]
fn a_record_reached_through_a_strangers_link_is_refused() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let link = world.path("link.pb");
    std::os::unix::fs::symlink(daemon.record(), &link).unwrap();
    assert_eq!(
        world
            .rpctl(["shutdown", "--dry-run", link.to_str().unwrap()])
            .code,
        Some(0)
    );
    std::os::unix::fs::lchown(&link, Some(65_534), None).unwrap();
    for command in COMMANDS {
        assert_refused(&run(&world, command, &link), 9, "belongs to user ID 65534");
    }
}

#[test]
fn a_record_reached_over_a_strangers_link_is_refused() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let theirs = world.path("theirs");
    std::fs::create_dir(&theirs).unwrap();
    let middle = theirs.join("middle.pb");
    std::os::unix::fs::symlink(daemon.record(), &middle).unwrap();
    let own = world.path("own.pb");
    std::os::unix::fs::symlink(&middle, &own).unwrap();
    std::os::unix::fs::chown(&theirs, Some(65_534), None).unwrap();
    for command in COMMANDS {
        assert_refused(&run(&world, command, &own), 9, "belongs to user ID 65534");
    }
}

#[test]
fn a_record_of_a_stranger_is_not_removed_either() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    std::os::unix::fs::chown(daemon.record(), Some(65_534), None).unwrap();
    daemon.kill();
    let record = daemon.record().to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", "--remove-record", record]);
    assert_eq!(run.code, Some(0), "{:#}", run.json());
    assert!(daemon.record().exists());
    assert!(run.stderr.contains("was not removed"), "{}", run.stderr);
    let args = ["shutdown", "--remove-record", "--trust-record", record];
    assert_eq!(world.rpctl(args).code, Some(0));
    assert!(!daemon.record().exists());
}

#[test]
fn a_record_that_is_missing_or_broken_is_refused() {
    let world = World::new();
    let record = world.path("none.json");
    assert_refused(&run(&world, "shutdown", &record), 8, "there is no file");
    std::fs::write(&record, "{").unwrap();
    assert_refused(&run(&world, "kill", &record), 8, "nothing was signalled");
}

#[test]
fn a_squatted_daemon_is_refused_by_shutdown_and_ended_by_kill() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    daemon.signal(Signal::SIGSTOP);
    std::fs::remove_file(world.path("daemon.sock")).unwrap();
    let _stranger = TestServer::truly(&daemon.identity);
    assert_refused(
        &run(&world, "shutdown", daemon.record()),
        5,
        "served by PID",
    );
    let killed = run(&world, "kill", daemon.record());
    assert_eq!(killed.code, Some(0), "{:#}", killed.json());
    daemon.wait();
    // The stranger listens there: its socket is not the daemon's to remove.
    assert!(world.path("daemon.sock").exists());
}

#[test]
fn a_process_younger_than_its_record_must_answer() {
    let world = World::new();
    let mut sleeper = Command::new("sleep").arg("1000").spawn().unwrap();
    let mut identity = identity_of(sleeper.id(), &world.endpoint("s"));
    identity.started_at_unix_ms = before_start_ms(sleeper.id());
    // A listener is there, so that the endpoint does not prove the number reused.
    let listener = UnixListener::bind(world.path("s")).unwrap();
    let record = world.sidecar("s.json", &identity);
    for command in COMMANDS {
        let run = world.rpctl([
            command,
            "--json",
            "--probe-timeout",
            "50ms",
            record.to_str().unwrap(),
        ]);
        assert_eq!(run.json()["action"]["outcome"], "refused");
        assert_ne!(run.code, Some(0));
    }
    assert!(sleeper.try_wait().unwrap().is_none());
    drop(listener);
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
}

/// A user who may look at every process may not signal them all.
#[test]
fn a_signal_that_the_system_does_not_let_through_is_a_refusal() {
    const TO_LOOK: &str = "-all,+sys_ptrace,+dac_override";
    if !is_root() || !is_installed("setpriv") {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    for (command, signal) in [("shutdown", "SIGTERM"), ("kill", "SIGKILL")] {
        let mut onlooker = world.command("setpriv");
        onlooker
            .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
            .args(["--inh-caps", TO_LOOK, "--ambient-caps", TO_LOOK])
            .args([env!("CARGO_BIN_EXE_rpctl"), command, "--json"])
            .args(["--probe-timeout", "30s"])
            .arg(daemon.record());
        let run = Run::of(&mut onlooker);
        assert_refused(&run, 9, &format!("{signal} could not be sent"));
    }
    world
        .probe(daemon.record())
        .assert_verdict(0, "verified", None);
}
