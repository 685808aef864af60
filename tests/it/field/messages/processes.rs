//! What is said about processes.

use rpctl::DaemonProcess;

use super::table::{OTHER_BOOT, Table, digests, gone};
use crate::support::{Daemon, Script, World, before_start_ms, this_process};

pub(super) fn processes(table: &mut Table) {
    let world = World::new();
    let here = this_process(&world.endpoint("s"));
    table.probed("no such process", &world, &gone(here.clone()));
    table.probed(
        "another boot",
        &world,
        &DaemonProcess {
            boot_id: OTHER_BOOT.to_owned(),
            started_at_unix_ms: 1_000_000_000_000,
            ..here.clone()
        },
    );
    let script = Script::start(&world, "echo up; exec sleep 1000");
    let other = DaemonProcess {
        exe_digest: digests(Some(7)),
        exe_path: "/usr/bin/daemon".into(),
        ..script.identity.clone()
    };
    table.probed("the process runs another program", &world, &other);
    table.probed(
        "the number was reused",
        &world,
        &DaemonProcess {
            started_at_unix_ms: before_start_ms(script.identity.pid),
            ..other.clone()
        },
    );
    table.probed(
        "another path, and no digest",
        &world,
        &DaemonProcess {
            exe_digest: digests(None),
            exe_path: "/usr/bin/daemon".into(),
            ..script.identity.clone()
        },
    );
    let mut child = Daemon::start(&world);
    let younger = DaemonProcess {
        started_at_unix_ms: before_start_ms(child.identity.pid),
        ipc_endpoint: world.endpoint("none"),
        ..child.identity.clone()
    };
    table.probed("a younger process of the same program", &world, &younger);
    table.probed(
        "a record dated in the future",
        &world,
        &DaemonProcess {
            started_at_unix_ms: child.identity.started_at_unix_ms + 86_400_000,
            ..younger.clone()
        },
    );
    table.probed(
        "no boot ID, and no answer",
        &world,
        &DaemonProcess {
            boot_id: "unknown".to_owned(),
            ipc_endpoint: world.endpoint("none"),
            ..child.identity.clone()
        },
    );
    let record = world.sidecar("d.json", &child.identity);
    let record = record.to_str().unwrap();
    let run = world.rpctl(["probe", "--json", "--hash-timeout", "1ns", record]);
    table.row("hashing takes too long", &world, &run);
    child.kill_unreaped();
    table.row("a zombie", &world, &world.probe(child.record()));
}
