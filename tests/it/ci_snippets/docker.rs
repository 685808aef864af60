//! The health check of an image.

use super::fixture::Fixture;
use super::snippet::snippet;
use crate::support::Run;

/// What Docker keeps of the output of a health check.
const KEPT: usize = 4096;

/// Its command, in the form that needs no shell in the image.
fn health_check() -> Vec<String> {
    let text = snippet("dockerfile", "HEALTHCHECK");
    let (_, check) = text.split_once("HEALTHCHECK").unwrap();
    let (_, command) = check.split_once("CMD ").unwrap();
    serde_json::from_str(command.trim()).unwrap()
}

#[test]
fn the_docker_health_check_reports_healthy_and_unhealthy() {
    let world = Fixture::new();
    let check = health_check();
    let run = |record: &str| {
        let arguments = check[1..].iter().map(|argument| match &**argument {
            "/run/cached/cached.pb" => record,
            other => other,
        });
        let run = Run::of(world.user_command(&check[0]).args(arguments));
        assert!(run.text().len() <= KEPT, "{run:?}");
        run
    };
    let start = ["spawn-self", "--quiet", "--record", "cached.pb"];
    assert_eq!(world.rpctl(start).code, Some(0));
    assert_eq!(run("cached.pb").code, Some(0));
    assert_eq!(world.rpctl(["kill", "-q", "cached.pb"]).code, Some(0));
    let gone = run("cached.pb");
    assert_eq!(gone.code, Some(1));
    assert!(gone.text().contains("not running: PID"), "{gone:?}");
    assert_eq!(run("none.pb").code, Some(1));
}
