//! The number of a dead daemon, given out again: to a bystander that a wrong clock makes look
//! older than its record, and to another user who runs the same program and answers.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::manual::python_daemon;
use crate::support::{PIDS, Run, World, before_boot_ms, check, is_installed, is_root};

/// Eight hours, by which a clock is wrong.
const AHEAD_MS: u64 = 8 * 3_600_000;

/// A daemon that dies, and what then takes its number; in words of the shell, where
/// `$program` is the program.
struct Reuse {
    daemon: &'static str,
    /// The record that the daemon writes when it is up.
    record: &'static str,
    /// What happens to the record.
    edit: String,
    occupant: &'static str,
    /// Holds once the occupant is up.
    ready: &'static str,
}

impl Reuse {
    /// Runs the program while the occupant has the number. The occupant must survive that.
    fn run(&self, world: &World, arguments: &[&str]) -> Run {
        let Self {
            daemon,
            record,
            edit,
            occupant,
            ready,
        } = self;
        // The tenth of a second within which a start counts as that of the record has to
        // pass.
        let script = format!(
            r#"
            PATH=/usr/bin:$PATH
            program=$1; shift
            {daemon} &
            daemon=$!
            until [ -e {record} ]; do sleep 0.01; done
            kill -9 $daemon
            wait $daemon
            {edit}
            sleep 0.2
            echo $((daemon - 1)) > /proc/sys/kernel/ns_last_pid
            {occupant} &
            [ $! = $daemon ] || exit 99
            until {ready}; do kill -0 $daemon || exit 96; done
            "$program" "$@"
            code=$?
            kill -0 $daemon || code=98
            exit $code
            "#
        );
        let mut command = world.command("unshare");
        command
            .args(PIDS)
            .args(["sh", "-c", &script, "sh"])
            .arg(world.path("rpctl"))
            .args(arguments);
        Run::of(&mut command)
    }
}

/// Returns a world with the program and a registry, if it can have a PID namespace.
fn world() -> Option<World> {
    if !is_root() || !is_installed("unshare") || !is_installed("setpriv") {
        return None;
    }
    let world = World::new();
    world.open_to_all();
    for (name, mode) in [("registry", 0o755), ("sticky", 0o1777)] {
        std::fs::create_dir(world.path(name)).unwrap();
        std::fs::set_permissions(world.path(name), Permissions::from_mode(mode)).unwrap();
    }
    Some(world)
}

/// A daemon whose record has another time, and a new instance that gets its number.
fn dated(unix_ms: u64) -> Reuse {
    Reuse {
        daemon: r#""$program" spawn-self --foreground -q --record old.pb --endpoint "$PWD/old.sock""#,
        record: "old.pb",
        edit: format!(
            r#"
            "$program" inspect-manifest --convert json old.pb |
                sed -E 's/("started_at_unix_ms": *)[0-9]+/\1{unix_ms}/' > registry/old.pb
            grep -q '"started_at_unix_ms": *{unix_ms}' registry/old.pb || exit 97
            "#
        ),
        occupant: r#""$program" spawn-self --foreground -q --record new.pb --endpoint "$PWD/new.sock""#,
        ready: "[ -e new.pb ]",
    }
}

fn assert_refused(run: &Run) {
    let document = run.json();
    assert_eq!(run.code, Some(4), "{document:#}");
    assert_eq!(document["action"]["outcome"], "refused", "{document:#}");
}

