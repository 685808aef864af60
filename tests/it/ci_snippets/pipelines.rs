//! A shell script, GitHub Actions, GitLab CI.

use super::fixture::{Fixture, assert_runs};
use super::snippet::snippet;
use crate::support::{Run, assert_accepted, is_installed, strings, write_program, yaml};

#[test]
fn the_shell_script_tests_a_daemon_that_is_up_and_stops_it() {
    let script = snippet("sh", "./integration-tests");
    let run = assert_runs(&Fixture::new(), &["sh", "-c"], script);
    assert!(run.text().contains("verified: cached"), "{run:?}");
}

#[test]
fn a_failed_shell_script_still_stops_the_daemon() {
    let world = Fixture::new();
    write_program(&world, "integration-tests", "#!/bin/sh\nexit 7\n");
    let mut sh = world.user_command("sh");
    let run = Run::of(sh.args(["-c", snippet("sh", "./integration-tests")]));
    assert_eq!(run.code, Some(7), "{run:?}");
    assert!(run.text().contains("terminated: cached"), "{run:?}");
}

#[test]
fn shellcheck_finds_nothing_wrong_with_the_shell_script() {
    if !is_installed("shellcheck") {
        return;
    }
    let world = Fixture::new();
    std::fs::write(world.path("ci.sh"), snippet("sh", "./integration-tests")).unwrap();
    let run = Run::of(world.command("shellcheck").arg("ci.sh"));
    assert_eq!(run.code, Some(0), "{run:?}");
}

/// Each step is a shell of its own, and one that always runs comes also after a
/// failure.
#[test]
fn the_github_workflow_tests_a_daemon_that_is_up_and_stops_it() {
    let world = Fixture::new();
    let text = snippet("yaml", "runs-on:");
    let Some(workflow) = yaml(&world, "workflow.yml", text) else {
        return;
    };
    let schema = ["--builtin-schema", "vendor.github-workflows"];
    assert_accepted(
        &world,
        "check-jsonschema",
        &[&schema[..], &["workflow.yml"]].concat(),
    );
    let mut script = "failed=0\n".to_owned();
    let steps = workflow["jobs"]["integration"]["steps"].as_array().unwrap();
    for (number, step) in steps.iter().enumerate() {
        let Some(run) = step["run"].as_str() else {
            continue;
        };
        let name = format!("step-{number}.sh");
        std::fs::write(world.path(&name), run).unwrap();
        let condition = match step["if"].as_str() {
            None => "test $failed = 0",
            Some("always()") => "true",
            Some(other) => panic!("what does {other} mean?"),
        };
        script = format!("{script}if {condition}; then bash -e {name} || failed=1; fi\n");
    }
    let run = assert_runs(&world, &["bash", "-c"], &format!("{script}exit $failed\n"));
    let annotation = "::notice title=rpctl probe%3A cached.pb::verified: cached";
    assert!(run.text().contains(annotation), "{run:?}");
}

/// The lines of a job are one script; its report is a file.
#[test]
fn the_gitlab_job_tests_a_daemon_that_is_up_and_stops_it() {
    let world = Fixture::new();
    let text = snippet("yaml", "  script:");
    let Some(pipeline) = yaml(&world, "gitlab-ci.yml", text) else {
        return;
    };
    let schema = ["--builtin-schema", "vendor.gitlab-ci"];
    assert_accepted(
        &world,
        "check-jsonschema",
        &[&schema[..], &["gitlab-ci.yml"]].concat(),
    );
    let job = &pipeline["integration"];
    let script = strings(&job["script"]).join("\n");
    assert_runs(&world, &["bash", "-eo", "pipefail", "-c"], &script);
    let report = job["artifacts"]["reports"]["junit"].as_str().unwrap();
    let report = std::fs::read_to_string(world.path(report)).unwrap();
    assert!(
        report.contains(r#"name="verdict" value="verified""#),
        "{report}"
    );
}
