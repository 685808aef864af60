//! `rpctl probe --all`.

use super::fixture::{daemon, dead, record, verdicts};
use crate::support::World;

#[test]
fn all_records_are_probed_in_full_and_the_worst_verdict_counts() {
    let world = World::new();
    let _live = daemon(&world, "live");
    let run = world.rpctl(["probe", "--all", "--json"]);
    let document = run.json();
    assert_eq!((run.code, verdicts(&document).len()), (Some(0), 1));
    assert_eq!(document["reports"][0]["checks"][2]["outcome"], "pass");

    let _dead = dead(&world, "dead");
    let run = world.rpctl(["probe", "--all", "--json"]);
    assert_eq!((run.code, &run.json()["exit_code"]), (Some(3), &3.into()));
    record(&world, "silent", |_| {});
    let run = world.rpctl(["probe", "--all"]);
    assert_eq!(run.code, Some(6), "{run:?}");
    assert_eq!(run.text().matches("\nCHECK ").count(), 2, "{run:?}");
    let run = world.rpctl(["probe", "--all", "--verbose"]);
    assert_eq!(run.text().matches("\nCHECK ").count(), 3, "{run:?}");
}

#[test]
fn a_registry_without_records_proves_nothing() {
    let world = World::new();
    let run = world.rpctl(["probe", "--all", "--json"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert_eq!(run.json()["error"]["kind"], "no_target");
    assert!(run.stderr.contains("registry holds no records"), "{run:?}");
}

#[test]
fn all_is_not_some() {
    let world = World::new();
    for other in [&["a.pb"][..], &["--service", "x"], &["--endpoint", "/x"]] {
        let run = world.rpctl(["probe", "--all"].iter().chain(other));
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains("cannot be used with"), "{run:?}");
    }
}
