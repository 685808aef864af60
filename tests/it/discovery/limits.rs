//! Who writes a manifest says where to look, but not for how long.

use std::os::unix::fs::symlink;

use super::fixture::{Fixture, LOCKS, RUNTIME, said};

/// Directories that are searched for one manifest.
const DIRECTORIES: usize = 64;
/// Directory entries that are read for one manifest.
const ENTRIES: usize = 1 << 16;

/// Make directories, and name them.
fn directories(fixture: &Fixture, count: usize) -> Vec<String> {
    let name = |number| format!("d{number:03}");
    let names: Vec<String> = (0..count).map(name).collect();
    for name in &names {
        std::fs::create_dir(fixture.world.path(name)).unwrap();
    }
    names
}

fn runtime(names: &[String]) -> Vec<(i32, &str)> {
    names.iter().map(|name| (RUNTIME, name.as_str())).collect()
}

#[test]
fn so_many_directories_are_searched_and_a_few_of_them_named() {
    let fixture = Fixture::new();
    let names = directories(&fixture, DIRECTORIES);
    let detail = fixture.assert_none(&runtime(&names));
    let few = ["d000", "d001", "d002"].map(|name| fixture.path(name));
    let expected = format!("there is no identity in {} and 61 more", few.join(", "));
    assert!(detail.ends_with(&expected), "{detail}");
}

#[test]
fn a_daemon_beyond_the_last_directory_is_not_called_gone() {
    let fixture = Fixture::new();
    let mut names = directories(&fixture, DIRECTORIES);
    names.push("run".to_owned());
    fixture.keep("run/daemon-identity.json");
    let detail = fixture.assert_hidden(&runtime(&names));
    let expected = format!(
        "and 61 more; the search ended at {}: no more than 64 directories are searched",
        fixture.path("run")
    );
    assert!(detail.ends_with(&expected), "{detail}");

    // Nor is it where there are not even directories, or a few are left alone.
    let gone: Vec<String> = (0..=DIRECTORIES)
        .map(|number| format!("g{number}"))
        .collect();
    let detail = fixture.assert_hidden(&runtime(&gone));
    assert!(detail.contains("; the search ended at "), "{detail}");
    assert!(detail.ends_with("; 61 more were ignored"), "{detail}");

    let manifest = fixture.manifest(&runtime(&names));
    let manifest = manifest.to_str().unwrap();
    for command in ["shutdown", "kill"] {
        let run = fixture.world.rpctl([command, "--json", manifest]);
        assert_eq!(run.json()["action"]["outcome"], "refused", "{run:?}");
        assert_eq!(run.code, Some(4), "{run:?}");
    }
}

#[test]
fn a_directory_is_searched_once_whatever_it_is_called() {
    let fixture = Fixture::new();
    symlink("run", fixture.world.path("link")).unwrap();
    fixture.keep("run/daemon-identity.json");
    std::fs::write(fixture.world.path("run/lock"), "").unwrap();
    let names = ["data/../run", "run", "link", "run/lock", "locks/../link"];
    fixture.assert_found(
        &names.map(|name| (RUNTIME, name)),
        &["data/../run/daemon-identity.json"],
    );
}

/// An identity that was not read may be the one that counts.
#[test]
fn a_directory_with_too_many_entries_leads_to_none_of_them() {
    let fixture = Fixture::new();
    fixture.keep("run/daemon-identity.json");
    let file = fixture.world.path("file");
    std::fs::write(&file, "").unwrap();
    let add = |directory: &str, numbers: std::ops::Range<usize>| {
        let directory = fixture.world.path(directory);
        for number in numbers {
            symlink(&file, directory.join(format!("{number}"))).unwrap();
        }
    };
    add("run", 0..ENTRIES - 1);
    fixture.assert_found(&[(RUNTIME, "run")], &["run/daemon-identity.json"]);

    // They are counted over all directories.
    add("locks", 0..1);
    let roots = [(RUNTIME, "run"), (LOCKS, "locks")];
    let detail = fixture.assert_hidden(&roots);
    let expected = format!(
        "there is no identity in {}; the search ended at {}: no more than 65536 entries are read",
        fixture.path("locks"),
        fixture.path("run")
    );
    assert!(detail.ends_with(&expected), "{detail}");
}

#[test]
fn the_most_identities_are_used_and_more_are_reported() {
    let fixture = Fixture::new();
    for number in 0..=64 {
        fixture.keep(&format!("run/daemon-{number:02}.running-process.json"));
    }
    let document = fixture.probe(&[(RUNTIME, "run")]).json();
    let reports = document["reports"].as_array().unwrap();
    assert_eq!(reports.len(), 64);
    let expected = format!(
        "; the search ended at {}: no more than 64 identities are used",
        fixture.path("run")
    );
    for report in reports {
        assert!(said(report).ends_with(&expected), "{report:#}");
    }
}

/// What a manifest says is said again about each identity it leads to.
#[test]
fn texts_of_any_length_are_shortened_in_reports() {
    let fixture = Fixture::new();
    for number in 0..64 {
        fixture.keep(&format!("run/daemon-{number}.running-process.json"));
    }
    let long = "9".repeat(100_000);
    let path = fixture
        .world
        .manifest("m.json", &fixture.identity, |manifest| {
            manifest.current_daemon = None;
            manifest.service_version = format!("1.0.{long}");
            manifest.media_type.clone_from(&long);
            let host = manifest.host.as_mut().unwrap();
            (host.boot_id, host.hostname) = (long.clone(), long.clone());
            host.machine_id.clone_from(&long);
            manifest.roots = [fixture.path("run"), format!("/{long}")]
                .map(|path| rpctl::record::CacheRoot {
                    kind: RUNTIME,
                    path,
                    ..Default::default()
                })
                .into();
        });
    let run = fixture.world.probe(&path);
    let document = run.json();
    assert_eq!(document["reports"].as_array().unwrap().len(), 64);
    assert!(run.stdout.len() < 64 * 64_000, "{}", run.stdout.len());
}
