//! What is said about records, and where they were written.

use rpctl::DaemonProcess;
use rpctl::record::{CacheManifest, HostMessage};

use super::table::{OTHER_BOOT, Table, digests, gone};
use crate::support::{TestServer, World, this_process};

pub(super) fn records(table: &mut Table) {
    let world = World::new();
    let here = this_process(&world.endpoint("s"));
    let garbage = world.path("garbage.pb");
    std::fs::write(&garbage, "no record").unwrap();
    table.row("a file that is no record", &world, &world.probe(&garbage));
    table.row("no file", &world, &world.probe(&world.path("missing.pb")));
    table.manifest(
        "a manifest that names no daemon",
        &world,
        &here,
        |manifest| {
            manifest.current_daemon = None;
        },
    );
    table.manifest("another machine", &world, &here, |manifest| {
        manifest.host = Some(HostMessage {
            machine_id: "0".repeat(31) + "1",
            hostname: "node-a".to_owned(),
            ..HostMessage::default()
        });
    });
    table.manifest("a machine of the same image", &world, &here, |manifest| {
        let host = manifest.host.as_mut().unwrap();
        "node-a".clone_into(&mut host.hostname);
        OTHER_BOOT.clone_into(&mut host.boot_id);
    });
    let in_container = |manifest: &mut CacheManifest| {
        let host = manifest.host.as_mut().unwrap();
        let (mount, _) = host.namespace_id.split_once(":pid:").unwrap();
        // No kernel has given so many numbers.
        host.namespace_id = format!("{mount}:pid:[4294967295]");
    };
    table.manifest(
        "a container that has ended",
        &world,
        &gone(here.clone()),
        in_container,
    );
    let _served = TestServer::truly(&here);
    table.manifest(
        "a container that has ended, its socket served",
        &world,
        &here,
        in_container,
    );
    table.probed(
        "no digest to compare",
        &world,
        &DaemonProcess {
            exe_digest: digests(None),
            ..here.clone()
        },
    );
    let record = world.sidecar("d.json", &here);
    let record = record.to_str().unwrap();
    let run = world.rpctl(["probe", "--json", "--endpoint", "/other", record]);
    table.row("another endpoint than asked for", &world, &run);
}
