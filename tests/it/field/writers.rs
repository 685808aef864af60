//! Users who could have written a record, or replaced it on the way.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rpctl::record::{self, FindingCode};
use rustix::fs::{XattrFlags, setxattr};

use crate::support::{Daemon, Run, World, check, golden_file, is_installed, is_root};

/// Users and a group without names.
pub(super) const ANN: u32 = 4001;
pub(super) const BOB: u32 = 4002;
const TEAM: u32 = 4500;

/// A user or group in an access control list, and its rights.
const USER: u16 = 0x02;
const GROUP: u16 = 0x08;
const WRITE: u16 = 7;
const READ: u16 = 5;

fn chmod(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// A directory with a record in it, both of one owner and mode.
pub(super) fn record_in(world: &World, owner: (u32, u32), mode: u32) -> PathBuf {
    let directory = world.path("dir");
    std::fs::create_dir(&directory).unwrap();
    let path = directory.join("record.json");
    std::fs::copy(golden_file("sidecar-fixed.json"), &path).unwrap();
    chmod(&path, mode & 0o666);
    for path in [&path, &directory] {
        chown(path, Some(owner.0), Some(owner.1)).unwrap();
    }
    chmod(&directory, mode);
    path
}

/// Gives a file a list with one named entry, below a mask.
fn set_list(path: &Path, list: &str, named: (u16, u32, u16), mask: u16) {
    let anyone = u32::MAX;
    let mut entries = vec![
        (0x01, 7, anyone),
        named_entry(named),
        (0x04, READ, anyone),
        (0x10, mask, anyone),
        (0x20, READ, anyone),
    ];
    entries.sort_unstable_by_key(|(tag, _, _)| *tag);
    let mut bytes = 2_u32.to_le_bytes().to_vec();
    for (tag, rights, id) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(rights.to_le_bytes());
        bytes.extend(id.to_le_bytes());
    }
    setxattr(path, list, &bytes, XattrFlags::empty()).unwrap();
}

fn named_entry((tag, id, rights): (u16, u32, u16)) -> (u16, u16, u32) {
    (tag, rights, id)
}

/// What the record is suspected of, as root sees it.
fn suspicions(path: &Path) -> Vec<FindingCode> {
    let findings = record::load(path).unwrap().findings;
    findings
        .into_iter()
        .map(|finding| finding.finding)
        .collect()
}

#[test]
fn a_directory_whose_group_may_write_is_no_safe_place() {
    if !is_root() {
        return;
    }
    for (group, mode, suspected) in [
        (TEAM, 0o775, true),
        (TEAM, 0o755, false),
        // In a sticky directory, only its owner replaces a file.
        (TEAM, 0o1775, false),
        (0, 0o775, false),
    ] {
        let world = World::new();
        let path = record_in(&world, (0, group), mode);
        chown(&path, Some(0), Some(0)).unwrap();
        let expected = vec![FindingCode::Replaceable; suspected.into()];
        assert_eq!(suspicions(&path), expected, "{group} {mode:o}");
    }
}

#[test]
fn an_access_list_counts_as_far_as_its_mask_lets() {
    const ACCESS: &str = "system.posix_acl_access";
    if !is_root() {
        return;
    }
    for (list, named, mask, suspected) in [
        (ACCESS, (USER, ANN, WRITE), WRITE, true),
        (ACCESS, (GROUP, TEAM, WRITE), WRITE, true),
        (ACCESS, (USER, ANN, WRITE), READ, false),
        (ACCESS, (USER, ANN, READ), WRITE, false),
        (ACCESS, (USER, 0, WRITE), WRITE, false),
        (ACCESS, (GROUP, 0, WRITE), WRITE, false),
        // It is for files that are still to be made.
        ("system.posix_acl_default", (USER, ANN, WRITE), WRITE, false),
    ] {
        let world = World::new();
        let path = record_in(&world, (0, 0), 0o755);
        set_list(path.parent().unwrap(), list, named, mask);
        let expected = vec![FindingCode::Replaceable; suspected.into()];
        assert_eq!(suspicions(&path), expected, "{list} {named:?} {mask}");
    }
    let world = World::new();
    let path = record_in(&world, (0, 0), 0o755);
    set_list(&path, ACCESS, (USER, ANN, WRITE), WRITE);
    assert_eq!(suspicions(&path), [FindingCode::WritableByOthers]);
}

