//! Where an identity is looked for, and what is found there.

use rpctl::record::{self, CacheRoot, Content, DigestChoice, Format};

use super::fixture::{DATA, Fixture, LOCKS, RUNTIME, said};

#[test]
fn locks_are_searched_before_the_runtime_directory() {
    let fixture = Fixture::new();
    fixture.keep("run/daemon-identity.json");
    fixture.keep("locks/daemon-identity.json");
    for roots in [
        [(LOCKS, "locks"), (RUNTIME, "run")],
        [(RUNTIME, "run"), (LOCKS, "locks")],
    ] {
        let files = ["locks/daemon-identity.json", "run/daemon-identity.json"];
        fixture.assert_found(&roots, &files);
    }
}

#[test]
fn an_identity_is_found_under_every_name_that_daemons_use() {
    for name in [
        "daemon.running-process.json",
        "daemon-dev-main.running-process.json",
        "daemon-identity.json",
        "py-svc.identity.json",
    ] {
        let fixture = Fixture::new();
        let name = format!("run/{name}");
        let file = fixture.keep(&name);
        fixture.assert_found(&[(RUNTIME, "run")], &[&name]);
        let document = fixture.probe(&[(RUNTIME, "run")]).json();
        assert_eq!(
            said(&document),
            format!("the identity is in {}", file.display())
        );
    }
    let fixture = Fixture::new();
    let content = Content::Daemon(fixture.identity.to_proto());
    let path = fixture.world.path("run/broker-route-claim.pb");
    record::save(
        &path,
        &content,
        Format::DaemonProtobuf,
        DigestChoice::Blake3,
    )
    .unwrap();
    fixture.assert_found(&[(RUNTIME, "run")], &["run/broker-route-claim.pb"]);
}

#[test]
fn several_identities_are_probed_in_the_order_of_their_names() {
    let fixture = Fixture::new();
    let names = [
        "run/daemon-a.running-process.json",
        "run/daemon-identity.json",
        "run/daemon.running-process.json",
    ];
    for name in names.iter().rev() {
        fixture.keep(name);
    }
    fixture.assert_found(&[(RUNTIME, "run")], &names);
}

#[test]
fn a_directory_named_twice_is_searched_once() {
    let fixture = Fixture::new();
    fixture.keep("run/daemon-identity.json");
    let roots = [(LOCKS, "run"), (RUNTIME, "run/"), (RUNTIME, "run")];
    fixture.assert_found(&roots, &["run/daemon-identity.json"]);
}

#[test]
fn the_services_own_identity_comes_before_its_neighbours() {
    let fixture = Fixture::new();
    fixture.keep("run/neighbour.identity.json");
    fixture.keep("run/test.identity.json");
    fixture.assert_found(&[(RUNTIME, "run")], &["run/test.identity.json"]);
}

#[test]
fn a_root_that_is_a_file_leads_to_its_directory() {
    let fixture = Fixture::new();
    std::fs::write(fixture.world.path("locks/daemon.lock"), "").unwrap();
    fixture.keep("locks/daemon-identity.json");
    let roots = [(LOCKS, "locks/daemon.lock")];
    fixture.assert_found(&roots, &["locks/daemon-identity.json"]);
}

#[test]
fn only_locks_and_runtime_are_searched_and_nothing_below_them() {
    let fixture = Fixture::new();
    fixture.keep("data/daemon-identity.json");
    std::fs::create_dir(fixture.world.path("run/below")).unwrap();
    fixture.keep("run/below/daemon-identity.json");
    fixture.keep("run/identity.json");
    let detail = fixture.assert_none(&[(DATA, "data"), (RUNTIME, "run")]);
    let expected = format!(
        "the manifest names no daemon, and there is no identity in {}",
        fixture.path("run")
    );
    assert_eq!(detail, expected);
}

#[test]
fn where_an_identity_was_looked_for_in_vain_is_told() {
    let fixture = Fixture::new();
    let detail = fixture.assert_none(&[(RUNTIME, "gone")]);
    let gone = fixture.path("gone");
    let expected = format!("the manifest names no daemon; {gone} was ignored: it does not exist");
    assert_eq!(detail, expected);

    let detail = fixture.assert_none(&[(RUNTIME, "run"), (LOCKS, "locks")]);
    let (locks, run) = (fixture.path("locks"), fixture.path("run"));
    assert!(
        detail.ends_with(&format!("no identity in {locks}, {run}")),
        "{detail}"
    );

    let detail = fixture.assert_none(&[]);
    assert!(
        detail.ends_with("and no directory to look for one"),
        "{detail}"
    );
}

#[test]
fn a_manifest_that_names_its_daemon_is_not_searched() {
    let fixture = Fixture::new();
    std::fs::write(fixture.world.path("run/daemon-identity.json"), "{").unwrap();
    let manifest = fixture
        .world
        .manifest("m.json", &fixture.identity, |manifest| {
            manifest.roots = vec![CacheRoot {
                kind: RUNTIME,
                path: fixture.path("run"),
                ..CacheRoot::default()
            }];
        });
    fixture
        .world
        .probe(&manifest)
        .assert_verdict(0, "verified", None);
}
