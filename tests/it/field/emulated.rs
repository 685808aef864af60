//! Programs that the kernel gives to an emulator registered with binfmt_misc, in a user
//! namespace of their own.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use rpctl::record;
use serde_json::Value;

use crate::support::{Run, Script, World, check, is_installed, is_root, skipped};

/// A program for `cat`, which prints it and then waits for its input.
const EMULATED: &str = "#rpctl-emulated\n";

/// Registers the interpreter `$1` for programs by `$2`, and executes the rest.
const REGISTER: &str = r#"
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
printf ":rpctl:$2:%s:" "$1" > /proc/sys/fs/binfmt_misc/register
shift 2
exec "$@"
"#;

/// The registration of programs that begin as [`EMULATED`], and of those by their suffix.
pub(super) const BY_MAGIC: &str = "M::#rpctl-emulated:";
const BY_SUFFIX: &str = "E::rpctl:";

pub(super) fn can_register(world: &World) -> bool {
    if !is_root() || !is_installed("unshare") || !is_installed("nsenter") {
        return false;
    }
    let mut mount = world.command("unshare");
    mount.args([
        "--user",
        "--map-root-user",
        "--mount",
        "mount",
        "-t",
        "binfmt_misc",
        "none",
    ]);
    let can = Run::of(mount.arg("/proc/sys/fs/binfmt_misc")).code == Some(0);
    if !can {
        skipped("binfmt_misc cannot be mounted in a user namespace");
    }
    can
}

/// A program that runs in an emulator, with a record that names the program.
pub(super) fn start(world: &World, by: &str) -> Script {
    let (program, emulator) = (world.path("program.rpctl"), world.path("emulator"));
    let cat = Command::new("cp").arg("/bin/cat").arg(&emulator).status();
    assert!(cat.unwrap().success());
    std::fs::write(&program, EMULATED).unwrap();
    std::fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    let mut command = world.command("unshare");
    command
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-ec",
            REGISTER,
            "sh",
        ])
        .args([emulator.as_os_str(), by.as_ref(), program.as_os_str()])
        .arg("-")
        .stdin(Stdio::piped());
    let mut script = Script::start_command(world, command, &world.endpoint("s"));
    assert_eq!(script.identity.exe_path, emulator);
    script.identity.exe_path = program;
    script.identity.exe_digest.sha256 = Some(record::self_sha256(EMULATED.as_bytes()));
    script.record = world.sidecar("emulated.json", &script.identity);
    script
}

fn probe(world: &World, script: &Script, code: i32, verdict: &str, reason: &str) -> Value {
    world
        .probe(&script.record)
        .assert_verdict(code, verdict, Some(reason))
}

#[test]
fn an_emulated_program_is_no_mismatch_and_not_killed() {
    for by in [BY_MAGIC, BY_SUFFIX] {
        let world = World::new();
        if !can_register(&world) {
            return;
        }
        let mut script = start(&world, by);
        let document = probe(&world, &script, 4, "indeterminate", "emulated");
        assert_eq!(check(&document, "digest")["outcome"], "unknown");
        assert_eq!(check(&document, "exe_path")["outcome"], "unknown");
        let summary = document["summary"].as_str().unwrap();
        assert!(summary.contains("emulator"), "{summary}");
        let run = world.rpctl(["kill", "--json", script.record.to_str().unwrap()]);
        assert_eq!(run.json()["action"]["outcome"], "refused", "{run:?}");
        assert!(script.is_running());
    }
}

#[test]
fn an_interpreter_that_is_not_registered_is_a_mismatch() {
    let world = World::new();
    if !can_register(&world) {
        return;
    }
    let script = start(&world, BY_MAGIC);
    let pid = script.identity.pid.to_string();
    let mut command = world.command("nsenter");
    command.args(["--user", "--mount", "--target", &pid]).args([
        "sh",
        "-ec",
        "echo 0 > /proc/sys/fs/binfmt_misc/rpctl",
    ]);
    assert_eq!(Run::of(&mut command).code, Some(0));
    probe(&world, &script, 5, "mismatch", "digest_mismatch");
}

#[test]
fn an_emulator_of_another_program_is_a_mismatch() {
    let world = World::new();
    if !can_register(&world) {
        return;
    }
    let mut script = start(&world, BY_MAGIC);
    let other = world.path("other.rpctl");
    std::fs::write(&other, EMULATED).unwrap();
    script.identity.exe_path = other;
    script.record = world.sidecar("other.json", &script.identity);
    probe(&world, &script, 5, "mismatch", "digest_mismatch");
}