#[test]
fn every_directory_and_link_on_the_way_counts() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let path = record_in(&world, (0, 0), 0o755);
    std::fs::create_dir_all(world.path("theirs/ours")).unwrap();
    chown(world.path("theirs"), Some(ANN), Some(ANN)).unwrap();
    let inside = world.path("theirs/ours/record.json");
    std::fs::copy(&path, &inside).unwrap();
    symlink(&path, world.path("link")).unwrap();
    symlink("theirs/../link", world.path("detour")).unwrap();
    symlink("dir", world.path("to-dir")).unwrap();
    std::os::unix::fs::lchown(world.path("to-dir"), Some(ANN), Some(ANN)).unwrap();
    for (path, suspected) in [
        (world.path("link"), false),
        (inside, true),
        (world.path("detour"), true),
        (world.path("dir/../theirs/ours/../../link"), true),
        (world.path("to-dir/record.json"), true),
    ] {
        let expected = vec![FindingCode::Replaceable; suspected.into()];
        assert_eq!(suspicions(&path), expected, "{}", path.display());
    }
}

/// Without `protected_hardlinks`, every user can give a file of another a name in `/tmp`.
#[test]
fn a_hard_link_in_a_directory_that_users_share_is_suspicious() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let path = record_in(&world, (0, 0), 0o1777);
    chmod(&path, 0o644);
    let link = path.with_file_name("link.json");
    std::fs::hard_link(&path, &link).unwrap();
    let inspect = |setting: &str| {
        std::fs::write(world.path("setting"), setting).unwrap();
        let script = r#"
            mount --bind "$1" /proc/sys/fs/protected_hardlinks || exit 99
            shift; exec "$@"
        "#;
        let mut command = world.command("unshare");
        command
            .args(["--mount", "sh", "-c", script, "sh"])
            .arg(world.path("setting"))
            .args([env!("CARGO_BIN_EXE_rpctl"), "inspect-manifest", "--json"])
            .arg(&link);
        Run::of(&mut command).json()["findings"].to_string()
    };
    assert!(inspect("0\n").contains("all users can link a file"));
    assert_eq!(inspect("1\n"), "[]");
    chmod(path.parent().unwrap(), 0o755);
    assert_eq!(inspect("0\n"), "[]");
}

/// Runs a command for a user, with other accounts on the machine.
fn with_accounts(world: &World, user: u32, group: u32, passwd: &str, groups: &str) -> Command {
    let accounts = [("passwd", passwd), ("group", groups)];
    for (name, text) in accounts {
        std::fs::write(world.path(name), text).unwrap();
    }
    let script = r#"
        mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group || exit 99
        as=$2; of=$3; shift 3
        exec setpriv --reuid "$as" --regid "$of" --clear-groups "$@"
    "#;
    let mut command = world.command("unshare");
    command
        .args(["--mount", "sh", "-c", script, "sh"])
        .arg(world.path(""))
        .args([user.to_string(), group.to_string()]);
    command
}

/// With umask 002, all that a user makes is for the user's group to write.
#[test]
fn a_group_that_one_user_has_is_that_user() {
    const PASSWD: &str = "root:x:0:0::/:\nann:x:4001:4001::/:\nbob:x:4002:4500::/:\n";
    if !is_root() || !is_installed("unshare") || !is_installed("setpriv") {
        return;
    }
    let cy = format!("{PASSWD}cy:x:4003:4001::/:\n");
    for (passwd, groups, suspected) in [
        (PASSWD, "ann:x:4001:\nteam:x:4500:ann\n", false),
        (PASSWD, "ann:x:4001:ann\n", false),
        // The user and the group have no names, and the same number.
        ("root:x:0:0::/:\n", "root:x:0:\n", false),
        (PASSWD, "ann:x:4001:bob\n", true),
        (&*cy, "ann:x:4001:\n", true),
        ("root:x:0:0::/:\n", "ann:x:4001:\n", true),
    ] {
        let world = World::new();
        let program = world.open_to_all();
        let path = record_in(&world, (ANN, ANN), 0o775);
        let mut command = with_accounts(&world, ANN, ANN, passwd, groups);
        command
            .arg(&program)
            .args(["inspect-manifest", "--json"])
            .arg(&path);
        let run = Run::of(&mut command);
        let findings = run.json()["findings"].as_array().unwrap().len();
        assert_eq!(findings, if suspected { 2 } else { 0 }, "{groups} {run:?}");
    }
}

