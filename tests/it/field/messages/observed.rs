//! What is said about processes that are looked at, not asked.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::process::Command;

use rpctl::process::ProcessRecord;
use serde_json::{Value, json};

use super::table::{OTHER_BOOT, Table};
use crate::observed::{
    edited, holder, listening_script, probe_processes_alone, rebuild, saved, sleeper, started_copy,
};
use crate::support::{KillOnDrop, World};

pub(super) fn observed(table: &mut Table) {
    instances(table);
    images(table);
    listeners(table);
}

/// Adds the report on a record, edited.
fn row(
    table: &mut Table,
    situation: &str,
    world: &World,
    record: &ProcessRecord,
    edit: impl FnOnce(&mut Value),
) {
    let record = saved(world, &edited(record, edit));
    table.row(situation, world, &world.probe(&record));
}

fn instances(table: &mut Table) {
    let world = World::new();
    let mut child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let record = record.with_service("sleeper", None).unwrap();
    row(table, "a recorded process", &world, &record, |_| {});
    let tick = record.process.start.unwrap().ticks;
    row(table, "a recorded number, reused", &world, &record, |it| {
        it["process"]["start"]["ticks"] = (tick - 1).into();
    });
    row(table, "a process without a start", &world, &record, |it| {
        it["process"] = json!({ "pid": it["process"]["pid"] });
    });
    row(table, "a process of another boot", &world, &record, |it| {
        it["host"]["boot_id"] = OTHER_BOOT.into();
        it["recorded_at_unix_ms"] = 1_000_000_000_000_u64.into();
    });
    row(table, "a process without a boot", &world, &record, |it| {
        it["host"]["boot_id"] = "".into();
    });
    let path = saved(&world, &record);
    let run = probe_processes_alone(&world, &path);
    table.row("a process where /proc has no boot ID", &world, &run);
    row(table, "a process of another user", &world, &record, |it| {
        for user in ["real", "effective", "saved", "file_system"] {
            it["process"]["users"][user] = 12_345.into();
        }
    });
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    row(
        table,
        "a recorded process that ended",
        &world,
        &record,
        |_| {},
    );
}

fn images(table: &mut Table) {
    let world = World::new();
    let again = "exec /proc/self/cwd/program -c 'echo again; kill -STOP $$'";
    let (mut script, program) = started_copy(&world, again);
    let record = ProcessRecord::from_pid(script.identity.pid).unwrap();
    rebuild(&program);
    row(table, "an old build of a process", &world, &record, |_| {});
    script.go();
    assert_eq!(script.line(), "again");
    // The path as the kernel has it is that of the new build.
    row(table, "a new build of a process", &world, &record, |_| {});
    let child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    row(
        table,
        "another program in a process",
        &world,
        &record,
        |it| {
            it["process"]["exe"]["path"] = "/usr/bin/daemon".into();
            it["process"]["exe"]["file"]["inode"] = 1.into();
        },
    );
    row(
        table,
        "another path of a process, and no digest",
        &world,
        &record,
        |it| {
            it["process"]["exe"] = json!({ "path": "/usr/bin/daemon" });
        },
    );
}

fn listeners(table: &mut Table) {
    let world = World::new();
    let nothing = || File::open("/dev/null").unwrap();
    let socket = world.path("s");
    let child = holder(UnixListener::bind(&socket).unwrap(), nothing());
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let held = record.clone().with_listeners().unwrap();
    row(table, "a process with its listener", &world, &held, |_| {});
    std::fs::remove_file(&socket).unwrap();
    row(table, "a listener without its file", &world, &held, |_| {});
    let (record, listener) = ended(&world);
    let second = holder(listener, nothing());
    row(
        table,
        "a process that was restarted",
        &world,
        &record,
        |_| {},
    );
    drop(second);
    std::fs::remove_file(&socket).unwrap();
    let (record, listener) = ended(&world);
    let mut tail = Command::new("tail");
    tail.args(["-f", "/dev/null"])
        .stdin(OwnedFd::from(listener));
    let _stranger = KillOnDrop(tail.spawn().unwrap());
    drop(tail);
    row(
        table,
        "an ended process, its socket taken",
        &world,
        &record,
        |_| {},
    );
    let world = World::new();
    let mut script = listening_script(&world, "unix", "exec 2>/dev/null");
    let record = ProcessRecord::from_pid(script.identity.pid).unwrap();
    let record = record.with_listeners().unwrap();
    script.go();
    assert_eq!(script.line(), "done");
    std::fs::remove_file(world.path("s")).unwrap();
    let _stranger = UnixListener::bind(world.path("s")).unwrap();
    row(table, "a listener of a stranger", &world, &record, |_| {});
}

/// Returns the record of a process that has ended, and its listener.
fn ended(world: &World) -> (ProcessRecord, UnixListener) {
    let listener = UnixListener::bind(world.path("s")).unwrap();
    let nothing = File::open("/dev/null").unwrap();
    let mut child = holder(listener.try_clone().unwrap(), nothing);
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let record = record.with_listeners().unwrap();
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    (record, listener)
}
