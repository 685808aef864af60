//! The table of messages: for each situation the sentence and the hints, as they are printed,
//! in `messages.txt`, to be read in a row: each is true, names the cause, and harms no process.
//!
//! If `RPCTL_UPDATE_GENERATED` is set, the table is written again.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;

use nix::sys::signal::Signal;
use regex::Regex;
use rpctl::record::{CacheManifest, HostMessage};
use rpctl::{DaemonProcess, Digest, ExeDigest, Reason};

use super::container::can_contain;
use crate::support::{
    Daemon, Run, Script, TestServer, World, committed, copy_program, misbehaving, read_request,
    this_process,
};

const OTHER_BOOT: &str = "11111111-1111-4111-8111-111111111111";

/// Reasons without a situation here, and the tests that have one.
const ELSEWHERE: [(Reason, &str); 8] = [
    (Reason::Emulated, "field::emulated"),
    (Reason::PathMismatch, "src/probe/verdict/tests.rs"),
    (Reason::ProcessUnreadable, "identity::namespaces"),
    (Reason::WrongAnswer, "endpoint::fields"),
    (Reason::IdentityHidden, "discovery::refused"),
    (Reason::PeerUnresolved, "identity::namespaces"),
    (Reason::BootContradicted, "field::evidence"),
    (Reason::EndpointBusy, "endpoint::silence"),
];

/// The rows of the table.
#[derive(Default)]
struct Table {
    text: String,
    reasons: BTreeSet<String>,
}

impl Table {
    /// Adds what the program says in a situation.
    fn row(&mut self, situation: &str, world: &World, run: &Run) {
        let document = run.json();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let summary = match &document["summary"] {
            serde_json::Value::Null => text(&document["error"]["message"]),
            summary => text(summary),
        };
        self.reasons.insert(text(&document["reason"]));
        let code = run.code.unwrap();
        writeln!(
            self.text,
            "\n{situation} ({code})\n  {}",
            plain(world, &summary)
        )
        .unwrap();
        for hint in document["hints"].as_array().unwrap() {
            writeln!(self.text, "    next: {}", plain(world, &text(hint))).unwrap();
        }
    }

    /// Adds the report on an identity.
    fn probed(&mut self, situation: &str, world: &World, identity: &DaemonProcess) {
        let record = world.sidecar("d.json", identity);
        self.row(situation, world, &world.probe(&record));
    }

    /// Adds the report on a manifest.
    fn manifest(
        &mut self,
        situation: &str,
        world: &World,
        identity: &DaemonProcess,
        edit: impl FnOnce(&mut CacheManifest),
    ) {
        let record = world.manifest("d.json", identity, edit);
        self.row(situation, world, &world.probe(&record));
    }
}

/// Replaces what differs from run to run.
fn plain(world: &World, text: &str) -> String {
    let text = text.replace(world.path("").to_str().unwrap(), "/w/");
    let program = std::env::current_exe().unwrap();
    let text = text.replace(program.to_str().unwrap(), "/bin/daemon");
    let text = text.replace(env!("CARGO_BIN_EXE_rpctl"), "/bin/rpctl");
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    [
        (r"PID \d+", "PID N"),
        (r"-p \d+", "-p N"),
        (r"-CONT \d+", "-CONT N"),
        (r"/proc/\d+", "/proc/N"),
        (r"user ID \d+", "user ID N"),
        (r"parent \d+", "parent N"),
        (r"of \d+ bytes", "of N bytes"),
        (r"\d+(\.\d+)? (µs|ms|s)\b", "TIME"),
        (r"user [a-z_-]+\)", "user NAME)"),
        (r"\((it|/\S*it)-[0-9a-f]+", "(daemon"),
    ]
    .iter()
    .fold(text, |text, (pattern, by)| {
        Regex::new(pattern)
            .unwrap()
            .replace_all(&text, *by)
            .into_owned()
    })
}

fn gone(identity: DaemonProcess) -> DaemonProcess {
    DaemonProcess {
        pid: i32::MAX.unsigned_abs(),
        ..identity
    }
}

fn digests(byte: Option<u8>) -> ExeDigest {
    let digest = byte.map(|byte| -> Digest { [byte; 32] });
    ExeDigest {
        sha256: digest,
        blake3: digest,
    }
}

fn records(table: &mut Table) {
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
        host.namespace_id = format!("{mount}:pid:[1]");
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

fn processes(table: &mut Table) {
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
            started_at_unix_ms: script.identity.started_at_unix_ms - 60_000,
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
        started_at_unix_ms: child.identity.started_at_unix_ms - 60_000,
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

fn endpoints(table: &mut Table) {
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

fn verified(table: &mut Table) {
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

fn actions(table: &mut Table) {
    let world = World::new();
    let stubborn = Script::start(
        &world,
        "trap '' TERM; echo up; while :; do sleep 0.01; done",
    );
    let record = stubborn.record.to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", "--timeout", "50ms", record]);
    table.row("shutdown of one that ignores SIGTERM", &world, &run);
    let turned = Script::start(
        &world,
        "trap 'exec sleep 1000' TERM; echo up; while :; do sleep 0.01; done",
    );
    let record = turned.record.to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", "--force", "--timeout", "2s", record]);
    table.row("shutdown of one that became another program", &world, &run);
    let gone = world.sidecar("d.json", &gone(this_process(&world.endpoint("s"))));
    let run = world.rpctl(["shutdown", "--json", gone.to_str().unwrap()]);
    table.row("shutdown of one that is gone", &world, &run);
    let own = world.sidecar("own.json", &this_process(&world.endpoint("s")));
    let run = world.rpctl(["kill", "--json", own.to_str().unwrap()]);
    table.row("kill of an ancestor", &world, &run);
}

#[test]
fn every_sentence_and_hint_is_as_it_was_read() {
    if !can_contain() {
        return;
    }
    let mut table = Table::default();
    for part in [records, processes, endpoints, verified, actions] {
        part(&mut table);
    }
    let file = committed("tests/it/field/messages.txt");
    if std::env::var_os("RPCTL_UPDATE_GENERATED").is_some() {
        std::fs::write(&file, &table.text).unwrap();
    }
    let read = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        table.text, read,
        "read it, and write it with RPCTL_UPDATE_GENERATED=1"
    );
    let missing: Vec<_> = Reason::ALL
        .iter()
        .filter(|reason| !table.reasons.contains(&reason.to_string()))
        .filter(|reason| !ELSEWHERE.iter().any(|(elsewhere, _)| elsewhere == *reason))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
