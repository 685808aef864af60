//! What is said about the number in a PID file.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::table::Table;
use crate::pid_file::{
    contained_sleeper, daemon, date, kernel_thread, lock, sleep_program, wait_for_program, write,
};
use crate::support::{KillOnDrop, MAX_PID, NOBODY, Run, World, before_boot_ms, before_start_ms};

pub(super) fn pid_files(table: &mut Table) {
    let world = World::new();
    let (child, path) = daemon(&world);
    let pid = child.0.id();
    let program = sleep_program();
    let required = ["--exe", program.to_str().unwrap()];
    let probe = |options: &[&str]| {
        let path = path.to_str().unwrap();
        world.rpctl([&["probe", "--json"], options, &[path]].concat())
    };
    table.row("a PID file, and nothing required", &world, &probe(&[]));
    let options = [&["kill", "--json"][..], &[path.to_str().unwrap()]].concat();
    table.row(
        "kill on the word of a PID file",
        &world,
        &world.rpctl(options),
    );
    table.row("a PID file and the program", &world, &probe(&required));
    let other = probe(&["--exe", "/bin/cat"]);
    table.row("a PID file and another program", &world, &other);
    let other = probe(&["--user", "nobody"]);
    table.row("a PID file and another user", &world, &other);
    let script = world.path("daemon.sh");
    std::fs::write(&script, "#!/bin/sh\n").unwrap();
    let other = probe(&["--exe", script.to_str().unwrap()]);
    table.row("a PID file and a script", &world, &other);
    date(&path, before_start_ms(pid) + 700);
    table.row("a PID file, hardly older", &world, &probe(&required));
    date(&path, before_start_ms(pid));
    table.row(
        "a PID file, older than the program",
        &world,
        &probe(&required),
    );
    table.row("a PID file, older than the process", &world, &probe(&[]));
    date(&path, before_boot_ms());
    table.row("a PID file of another boot", &world, &probe(&[]));
    write(&world, &format!("{MAX_PID}\n"));
    table.row("a PID file, no such process", &world, &probe(&[]));
    match kernel_thread() {
        Some(thread) => {
            write(&world, &format!("{thread}\n"));
            table.row("a PID file with a kernel thread", &world, &probe(&[]));
        }
        None => table.lacks(&["a PID file with a kernel thread"]),
    }
    write(&world, "0x10\n");
    table.row("a PID file without a number", &world, &probe(&[]));
    let mut stdin = world.command(env!("CARGO_BIN_EXE_rpctl"));
    std::fs::write(&path, format!("{pid}\n")).unwrap();
    stdin.stdin(std::fs::File::open(&path).unwrap());
    let run = Run::of(stdin.args(["probe", "--json", "-"]));
    table.row("a number on standard input", &world, &run);
    let (inside, number) = contained_sleeper(&world);
    write(&world, &format!("{number}\n"));
    table.row("a PID file of a container", &world, &probe(&[]));
    drop(inside);
    locked(table, &world);
}

fn locked(table: &mut Table, world: &World) {
    let (bystander, path) = daemon(world);
    drop(path);
    let (holder, path) = lock(world, "posix");
    write(world, &format!("{}\n", bystander.0.id()));
    let args = ["--json", "--exe", "/bin/sleep", path.to_str().unwrap()];
    for command in ["probe", "kill"] {
        let run = world.rpctl([&[command], &args[..]].concat());
        let situation = format!("{command} on a PID file that an unrelated process has locked");
        table.row(&situation, world, &run);
    }
    drop(holder);
    chown(&path, Some(NOBODY), None).unwrap();
    for command in ["probe", "kill"] {
        let run = world.rpctl([&[command], &args[..]].concat());
        let situation = format!("{command} on a PID file of another user than the process");
        table.row(&situation, world, &run);
    }
    drop(bystander);
    chown(&path, Some(0), None).unwrap();
    let mut command = Command::new("sleep");
    let child = KillOnDrop(command.arg("1000").uid(NOBODY).spawn().unwrap());
    wait_for_program(child.0.id(), "sleep");
    write(world, &format!("{}\n", child.0.id()));
    for command in ["probe", "kill"] {
        let run = world.rpctl([&[command], &args[..]].concat());
        let situation = format!("{command} on a PID file of root, and a process of another user");
        table.row(&situation, world, &run);
    }
    drop(child);
    let (_holder, path) = lock(world, "flock");
    let path = path.to_str().unwrap();
    let run = world.rpctl(["probe", "--json", path]);
    table.row("a PID file that the process has locked", world, &run);
    std::fs::write(path, format!("{MAX_PID}\n")).unwrap();
    let run = world.rpctl(["probe", "--json", path]);
    table.row("a PID file that another has locked", world, &run);
}
