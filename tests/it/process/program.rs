//! Whether a process runs an expected program.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use rpctl::process::{ProcessRecord, ProgramMatch, VerifiedProcess};

use super::capture::copy_sleep;
use super::{shell, wait_for_program};
use crate::support::{KillOnDrop, World, is_root};

/// Starts a program that sleeps, and holds it.
fn start(program: &Path) -> (KillOnDrop, VerifiedProcess) {
    let child = shell(&format!("exec '{}' 1000", program.display()));
    wait_for_program(child.0.id(), program);
    let process = ProcessRecord::from_child(&child.0).unwrap();
    let process = process.verify().unwrap();
    (child, process)
}

#[test]
fn files_are_compared_and_not_names() {
    let world = World::new();
    let (program, copy, link) = (world.path("a"), world.path("b"), world.path("link"));
    copy_sleep(&program);
    copy_sleep(&copy);
    symlink(&program, &link).unwrap();
    let (_child, process) = start(&program);
    assert_eq!(process.runs(&program).unwrap(), ProgramMatch::Same);
    assert_eq!(process.runs(&link).unwrap(), ProgramMatch::Same);
    assert_eq!(process.runs(&copy).unwrap(), ProgramMatch::Other);
    for missing in ["c", "no/such/directory"] {
        let found = process.runs(&world.path(missing)).unwrap();
        assert_eq!(found, ProgramMatch::Other);
    }
}

#[test]
fn a_program_that_was_replaced_or_deleted_is_outdated() {
    let world = World::new();
    std::fs::create_dir(world.path("d")).unwrap();
    symlink(world.path("d"), world.path("link")).unwrap();
    let (program, by_link) = (world.path("d/a"), world.path("link/a"));
    copy_sleep(&program);
    let (_child, process) = start(&program);
    let new = world.path("new");
    copy_sleep(&new);
    std::fs::rename(&new, &program).unwrap();
    assert_eq!(process.runs(&program).unwrap(), ProgramMatch::Outdated);
    assert_eq!(process.runs(&by_link).unwrap(), ProgramMatch::Outdated);
    std::fs::remove_file(&program).unwrap();
    assert_eq!(process.runs(&program).unwrap(), ProgramMatch::Outdated);
    assert_eq!(process.runs(&by_link).unwrap(), ProgramMatch::Outdated);
    let other = process.runs(&world.path("d/b")).unwrap();
    assert_eq!(other, ProgramMatch::Other);
}

/// Starts a sleeper at a path, over which its own directory is mounted, and compares it with
/// that path: before and after its file was removed.
fn compare_mounted(unshare: &[&str]) -> [ProgramMatch; 2] {
    let world = World::new();
    let program = world.path("sleep");
    copy_sleep(&program);
    std::fs::create_dir(world.path("theirs")).unwrap();
    copy_sleep(&world.path("theirs/sleep"));
    let script = format!(
        "mount --bind theirs . && cd {0} && exec {0}/sleep 1000",
        world.path("").display()
    );
    let mut command = Command::new("unshare");
    command
        .args(unshare)
        .args(["--mount", "sh", "-c", &script])
        .current_dir(world.path(""));
    let child = KillOnDrop(command.spawn().unwrap());
    wait_for_program(child.0.id(), &program);
    let process = ProcessRecord::from_child(&child.0).unwrap();
    let process = process.verify().unwrap();
    let named = process.runs(&program).unwrap();
    std::fs::remove_file(world.path("theirs/sleep")).unwrap();
    [named, process.runs(&program).unwrap()]
}

#[test]
fn a_path_counts_as_the_process_sees_it() {
    if is_root() {
        let matches = [ProgramMatch::Same, ProgramMatch::Outdated];
        assert_eq!(compare_mounted(&[]), matches);
    }
}

/// In a user namespace of their own, users put any file at any path.
#[test]
fn a_path_in_another_user_namespace_names_no_program() {
    if is_root() {
        let matches = [ProgramMatch::Other; 2];
        assert_eq!(compare_mounted(&["--user", "--map-root-user"]), matches);
    }
}
