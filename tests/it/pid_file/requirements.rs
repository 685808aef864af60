//! What the caller requires of a process, for a PID file and for any other record.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use rpctl::process::ProcessRecord;

use super::{daemon, date, probe, run, start, write};
use crate::support::{
    Daemon, Run, World, before_start_ms, check, is_installed, is_root, wait_until,
};

/// Copies the program of a sleeper to this path.
fn install(path: &Path) {
    let copied = Command::new("cp").arg("/bin/sleep").arg(path).status();
    assert!(copied.unwrap().success());
}

#[test]
fn files_are_compared_and_not_names() {
    let world = World::new();
    let (_child, path) = daemon(&world);
    let link = world.path("link");
    symlink("/bin/sleep", &link).unwrap();
    let run = probe(&world, &path, &["--exe", link.to_str().unwrap()]);
    run.assert_verdict(0, "verified", Some("pid_file"));
    let copy = world.path("sleep");
    install(&copy);
    let run = probe(&world, &path, &["--exe", copy.to_str().unwrap()]);
    let document = run.assert_verdict(5, "mismatch", Some("path_mismatch"));
    assert_eq!(
        check(&document, "exe_path")["expected"],
        copy.to_str().unwrap()
    );
}

#[test]
fn a_relative_path_is_one_of_the_working_directory() {
    let world = World::new();
    let program = world.path("sleep");
    install(&program);
    let child = start(Command::new(&program).arg("1000"));
    let path = write(&world, &format!("{}\n", child.0.id()));
    let run = probe(&world, &path, &["--exe", "./sleep"]);
    run.assert_verdict(0, "verified", Some("pid_file"));
}

#[test]
fn an_executable_replaced_since_start_counts_as_outdated() {
    let world = World::new();
    let program = world.path("sleep");
    install(&program);
    let child = start(Command::new(&program).arg("1000"));
    let path = write(&world, &format!("{}\n", child.0.id()));
    let options = ["--exe", program.to_str().unwrap()];
    let new = world.path("new");
    install(&new);
    std::fs::rename(&new, &program).unwrap();
    probe(&world, &path, &options).assert_verdict(0, "verified", Some("outdated"));
    std::fs::remove_file(&program).unwrap();
    probe(&world, &path, &options).assert_verdict(0, "verified", Some("outdated"));
    let stopped = run(&world, "shutdown", &path, &options);
    assert_eq!(stopped.code, Some(0), "{stopped:?}");
}

#[test]
fn a_script_is_told_from_its_interpreter() {
    let world = World::new();
    let script = world.path("daemon.sh");
    std::fs::write(&script, "#!/bin/sh\nwhile :; do sleep 1000; done\n").unwrap();
    let mut command = Command::new("sh");
    command.arg(&script).stdin(std::process::Stdio::null());
    let child = crate::support::KillOnDrop(command.spawn().unwrap());
    let exe = format!("/proc/{}/exe", child.0.id());
    let shell = std::fs::canonicalize("/bin/sh").unwrap();
    wait_until(|| std::fs::read_link(&exe).is_ok_and(|path| path == shell));
    let path = write(&world, &format!("{}\n", child.0.id()));
    let run = probe(&world, &path, &["--exe", script.to_str().unwrap()]);
    let document = run.assert_verdict(5, "mismatch", Some("path_mismatch"));
    let detail = check(&document, "exe_path")["detail"].as_str().unwrap();
    let expected = format!(
        "the required file is a script, and the executable of a script is its interpreter: \
         perhaps {}",
        shell.display()
    );
    assert_eq!(detail, expected);
    probe(&world, &path, &["--exe", "/bin/sh"]).assert_verdict(0, "verified", Some("pid_file"));
}

#[test]
fn a_user_verifies_and_another_one_is_a_mismatch() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let (_child, path) = daemon(&world);
    for user in ["root", "0"] {
        let run = probe(&world, &path, &["--user", user]);
        run.assert_verdict(0, "verified", Some("pid_file"));
    }
    let run = probe(&world, &path, &["--user", "nobody", "--exe", "/bin/sleep"]);
    let document = run.assert_verdict(5, "mismatch", Some("user_mismatch"));
    assert_eq!(check(&document, "user")["expected"], "nobody");
    let run = probe(&world, &path, &["--user", "no-such-user"]);
    assert_eq!(run.code, Some(2), "{run:?}");
}

#[test]
fn every_other_record_must_hold_and_the_requirement_too() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = daemon.record();
    let program = env!("CARGO_BIN_EXE_rpctl");
    let run_probe = |options: &[&str]| probe(&world, record, options);
    run_probe(&["--exe", program]).assert_verdict(0, "verified", None);
    let document =
        run_probe(&["--exe", "/bin/sleep"]).assert_verdict(5, "mismatch", Some("path_mismatch"));
    assert_eq!(check(&document, "nonce")["outcome"], "pass");
    let other = if is_root() { "nobody" } else { "root" };
    run_probe(&["--user", other]).assert_verdict(5, "mismatch", Some("user_mismatch"));
    for command in ["shutdown", "kill"] {
        let refused = run(&world, command, record, &["--exe", "/bin/sleep"]);
        assert_eq!(refused.code, Some(5), "{refused:?}");
    }
    run_probe(&[]).assert_verdict(0, "verified", None);
}

