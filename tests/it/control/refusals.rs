//! What is never signalled.

use std::fs::{File, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::sys::signal::Signal;

use crate::support::{
    Daemon, Run, Served, World, copy_program, identity_of, is_installed, is_root, this_process,
};

const COMMANDS: [&str; 2] = ["shutdown", "kill"];

#[track_caller]
fn assert_refused(run: &Run, code: i32, word: &str) {
    let document = run.json();
    assert_eq!(run.code, Some(code), "{document:#}");
    assert_eq!(document["action"]["outcome"], "refused", "{document:#}");
    let summary = document["summary"].as_str().unwrap();
    assert!(summary.contains(word), "{summary}");
    assert!(!document["hints"][0].is_null(), "{document:#}");
}

fn run(world: &World, command: &str, record: &Path) -> Run {
    world.rpctl([command, "--json", record.to_str().unwrap()])
}

#[test]
fn the_parent_of_the_caller_is_refused() {
    let world = World::new();
    // The test process starts rpctl, and is in every respect what this says.
    let identity = this_process(&world.endpoint("s"));
    let _served = Served::truly(&identity);
    let record = world.sidecar("s.json", &identity);
    world.probe(&record).assert_verdict(0, "verified", None);
    for command in COMMANDS {
        assert_refused(&run(&world, command, &record), 9, "an ancestor");
    }
}

/// `sh`, recorded by the identity in `$1` with its own number, starts what runs
/// rpctl: the command that follows, with the record appended.
const GRANDPARENT: &str = r#"
    sed "s/12345/$$/" "$1" > "$2" && record="$2" && shift 2 && "$@" "$record"
    exit $?
"#;

fn template(world: &World) -> PathBuf {
    let mut identity = this_process(&world.endpoint("s"));
    identity.pid = 12345;
    // Starting the programs below may take its time.
    identity.started_at_unix_ms += 600_000;
    world.sidecar("template.json", &identity)
}

/// Which step is the first to get no descriptor depends on how many there are.
#[test]
fn an_ancestor_is_refused_where_descriptors_are_scarce() {
    if !is_installed("prlimit") {
        return;
    }
    let world = World::new();
    let template = template(&world);
    let mut refused = 0;
    for limit in 4..=12 {
        let mut shell = world.command("sh");
        shell
            .args(["-c", GRANDPARENT, "sh"])
            .args([&template, &world.path("own.json")])
            .args(["sh", "-c", r#""$@"; exit $?"#, "sh", "prlimit"])
            .arg(format!("--nofile={limit}"))
            .args([env!("CARGO_BIN_EXE_rpctl"), "kill", "--json"]);
        let run = Run::of(&mut shell);
        // Another refusal would be the verdict's, which this record earns as well.
        let is_examined = matches!(run.code, Some(0 | 5));
        assert!(!is_examined, "{limit}: {run:?}");
        if run.text().contains("of this process") {
            assert_refused(&run, 9, "an ancestor of this process");
            refused += 1;
        }
    }
    assert!(refused >= 4, "{refused}");
}

/// A process of root is in between, which `/proc` hides from the user.
#[test]
fn an_ancestor_behind_a_hidden_process_is_refused() {
    let programs = ["unshare", "setpriv", "timeout"];
    if !is_root() || !programs.into_iter().all(is_installed) {
        return;
    }
    let world = World::new();
    for path in [world.path(""), world.path("nobody")] {
        let _ = std::fs::create_dir(&path);
        std::fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    std::os::unix::fs::chown(world.path("nobody"), Some(65_534), None).unwrap();
    let template = template(&world);
    std::fs::set_permissions(&template, Permissions::from_mode(0o644)).unwrap();
    let (program, timeout) = (world.path("rpctl"), world.path("timeout"));
    copy_program(&program);
    let prepare = r#"
        mount -t proc -o hidepid=2 proc /proc || exit 99
        cp "$(command -v timeout)" "$1" && chmod 4755 "$1" || exit 98
        shift
        exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
    "#;
    let mut command = world.command("unshare");
    command
        .args(["--mount", "sh", "-c", prepare, "sh"])
        .arg(&timeout)
        .args(["sh", "-c", GRANDPARENT, "sh"])
        .args([&template, &world.path("nobody/own.json")])
        .args([&timeout, Path::new("60"), Path::new("setpriv")])
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
        .arg(&program)
        .args(["kill", "--json"]);
    assert_refused(&Run::of(&mut command), 9, "an ancestor of this process");
}

#[test]
fn the_caller_itself_is_refused() {
    let world = World::new();
    let shell = r#"
        sed "s/12345/$$/" "$1" > "$2" && exec "$3" "$4" --json "$2"
    "#;
    let template = template(&world);
    for command in COMMANDS {
        let mut shell_command = world.command("sh");
        shell_command
            .args(["-c", shell, "sh"])
            .args([&template, &world.path("own.json")])
            .args([env!("CARGO_BIN_EXE_rpctl"), command]);
        assert_refused(&Run::of(&mut shell_command), 9, "this very process");
    }
}

#[test]
fn pid_1_and_kernel_threads_are_refused() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    // On Linux the kernel's own threads descend from PID 2.
    let is_kernel_thread = std::fs::read_link("/proc/2/exe").is_err();
    for (pid, word) in [(1, "the init process"), (2, "a kernel thread")] {
        if pid == 2 && !is_kernel_thread {
            continue;
        }
        identity.pid = pid;
        let record = world.sidecar("s.json", &identity);
        for command in COMMANDS {
            assert_refused(&run(&world, command, &record), 9, word);
        }
    }
}

#[test]
fn a_record_that_others_may_write_is_refused_unless_trusted() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    std::fs::set_permissions(daemon.record(), Permissions::from_mode(0o620)).unwrap();
    for command in COMMANDS {
        assert_refused(
            &run(&world, command, daemon.record()),
            9,
            "others may write",
        );
    }
    let record = daemon.record().to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", "--trust-manifest", record]);
    assert_eq!(run.code, Some(0), "{:#}", run.json());
    assert!(daemon.wait().success());
}

/// Run a command on a record that a shell has opened as its standard input.
fn run_on_stdin(world: &World, command: &str, record: &Path) -> Run {
    let mut rpctl = world.command(env!("CARGO_BIN_EXE_rpctl"));
    rpctl.args([command, "--json", "--dry-run", "-"]);
    Run::of(rpctl.stdin(File::open(record).unwrap()))
}

#[test]
fn a_record_on_standard_input_is_trusted_no_more_than_by_its_name() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = daemon.record();
    for command in COMMANDS {
        let run = run_on_stdin(&world, command, record);
        assert_eq!(run.code, Some(0), "{:#}", run.json());
    }
    std::fs::set_permissions(record, Permissions::from_mode(0o666)).unwrap();
    for command in COMMANDS {
        let run = run_on_stdin(&world, command, record);
        assert_refused(&run, 9, "others may write");
    }
    // Who wrote into a pipe cannot be known.
    let (pipe, mut writer) = std::io::pipe().unwrap();
    writer.write_all(&std::fs::read(record).unwrap()).unwrap();
    drop(writer);
    let mut rpctl = world.command(env!("CARGO_BIN_EXE_rpctl"));
    rpctl.args(["kill", "--json", "--dry-run", "-"]).stdin(pipe);
    let run = Run::of(&mut rpctl);
    assert_eq!(run.code, Some(0), "{:#}", run.json());
}

#[test]
fn a_record_of_a_stranger_on_standard_input_is_refused() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    std::os::unix::fs::chown(daemon.record(), Some(65_534), None).unwrap();
    for command in COMMANDS {
        let run = run_on_stdin(&world, command, daemon.record());
        assert_refused(&run, 9, "belongs to user ID 65534");
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
        let safe = format!("sudo -u '#65534' rpctl {command} {record}");
        assert!(hint.contains(&safe), "{hint}");
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
            "anybody may write the directory",
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
fn a_record_reached_over_a_strangers_link_in_the_middle_is_refused() {
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
    let run = world.rpctl(["shutdown", "--json", "--remove-manifest", record]);
    assert_eq!(run.code, Some(0), "{:#}", run.json());
    assert!(daemon.record().exists());
    assert!(run.stderr.contains("was not removed"), "{}", run.stderr);
    let args = ["shutdown", "--remove-manifest", "--trust-manifest", record];
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
    let _stranger = Served::truly(&daemon.identity);
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
fn a_process_younger_than_its_record_is_refused_unless_it_answers() {
    let world = World::new();
    let mut sleeper = Command::new("sleep").arg("1000").spawn().unwrap();
    let mut identity = identity_of(sleeper.id(), &world.endpoint("s"));
    identity.started_at_unix_ms -= 86_400_000;
    // Somebody listens, so that the endpoint does not prove the number reused.
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

/// Whoever may look at every process may not signal them all.
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
            .arg(daemon.record());
        let run = Run::of(&mut onlooker);
        assert_refused(&run, 9, &format!("{signal} could not be sent"));
    }
    world
        .probe(daemon.record())
        .assert_verdict(0, "verified", None);
}
