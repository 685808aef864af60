//! The probes of a container.

use std::time::Duration;

use serde_json::Value;

use super::fixture::Fixture;
use super::snippet::snippet;
use crate::support::{Run, World, assert_accepted, strings, yaml};

/// What both probes run, and after how many seconds they are given up.
fn probes(world: &World) -> Option<Vec<(Vec<String>, u64)>> {
    let text = snippet("yaml", "livenessProbe:");
    let pod = yaml(world, "pod.yml", text)?;
    let container = &pod["spec"]["containers"][0];
    let probe = |probe: &Value| {
        let command = strings(&probe["exec"]["command"]);
        let seconds = probe["timeoutSeconds"].as_u64().unwrap();
        (command.into_iter().map(str::to_owned).collect(), seconds)
    };
    let names = ["startupProbe", "livenessProbe"];
    Some(names.map(|name| probe(&container[name])).into())
}

#[test]
fn kubernetes_accepts_the_pod() {
    let world = World::new();
    if probes(&world).is_some() {
        assert_accepted(&world, "kubernetes-validate", &["--strict", "pod.yml"]);
    }
}

#[test]
fn the_probes_tell_a_running_daemon_from_a_dead_one() {
    let world = Fixture::new();
    let Some(probes) = probes(&world) else { return };
    for (probe, seconds) in probes {
        // Their own default is one second.
        assert!(Duration::from_secs(seconds) > 2 * rpctl::DEFAULT_ENDPOINT_PROBE_TIMEOUT);
        let run = |record: &str| {
            let arguments = probe[1..].iter().map(|argument| match &**argument {
                "/run/cached/cached.pb" => record,
                other => other,
            });
            Run::of(world.user_command(&probe[0]).args(arguments))
        };
        let start = ["spawn-self", "--quiet", "--record", "cached.pb"];
        assert_eq!(world.rpctl(start).code, Some(0));
        assert_eq!(run("cached.pb").code, Some(0));
        assert_eq!(world.rpctl(["kill", "-q", "cached.pb"]).code, Some(0));
        let gone = run("cached.pb");
        assert_eq!(gone.code, Some(3));
        // It becomes an event.
        assert!(gone.text().contains("not running: PID"), "{gone:?}");
        assert_eq!(run("none.pb").code, Some(8));
    }
}