#[test]
fn a_record_without_a_socket_names_no_endpoint() {
    let world = World::new();
    let (child, path) = daemon(&world);
    let record = world.path("record.json");
    ProcessRecord::from_child(&child.0)
        .unwrap()
        .save(&record)
        .unwrap();
    for (file, options) in [
        (&path, &[][..]),
        (&path, &["--exe", "/bin/sleep"]),
        (&record, &[]),
    ] {
        let run = probe(&world, file, &[&["--endpoint", "/run/s"], options].concat());
        let document = run.assert_verdict(5, "mismatch", Some("endpoint_differs"));
        let summary = "the record names no socket, and so not the one asked for";
        assert!(
            document["summary"].as_str().unwrap().ends_with(summary),
            "{document:#}"
        );
    }
}

/// A path that is mistyped must not have a second daemon started.
#[test]
fn a_missing_executable_speaks_against_no_number() {
    let world = World::new();
    let (child, path) = daemon(&world);
    let options = ["--exe", "/no/such/program"];
    for is_older in [false, true] {
        if is_older {
            date(&path, before_start_ms(child.0.id()));
        }
        let run = probe(&world, &path, &options);
        let document = run.assert_verdict(4, "indeterminate", Some("process_unreadable"));
        let summary = document["summary"].as_str().unwrap();
        let says = "runs /no/such/program cannot be told: the required executable does not exist";
        assert!(summary.contains(says), "{summary}");
        let hint = document["hints"][0].as_str().unwrap();
        assert!(hint.contains("check the path after --exe"), "{hint}");
        for command in ["shutdown", "kill"] {
            let refused = super::run(&world, command, &path, &options);
            assert_eq!(refused.code, Some(4), "{refused:?}");
        }
    }
}

#[test]
fn a_recorded_process_is_not_said_to_have_changed() {
    let world = World::new();
    let child = super::sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let record = record.with_digests().unwrap();
    let path = world.path("record.json");
    record.save(&path).unwrap();
    for exe in ["/bin/cat", "/no/such/program"] {
        let run = probe(&world, &path, &["--exe", exe]);
        let document = run.assert_verdict(5, "mismatch", Some("path_mismatch"));
        let summary = document["summary"].as_str().unwrap();
        let says = format!("PID {} does not run {exe}: ", child.0.id());
        assert!(summary.contains(&says), "{summary}");
        let refused = super::run(&world, "kill", &path, &["--exe", exe]);
        assert_eq!(refused.code, Some(5), "{refused:?}");
    }
}

#[test]
fn a_process_that_stands_still_has_a_warning_and_is_stopped() {
    let world = World::new();
    let (child, path) = daemon(&world);
    let pid = child.0.id();
    let record = world.path("record.json");
    let process = ProcessRecord::from_child(&child.0).unwrap();
    process.save(&record).unwrap();
    let pinned = nix::unistd::Pid::from_raw(pid.try_into().unwrap());
    nix::sys::signal::kill(pinned, nix::sys::signal::Signal::SIGSTOP).unwrap();
    let stat = format!("/proc/{pid}/stat");
    wait_until(|| std::fs::read_to_string(&stat).is_ok_and(|stat| stat.contains(") T ")));
    for (file, options) in [(&record, &[][..]), (&path, &["--exe", "/bin/sleep"])] {
        let document = probe(&world, file, options).assert_verdict(0, "verified", Some("warnings"));
        assert_eq!(check(&document, "pid")["outcome"], "warn");
        assert_eq!(check(&document, "pid")["detail"], "stopped by a signal");
        let hint = document["hints"][0].as_str().unwrap();
        assert!(hint.contains("rpctl signal CONT"), "{hint}");
        let strict = probe(&world, file, &[options, &["--strict"]].concat());
        strict.assert_verdict(4, "indeterminate", Some("strict"));
    }
    let killed = run(&world, "kill", &path, &["--exe", "/bin/sleep"]);
    assert_eq!(killed.code, Some(0), "{killed:?}");
}

#[test]
fn a_requirement_that_cannot_be_compared_is_not_dropped() {
    if !is_root() || !is_installed("setpriv") {
        return;
    }
    let world = World::new();
    let child = start(Command::new("/bin/sleep").arg("1000"));
    let record = world.path("record.json");
    let recorded = ProcessRecord::from_child(&child.0).unwrap();
    recorded.save(&record).unwrap();
    let hidden = world.path("hidden");
    std::fs::create_dir(&hidden).unwrap();
    std::os::unix::fs::chown(&hidden, Some(65534), Some(65534)).unwrap();
    std::fs::set_permissions(&hidden, Permissions::from_mode(0o700)).unwrap();
    let program = hidden.join("program");
    for command in ["probe", "shutdown", "kill"] {
        let mut rpctl = world.command("setpriv");
        let rights = "-dac_override,-dac_read_search";
        rpctl.arg(format!("--bounding-set={rights}"));
        rpctl.arg(format!("--inh-caps={rights}"));
        rpctl
            .arg(env!("CARGO_BIN_EXE_rpctl"))
            .args([command, "--json"]);
        let run = Run::of(rpctl.arg("--exe").args([&program, &record]));
        run.assert_verdict(4, "indeterminate", Some("permission_denied"));
    }
}
