//! Where an identity is looked for, and what is found there.

use rpctl::record::{self, CacheRoot, Content, DigestChoice, Format};

use super::scene::{DATA, LOCKS, RUNTIME, Scene, said};

#[test]
fn locks_are_searched_before_the_runtime_directory_in_whatever_order_they_are_named() {
    let scene = Scene::new();
    scene.keep("run/daemon-identity.json");
    scene.keep("locks/daemon-identity.json");
    for roots in [
        [(LOCKS, "locks"), (RUNTIME, "run")],
        [(RUNTIME, "run"), (LOCKS, "locks")],
    ] {
        let files = ["locks/daemon-identity.json", "run/daemon-identity.json"];
        scene.assert_found(&roots, &files);
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
        let scene = Scene::new();
        let name = format!("run/{name}");
        let file = scene.keep(&name);
        scene.assert_found(&[(RUNTIME, "run")], &[&name]);
        let document = scene.probe(&[(RUNTIME, "run")]).json();
        assert_eq!(
            said(&document),
            format!("the identity is in {}", file.display())
        );
    }
    let scene = Scene::new();
    let content = Content::Daemon(scene.identity.to_proto());
    let path = scene.world.path("run/broker-route-claim.pb");
    record::save(
        &path,
        &content,
        Format::DaemonProtobuf,
        DigestChoice::Blake3,
    )
    .unwrap();
    scene.assert_found(&[(RUNTIME, "run")], &["run/broker-route-claim.pb"]);
}

#[test]
fn several_identities_are_probed_one_by_one_in_the_order_of_their_names() {
    let scene = Scene::new();
    let names = [
        "run/daemon-a.running-process.json",
        "run/daemon-identity.json",
        "run/daemon.running-process.json",
    ];
    for name in names.iter().rev() {
        scene.keep(name);
    }
    scene.assert_found(&[(RUNTIME, "run")], &names);
}

#[test]
fn a_directory_named_twice_is_searched_once() {
    let scene = Scene::new();
    scene.keep("run/daemon-identity.json");
    let roots = [(LOCKS, "run"), (RUNTIME, "run/"), (RUNTIME, "run")];
    scene.assert_found(&roots, &["run/daemon-identity.json"]);
}

#[test]
fn the_identity_of_the_service_itself_comes_before_those_of_its_neighbours() {
    let scene = Scene::new();
    scene.keep("run/neighbour.identity.json");
    scene.keep("run/test.identity.json");
    scene.assert_found(&[(RUNTIME, "run")], &["run/test.identity.json"]);
}

#[test]
fn a_root_that_is_a_file_leads_to_its_directory() {
    let scene = Scene::new();
    std::fs::write(scene.world.path("locks/daemon.lock"), "").unwrap();
    scene.keep("locks/daemon-identity.json");
    let roots = [(LOCKS, "locks/daemon.lock")];
    scene.assert_found(&roots, &["locks/daemon-identity.json"]);
}

#[test]
fn only_locks_and_runtime_are_searched_and_nothing_below_them() {
    let scene = Scene::new();
    scene.keep("data/daemon-identity.json");
    std::fs::create_dir(scene.world.path("run/below")).unwrap();
    scene.keep("run/below/daemon-identity.json");
    scene.keep("run/identity.json");
    let detail = scene.assert_none(&[(DATA, "data"), (RUNTIME, "run")]);
    let expected = format!(
        "the manifest names no daemon, and there is no identity in {}",
        scene.path("run")
    );
    assert_eq!(detail, expected);
}

#[test]
fn where_an_identity_was_looked_for_in_vain_is_told() {
    let scene = Scene::new();
    let detail = scene.assert_none(&[(RUNTIME, "gone")]);
    let gone = scene.path("gone");
    let expected = format!("the manifest names no daemon; {gone} was ignored: it does not exist");
    assert_eq!(detail, expected);

    let detail = scene.assert_none(&[(RUNTIME, "run"), (LOCKS, "locks")]);
    let (locks, run) = (scene.path("locks"), scene.path("run"));
    assert!(
        detail.ends_with(&format!("no identity in {locks}, {run}")),
        "{detail}"
    );

    let detail = scene.assert_none(&[]);
    assert!(
        detail.ends_with("and no directory to look for one"),
        "{detail}"
    );
}

#[test]
fn a_manifest_that_names_its_daemon_is_not_searched() {
    let scene = Scene::new();
    std::fs::write(scene.world.path("run/daemon-identity.json"), "{").unwrap();
    let manifest = scene.world.manifest("m.json", &scene.identity, |manifest| {
        manifest.roots = vec![CacheRoot {
            kind: RUNTIME,
            path: scene.path("run"),
            ..CacheRoot::default()
        }];
    });
    scene
        .world
        .probe(&manifest)
        .assert_verdict(0, "verified", None);
}
