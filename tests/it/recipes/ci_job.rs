//! The CI job, with Redis.

use super::RECIPES;
use super::contained::contained;
use crate::support::{World, block, write_program};

/// A job, its tests, and what comes after it.
fn run(tests: &str, after: &str) -> Option<String> {
    let world = World::new();
    write_program(&world, "job", block(RECIPES, "sh", "redis-server"));
    write_program(
        &world,
        "integration-tests",
        &format!("#!/bin/sh\n{tests}\n"),
    );
    let script = format!("job() {{ ./job > job.log; }}\nstatus job\n{after}");
    let run = contained(&world, &["redis-server"], &script)?;
    assert_eq!(run.code, Some(0), "{run:?}");
    Some(run.text().to_owned())
}

#[test]
fn the_job_has_its_service_during_the_tests_and_not_after() {
    for code in [0, 7] {
        let tests = format!("rpctl probe --quiet redis.json && touch ran; exit {code}");
        let after = r#"[ -e ran ] && echo ran; [ "$(pid_of redis-server)" ] || echo ended"#;
        let expected = format!("job: {code}\nran\nended\n");
        assert_eq!(
            run(&tests, after).unwrap_or_else(|| expected.clone()),
            expected
        );
    }
}