#[test]
fn a_time_that_cannot_be_right_costs_no_bystander_its_life() {
    let now = rpctl::__private::unix_now_ms();
    for unix_ms in [now + AHEAD_MS, before_boot_ms()] {
        let Some(world) = world() else { return };
        let reuse = dated(unix_ms);
        let record = "registry/old.pb";
        let run = reuse.run(&world, &["probe", "--json", "--timeout=30s", record]);
        let document = run.assert_verdict(4, "indeterminate", Some("time_unusable"));
        assert_eq!(check(&document, "start_time")["outcome"], "unknown");
        assert_eq!(check(&document, "digest")["outcome"], "pass");
        let finding = check(&document, "record");
        assert_eq!(finding["outcome"], "warn", "{finding}");
        for command in ["shutdown", "kill"] {
            for name in ["old.pb", "old.sock", "new.pb", "new.sock"] {
                let _ = std::fs::remove_file(world.path(name));
            }
            let timeouts = ["--json", "--timeout=30s", "--probe-timeout=30s"];
            let arguments = [&[command][..], &timeouts, &["--force", record]].concat();
            let arguments = match command {
                "kill" => [&[command][..], &timeouts, &[record]].concat(),
                _ => arguments,
            };
            assert_refused(&reuse.run(&world, &arguments));
        }
    }
}

#[test]
fn a_record_of_a_time_that_cannot_be_right_is_not_pruned() {
    let now = rpctl::__private::unix_now_ms();
    for unix_ms in [now + AHEAD_MS, before_boot_ms()] {
        let Some(world) = world() else { return };
        let run = dated(unix_ms).run(&world, &["prune", "--json", "--timeout=30s"]);
        let document = run.json();
        assert_eq!(document["kept"][0]["why"], "not_gone", "{document:#}");
        assert!(world.path("registry/old.pb").exists());
    }
}

/// Impostors: the recorded program, which another user runs at the recorded path, as the process with the
/// recorded number. Everything else is as recorded.
fn impostors() -> [Reuse; 2] {
    [
        Reuse {
            daemon: r#""$program" spawn-self --foreground -q --sidecar old.json --endpoint "$PWD/sticky/s" --record old.pb"#,
            record: "old.json",
            edit: "rm -f sticky/s".to_owned(),
            occupant: r#"setpriv --reuid 65534 --regid 65534 --clear-groups "$program" spawn-self --foreground -q --record sticky/new.pb --endpoint "$PWD/sticky/s""#,
            ready: "[ -e sticky/new.pb ]",
        },
        Reuse {
            daemon: "python3 daemon.py sticky/s old.json",
            record: "old.json",
            edit: "rm -f sticky/s sticky/s.lock".to_owned(),
            occupant: "setpriv --reuid 65534 --regid 65534 --clear-groups python3 daemon.py sticky/s sticky/new.json",
            ready: "[ -e sticky/new.json ]",
        },
    ]
}

fn assert_impostor(document: &Value) {
    assert_eq!(check(document, "nonce")["outcome"], "pass", "{document:#}");
    assert_eq!(check(document, "peer")["outcome"], "pass", "{document:#}");
    assert_eq!(check(document, "digest")["outcome"], "pass", "{document:#}");
    assert_eq!(check(document, "start_time")["outcome"], "warn");
    let user = check(document, "user");
    assert_eq!(user["expected"], "root", "{user}");
    assert_ne!(user["actual"], "root", "{user}");
    let summary = document["summary"].as_str().unwrap();
    assert!(!summary.contains("is the recorded process"), "{summary}");
}

#[test]
fn another_user_who_runs_the_same_program_is_not_verified() {
    for kind in 0..impostors().len() {
        let Some(world) = world() else { return };
        if !is_installed("python3") {
            return;
        }
        std::fs::write(world.path("daemon.py"), python_daemon()).unwrap();
        let probe = ["probe", "--json", "--timeout=30s", "old.json"];
        let run = impostors()[kind].run(&world, &probe);
        let document = run.assert_verdict(4, "indeterminate", Some("younger_process"));
        assert_impostor(&document);
    }
}

#[test]
fn another_user_who_runs_the_same_program_is_not_stopped() {
    for kind in 0..impostors().len() {
        for command in ["shutdown", "kill"] {
            let Some(world) = world() else { return };
            if !is_installed("python3") {
                return;
            }
            std::fs::write(world.path("daemon.py"), python_daemon()).unwrap();
            let arguments = [command, "--json", "--timeout=30s", "--probe-timeout=30s"];
            let arguments = [&arguments[..], &["old.json"]].concat();
            let run = impostors()[kind].run(&world, &arguments);
            assert_refused(&run);
        }
    }
}
