//! Containers that have ended, seen from the host and from their successors: see
//! [pid_namespaces(7)](https://man7.org/linux/man-pages/man7/pid_namespaces.7.html).

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rpctl::DaemonProcess;
use rpctl::record::{self, CacheRoot};
use serde_json::Value;

use super::container::{Container, Init, PROGRAM, can_contain, contained};
use crate::support::{Run, World, check};

const FOREIGN: (i32, &str, Option<&str>) = (4, "indeterminate", Some("foreign_namespace"));
const GONE: (i32, &str, Option<&str>) = (3, "not_running", Some("namespace_gone"));

#[track_caller]
fn assert_found(run: &Run, (code, verdict, reason): (i32, &str, Option<&str>)) -> Value {
    run.assert_verdict(code, verdict, reason)
}

/// Runs a command of the program on the registry `registry`, in a container or outside.
fn on_registry(mut command: Command, arguments: &[&str], registry: &Path) -> Run {
    command.env("RUNNING_PROCESS_MANIFEST_DIR", registry);
    Run::of(command.args(arguments))
}

#[test]
fn from_the_host_a_daemon_is_gone_with_its_container() {
    if !can_contain() {
        return;
    }
    for init in Init::ALL {
        let world = World::new();
        let mut container = Container::start(&world, init);
        let record = container.daemon.record().to_owned();
        assert_found(&world.probe(&record), FOREIGN);
        container.end();
        let document = assert_found(&world.probe(&record), GONE);
        assert_eq!(check(&document, "host")["outcome"], "fail", "{init:?}");
        assert_eq!(check(&document, "pid")["outcome"], "skip", "{init:?}");

        let path = record.to_str().unwrap();
        let stopped = world.rpctl(["shutdown", "--json", path]);
        assert_eq!(stopped.json()["action"]["outcome"], "already_gone");
        assert_eq!(stopped.code, Some(0), "{stopped:?}");
        let strict = world.rpctl(["kill", "-q", "--require-running", path]);
        assert_eq!(strict.code, Some(3), "{strict:?}");
    }
}

/// The path of the socket may have meant another file inside.
#[test]
fn prune_removes_the_record_of_a_container_that_has_ended() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    std::fs::create_dir(world.path("registry")).unwrap();
    let mut container = Container::start(&world, Init::Daemon);
    let record = world.path("registry/daemon.pb");
    std::fs::hard_link(container.daemon.record(), &record).unwrap();
    let prune = || world.rpctl(["prune", "--json"]).json();
    assert_eq!(prune()["pruned"].as_array().unwrap().len(), 0);
    container.end();
    let pruned = prune();
    assert_eq!(pruned["pruned"].as_array().unwrap().len(), 1, "{pruned:#}");
    assert!(!record.exists());
    assert!(Path::new(container.daemon.socket()).exists());
}

#[test]
fn a_namespace_with_one_process_left_proves_no_death() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let mut container = Container::start(&world, Init::Parent);
    let record = container.daemon.record().to_owned();
    container.kill_the_daemon_alone();
    assert_found(&world.probe(&record), FOREIGN);
    container.end();
    assert_found(&world.probe(&record), GONE);
}

/// The kernel gives the numbers of dead namespaces to new ones.
#[test]
fn a_namespace_number_that_is_in_use_again_proves_no_death() {
    if !can_contain() {
        return;
    }
    let (world, other) = (World::new(), World::new());
    let mut container = Container::start(&world, Init::Daemon);
    container.end();
    let successor = Container::start(&other, Init::Parent);
    let theirs = record::load(successor.daemon.record()).unwrap();
    let namespace_id = theirs.host().unwrap().namespace_id;
    let reused = world.manifest("reused.json", &container.daemon.identity, |manifest| {
        manifest.host.as_mut().unwrap().namespace_id = namespace_id;
    });
    assert_found(&world.probe(&reused), FOREIGN);
}

/// The end of a namespace of this boot says nothing about a process of another boot, and
/// not every number is that of a namespace.
#[test]
fn a_record_that_contradicts_itself_proves_no_death() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let mut container = Container::start(&world, Init::Daemon);
    container.end();
    let gone = record::load(container.daemon.record()).unwrap();
    let namespace_id = gone.host().unwrap().namespace_id;
    let with = |namespace_id: &str, boot_id: &str| {
        let identity = DaemonProcess {
            boot_id: boot_id.to_owned(),
            ..container.daemon.identity.clone()
        };
        let record = world.manifest("changed.json", &identity, |manifest| {
            manifest.host.as_mut().unwrap().namespace_id = namespace_id.to_owned();
        });
        world.probe(&record)
    };
    let ours = container.daemon.identity.boot_id.as_str();
    assert_found(&with(&namespace_id, ours), GONE);
    assert_found(&with(&namespace_id, "another"), FOREIGN);
    assert_found(&with(&namespace_id, ""), FOREIGN);
    for number in ["0", "7", "9999999999999999999999"] {
        assert_found(&with(&format!("mnt:[1]:pid:[{number}]"), ours), FOREIGN);
    }
}

