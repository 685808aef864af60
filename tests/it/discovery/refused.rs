//! What is left alone in a search, and what cannot be used.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::Value;

use super::fixture::{Fixture, RUNTIME, said};
use crate::support::{NOBODY, check, is_root};

fn give_away(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
}

#[test]
fn a_symbolic_link_is_no_identity() {
    let fixture = Fixture::new();
    let target = fixture.keep("data/daemon-identity.json");
    symlink(target, fixture.world.path("run/daemon-identity.json")).unwrap();
    let detail = fixture.assert_hidden(&[(RUNTIME, "run")]);
    let link = fixture.path("run/daemon-identity.json");
    let expected = format!("; {link} was ignored: it is a symbolic link");
    assert!(detail.ends_with(&expected), "{detail}");
}

#[test]
fn the_identity_of_a_stranger_is_left_alone_and_named() {
    if !is_root() {
        return;
    }
    let fixture = Fixture::new();
    let theirs = fixture.keep("run/daemon-theirs.running-process.json");
    give_away(&theirs);
    let expected = format!(
        "; {} was ignored: it belongs to user ID {NOBODY}, the manifest to user ID 0",
        theirs.display()
    );
    let detail = fixture.assert_hidden(&[(RUNTIME, "run")]);
    assert!(detail.ends_with(&expected), "{detail}");

    // Named also where there is another one to go by.
    let ours = fixture.keep("run/daemon.running-process.json");
    fixture.assert_found(&[(RUNTIME, "run")], &["run/daemon.running-process.json"]);
    let document = fixture.probe(&[(RUNTIME, "run")]).json();
    let expected = format!("the identity is in {}{expected}", ours.display());
    assert_eq!(said(&document), expected);
}

#[test]
fn the_directory_of_a_stranger_is_not_searched() {
    if !is_root() {
        return;
    }
    let fixture = Fixture::new();
    fixture.keep("run/daemon-identity.json");
    give_away(&fixture.world.path("run"));
    let detail = fixture.assert_hidden(&[(RUNTIME, "run")]);
    let run = fixture.path("run");
    let expected = format!("names no daemon; {run} was ignored: it belongs to user ID {NOBODY}");
    assert!(detail.contains(&expected), "{detail}");

    // What is theirs may lead to what is theirs.
    give_away(&fixture.world.path("run/daemon-identity.json"));
    let manifest = fixture.manifest(&[(RUNTIME, "run")]);
    give_away(&manifest);
    let document = fixture
        .world
        .probe(&manifest)
        .assert_verdict(0, "verified", Some("warnings"));
    assert_eq!(check(&document, "record")["outcome"], "warn");
}

/// The directory is that of the manifest's owner, and the way there is not.
#[test]
fn a_root_behind_the_link_of_a_stranger_is_not_searched() {
    if !is_root() {
        return;
    }
    let fixture = Fixture::new();
    fixture.keep("run/daemon-identity.json");
    let way = fixture.world.path("way");
    symlink(fixture.world.path("run"), &way).unwrap();
    fixture.assert_found(&[(RUNTIME, "way")], &["way/daemon-identity.json"]);
    std::os::unix::fs::lchown(&way, Some(NOBODY), Some(NOBODY)).unwrap();
    let detail = fixture.assert_hidden(&[(RUNTIME, "way")]);
    let way = way.display();
    let expected = format!("{way} was ignored: the link {way} belongs to user ID {NOBODY}");
    assert!(detail.contains(&expected), "{detail}");
}

#[test]
fn a_daemon_whose_identity_is_hidden_is_never_already_gone() {
    if !is_root() {
        return;
    }
    let fixture = Fixture::new();
    fixture.keep("run/daemon-identity.json");
    give_away(&fixture.world.path("run"));
    let manifest = fixture.manifest(&[(RUNTIME, "run")]);
    let manifest = manifest.to_str().unwrap();
    let run = fixture.world.rpctl(["shutdown", "--json", manifest]);
    assert_eq!(run.code, Some(4), "{:#}", run.json());
    assert_eq!(run.json()["action"]["outcome"], "refused");
}

#[test]
fn of_many_files_left_alone_a_few_are_named() {
    let fixture = Fixture::new();
    for number in 0..9 {
        let name = format!("run/daemon-{number}.running-process.json");
        symlink("nowhere", fixture.world.path(&name)).unwrap();
    }
    let detail = fixture.assert_hidden(&[(RUNTIME, "run")]);
    assert_eq!(detail.matches("symbolic link").count(), 3, "{detail}");
    assert!(detail.ends_with("; 6 more were ignored"), "{detail}");
}

#[test]
fn an_unusable_identity_is_named_and_nothing_is_probed() {
    type Make = fn(&Fixture, &Path);
    let make: [(&str, Make); 5] = [
        ("JSON cut off", |_, path| std::fs::write(path, "{").unwrap()),
        ("nothing", |_, path| std::fs::write(path, "").unwrap()),
        ("a FIFO", |_, path| {
            mknodat(CWD, path, FileType::Fifo, Mode::RUSR, 0).unwrap();
        }),
        ("a directory", |_, path| std::fs::create_dir(path).unwrap()),
        ("PID 0", |fixture, path| {
            let text = std::fs::read(fixture.keep("data/daemon.json")).unwrap();
            let mut document: Value = serde_json::from_slice(&text).unwrap();
            document["pid"] = 0.into();
            std::fs::write(path, document.to_string()).unwrap();
        }),
    ];
    for (what, make) in make {
        let fixture = Fixture::new();
        make(&fixture, &fixture.world.path("run/daemon-identity.json"));
        let document = fixture.probe(&[(RUNTIME, "run")]).assert_verdict(
            8,
            "invalid_record",
            Some("record_invalid"),
        );
        let file = fixture.path("run/daemon-identity.json");
        assert_eq!(document["target"]["identity_file"], file, "{what}");
        let detail = said(&document);
        assert!(
            detail.starts_with(&format!("the identity in {file}: ")),
            "{what}: {detail}"
        );
        let hints = document["hints"].to_string();
        assert!(
            hints.contains(&format!("rpctl inspect-manifest {file}")),
            "{what}: {hints}"
        );
    }
}

#[test]
fn an_identity_that_others_may_write_is_suspicious() {
    let fixture = Fixture::new();
    let file = fixture.keep("run/daemon-identity.json");
    std::fs::set_permissions(&file, Permissions::from_mode(0o666)).unwrap();
    let document =
        fixture
            .probe(&[(RUNTIME, "run")])
            .assert_verdict(0, "verified", Some("warnings"));
    let expected = format!("the identity in {}: others may write", file.display());
    assert!(said(&document).starts_with(&expected), "{document:#}");
}