/// The primary group of the caller was trusted, which is one for all users of some systems.
#[test]
fn the_own_group_is_trusted_no_more_than_its_members() {
    if !is_root() || !is_installed("unshare") || !is_installed("setpriv") {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    let path = record_in(&world, (ANN, TEAM), 0o775);
    let passwd = "ann:x:4001:4500::/:\nbob:x:4002:4500::/:\n";
    let mut command = with_accounts(&world, ANN, TEAM, passwd, "team:x:4500:\n");
    command
        .arg(&program)
        .args(["inspect-manifest", "--json"])
        .arg(&path);
    let text = Run::of(&mut command).json()["findings"].to_string();
    assert!(text.contains("group ID 4500 can write to"), "{text}");
}

/// A system daemon (`User=` of its unit) keeps its record, and root stops it.
#[test]
fn root_stops_the_daemon_of_a_service_user_by_its_record() {
    if !is_root() {
        return;
    }
    for (mode, command) in [(0o755, "shutdown"), (0o775, "kill")] {
        let world = World::new();
        let mut daemon = service(&world, ANN, mode);
        let inspected = world.rpctl(["inspect-manifest", "--json", record_of(&daemon)]);
        let findings = inspected.json()["findings"].to_string();
        assert!(findings.contains("user ID 4001"), "{findings}");
        let document = world
            .probe(daemon.record())
            .assert_verdict(0, "verified", None);
        assert_eq!(check(&document, "record")["outcome"], "pass");
        let run = world.rpctl([command, "--json", record_of(&daemon)]);
        assert_eq!(run.code, Some(0), "{:#}", run.json());
        daemon.wait();
    }
}

fn record_of(daemon: &Daemon) -> &str {
    daemon.record().to_str().unwrap()
}

/// A daemon of a user, with its record and socket in a directory of that user.
fn service(world: &World, user: u32, mode: u32) -> Daemon {
    let program = world.open_to_all();
    let directory = world.path("service");
    std::fs::create_dir(&directory).unwrap();
    chown(&directory, Some(user), Some(user)).unwrap();
    chmod(&directory, mode);
    let record = directory.join("daemon.pb");
    let mut command = world.command(&program);
    command
        .arg0("rpctl")
        .args(["spawn-self", "--foreground", "--json", "--record"])
        .arg(&record)
        .arg("--endpoint")
        .arg(directory.join("daemon.sock"))
        .uid(user)
        .gid(user);
    Daemon::start_as_is(command, &record)
}

/// Lets a third user write a record or its directory.
type Spoil = fn(&Path);

#[test]
fn a_third_user_beside_the_user_of_the_service_is_refused() {
    if !is_root() {
        return;
    }
    let spoil: [(&str, Spoil); 4] = [
        ("user ID 4002", |record| {
            chown(record, Some(BOB), None).unwrap();
        }),
        ("user ID 4002", |record| {
            chown(record.parent().unwrap(), Some(BOB), None).unwrap();
        }),
        ("group ID 4500", |record| {
            let directory = record.parent().unwrap();
            chown(directory, None, Some(TEAM)).unwrap();
            chmod(directory, 0o775);
        }),
        ("user ID 4002", |record| {
            let list = "system.posix_acl_access";
            set_list(record.parent().unwrap(), list, (USER, BOB, WRITE), WRITE);
        }),
    ];
    for (who, spoil) in spoil {
        let world = World::new();
        let daemon = service(&world, ANN, 0o755);
        spoil(daemon.record());
        for command in ["shutdown", "kill"] {
            let run = world.rpctl([command, "--json", record_of(&daemon)]);
            let document = run.json();
            assert_eq!(run.code, Some(9), "{who}: {document:#}");
            assert!(document.to_string().contains(who), "{document:#}");
        }
    }
}

/// A daemon that root runs is not signalled for a user who cannot do it alone.
#[test]
fn the_user_of_a_record_is_no_proof_for_a_daemon_of_root() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    chown(daemon.record(), Some(ANN), None).unwrap();
    let run = world.rpctl(["kill", "--json", record_of(&daemon)]);
    assert_eq!(run.code, Some(9), "{:#}", run.json());
}