/// An identity file is of the container that shares the directory, if not of its manifest.
#[test]
fn a_manifest_proves_no_end_of_the_daemon_it_leads_to() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let mut container = Container::start(&world, Init::Daemon);
    container.end();
    let written = record::load(container.daemon.record()).unwrap().host();
    std::fs::create_dir(world.path("run")).unwrap();
    world.sidecar("run/daemon-identity.json", &container.daemon.identity);
    let manifest = world.manifest("m.json", &container.daemon.identity, |manifest| {
        manifest.current_daemon = None;
        manifest.host = written.as_ref().map(Into::into);
        manifest.roots = vec![CacheRoot {
            kind: 4,
            path: world.path("run").to_str().unwrap().to_owned(),
            ..CacheRoot::default()
        }];
    });
    let document = assert_found(&world.probe(&manifest), FOREIGN);
    assert!(
        document["target"]["identity_file"].is_string(),
        "{document:#}"
    );
}

/// Without the right to see all processes, no namespace is seen to be empty.
#[test]
fn one_who_does_not_see_all_processes_calls_no_namespace_gone() {
    if !can_contain() {
        return;
    }
    let (world, other) = (World::new(), World::new());
    let program = world.open_to_all();
    let mut container = Container::start(&world, Init::Daemon);
    let record = container.daemon.record().to_owned();
    std::fs::set_permissions(&record, Permissions::from_mode(0o644)).unwrap();
    container.end();
    // An ordinary user sees that there is a container, and not which one it is.
    let _living = Container::start(&other, Init::Daemon);
    let mut user = world.command(&program);
    user.args(["probe", "--json"]).arg(&record);
    assert_found(&Run::of(user.uid(65_534).gid(65_534)), FOREIGN);

    // A mount of its own: one that is remounted has its options everywhere.
    let hiding = "mount -t proc -o hidepid=invisible proc /proc";
    let foreign = "mount -t proc proc /proc";
    let none = "mount -t tmpfs none /proc";
    for (namespace, mount) in [("--mount", hiding), ("--mount", none), ("--pid", foreign)] {
        let mut command = world.command("unshare");
        command.args(["--mount", namespace, "--fork", "sh", "-c"]);
        command.arg(format!(r#"{mount} && exec "$@""#));
        command
            .args(["sh", PROGRAM, "probe", "--json"])
            .arg(&record);
        let run = Run::of(&mut command);
        assert_eq!(run.code, Some(4), "{mount}: {run:?}");
    }
    assert_found(&world.probe(&record), GONE);
}

/// A container that was started again with its records on a volume.
#[test]
fn a_successor_learns_how_to_take_the_record_over() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    std::fs::create_dir(world.path("registry")).unwrap();
    let mut container = Container::start(&world, Init::Daemon);
    container.end();
    let record = container.daemon.record().to_str().unwrap().to_owned();
    std::fs::rename(&record, world.path("registry/daemon.pb")).unwrap();
    let record = world.path("registry/daemon.pb");
    let path = record.to_str().unwrap();
    let within = |arguments: &[&str]| {
        on_registry(
            contained(&world, Init::Daemon),
            arguments,
            &world.path("registry"),
        )
    };
    let way_out = format!(
        "no process listens on its socket; if that container has ended, remove the record: rm {path}"
    );
    let probed = assert_found(&within(&["probe", "--json", path]), FOREIGN);
    assert_eq!(probed["hints"][1], way_out.as_str());
    let stopped = within(&["shutdown", "--json", path]);
    assert_eq!(stopped.json()["hints"][1], way_out.as_str());

    let pruned = within(&["prune", "--json"]).json();
    assert_eq!(pruned["kept"][0]["detail"], way_out.as_str(), "{pruned:#}");
    let socket = container.daemon.socket();
    let spawn = ["spawn-self", "--endpoint", socket, "--record", path];
    let refused = within(&[&spawn[..], &["--json"]].concat());
    assert_eq!(refused.code, Some(9), "{refused:?}");
    let hint = refused.json()["hints"][0].as_str().unwrap().to_owned();
    assert!(hint.starts_with(&way_out), "{hint}");

    // The way out is one.
    std::fs::remove_file(&record).unwrap();
    let again = within(&spawn);
    assert_eq!(again.code, Some(0), "{again:?}");
}

#[test]
fn a_successor_is_warned_of_a_socket_that_is_served() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let container = Container::start(&world, Init::Parent);
    let record = container.daemon.record();
    let mut successor = contained(&world, Init::Daemon);
    successor.args(["probe", "--json"]).arg(record);
    let document = assert_found(&Run::of(&mut successor), FOREIGN);
    let hint = document["hints"][1].as_str().unwrap();
    assert!(
        hint.starts_with("a process listens on its socket"),
        "{hint}"
    );
}

/// It has the same number in its own container. What the record says of the namespace may
/// be wrong, too.
#[test]
fn a_socket_that_is_served_contradicts_the_end_of_a_namespace() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let mut container = Container::start(&world, Init::Daemon);
    let recorded = record::load(container.daemon.record()).unwrap();
    let old = world.manifest("old.json", &container.daemon.identity, |manifest| {
        manifest.host = recorded.host().as_ref().map(Into::into);
    });
    container.end();
    std::fs::remove_file(container.daemon.record()).unwrap();
    let successor = Container::start(&world, Init::Daemon);
    assert_eq!(successor.daemon.identity.pid, container.daemon.identity.pid);
    let document = assert_found(&world.probe(&old), FOREIGN);
    let detail = check(&document, "host")["detail"].as_str().unwrap();
    assert!(
        detail.contains("has ended, and a process serves"),
        "{detail}"
    );
    assert_found(&world.probe(successor.daemon.record()), FOREIGN);
}
