//! Who is never signalled, whatever a record says.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{COMMANDS, assert_refused, run};
use crate::support::{Run, TestServer, World, is_installed, is_root, this_process};

#[test]
fn the_parent_of_the_caller_is_refused() {
    let world = World::new();
    // The test process starts rpctl, and is in every respect what this says.
    let identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
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
    let (program, timeout) = (world.open_to_all(), world.path("timeout"));
    std::fs::create_dir(world.path("nobody")).unwrap();
    std::os::unix::fs::chown(world.path("nobody"), Some(65_534), None).unwrap();
    let template = template(&world);
    std::fs::set_permissions(&template, Permissions::from_mode(0o644)).unwrap();
    let prepare = r#"
        mount -t proc -o hidepid=2 proc /proc || exit 99
        cp "$(command -v timeout)" "$1" && chmod 4755 "$1" || exit 98
        shift
        exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
    "#;
    let mut command = world.apart(&["--mount"], prepare);
    command
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
            let tree = [command, "--json", "--tree", record.to_str().unwrap()];
            assert_refused(&world.rpctl(tree), 9, word);
        }
        let signal = ["signal", "--json", "HUP", record.to_str().unwrap()];
        assert_refused(&world.rpctl(signal), 9, word);
    }
}
