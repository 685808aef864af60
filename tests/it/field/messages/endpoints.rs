//! What is said about endpoints, and about those who answer.

use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;

use nix::sys::signal::Signal;
use rpctl::DaemonProcess;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, bind, listen, socket};

use super::table::{OTHER_BOOT, Table, gone};
use crate::support::{
    Daemon, Run, Script, TestServer, World, copy_program, misbehaving, read_request, this_process,
};

pub(super) fn endpoints(table: &mut Table) {
    let world = World::new();
    let here = |name: &str| this_process(&world.endpoint(name));
    table.probed("no socket", &world, &here("none"));
    drop(UnixListener::bind(world.path("stale")).unwrap());
    table.probed("a socket without a listener", &world, &here("stale"));
    std::fs::write(world.path("file"), "").unwrap();
    table.probed("a file in place of the socket", &world, &here("file"));
    misbehaving(&world.endpoint("closing"), |stream| {
        drop(read_request(&stream));
    });
    table.probed("the connection is closed", &world, &here("closing"));
    misbehaving(&world.endpoint("http"), |mut stream| {
        let _ = read_request(&stream);
        let _ = std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    table.probed("another protocol", &world, &here("http"));
    let _silent = UnixListener::bind(world.path("silent")).unwrap();
    let silent = world.sidecar("d.json", &here("silent"));
    let silent = silent.to_str().unwrap();
    let run = world.rpctl(["probe", "--json", "--timeout", "100ms", silent]);
    table.row("no answer", &world, &run);
    let run = world.rpctl([
        "probe",
        "--json",
        "--timeout",
        "100ms",
        "--wait",
        "1ms",
        silent,
    ]);
    table.row("no answer, and awaited", &world, &run);
    let full = socket(AddressFamily::UNIX, SocketType::STREAM, None).unwrap();
    bind(&full, &SocketAddrUnix::new(world.path("full")).unwrap()).unwrap();
    listen(&full, 0).unwrap();
    let _waiting = UnixStream::connect(world.path("full")).unwrap();
    let busy = world.sidecar("d.json", &here("full"));
    let busy = busy.to_str().unwrap();
    let run = world.rpctl(["probe", "--json", "--timeout", "100ms", busy]);
    table.row("a full queue of connections", &world, &run);
    let _other = TestServer::with(&world.endpoint("other"), gone(here("other")));
    table.probed("an answer for another process", &world, &here("other"));
    let daemon = Daemon::start(&world);
    table.probed(
        "a daemon that was restarted",
        &world,
        &DaemonProcess {
            ..gone(daemon.identity.clone())
        },
    );
    let script = Script::start(&world, "echo up; exec sleep 1000");
    let mut squatted = script.identity.clone();
    squatted.exe_path = std::fs::read_link(format!("/proc/{}/exe", squatted.pid)).unwrap();
    squatted.ipc_endpoint = world.endpoint("closing");
    table.probed("a socket of a stranger", &world, &squatted);
    let earlier = DaemonProcess {
        boot_id: OTHER_BOOT.to_owned(),
        started_at_unix_ms: 1_000_000_000_000,
        ..here("earlier")
    };
    let _earlier = TestServer::truly(&earlier);
    table.probed("an answer with another boot ID", &world, &earlier);
    daemon.signal(Signal::SIGSTOP);
    let record = daemon.record().to_str().unwrap();
    let run = world.rpctl(["probe", "--json", "--timeout", "100ms", record]);
    table.row("a stopped daemon", &world, &run);
}

pub(super) fn verified(table: &mut Table) {
    let world = World::new();
    let program = world.open_to_all();
    let daemon = Daemon::start_program(&world, &program);
    std::fs::remove_file(&program).unwrap();
    copy_program(&program);
    table.row(
        "replaced since the start",
        &world,
        &world.probe(daemon.record()),
    );
    let late = DaemonProcess {
        boot_id: "unknown".to_owned(),
        exe_path: std::fs::read_link("/proc/self/exe").unwrap(),
        ..this_process(&world.endpoint("s"))
    };
    let _served = TestServer::truly(&late);
    table.probed("verified with a warning", &world, &late);
    let record = world.path("d.json");
    let record = record.to_str().unwrap();
    let run = world.rpctl(["probe", "--json", "--strict", record]);
    table.row("a warning is not accepted", &world, &run);
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(daemon.record(), open).unwrap();
    let mut command = world.command(&program);
    command.args(["probe", "--json"]).arg(daemon.record());
    let run = Run::of(command.uid(65_534).gid(65_534));
    table.row("a daemon of another user", &world, &run);
}
