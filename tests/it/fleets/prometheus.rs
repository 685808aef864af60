//! The units that write metrics, and the rules for alerts on these.

use std::fmt::Write;

use super::PAGE;
use crate::support::{Daemon, Run, World, block, is_installed};

const SERVICE: &str = "rpctl-metrics.service";
const TIMER: &str = "rpctl-metrics.timer";

const STARTS: &str = "rpctl_process_start_time_seconds";
const RESTARTS: &str = "DaemonRestarts";

/// Returns a unit of the page; its first line says which.
fn unit(name: &str) -> &'static str {
    block(PAGE, "ini", &format!("# /etc/systemd/system/{name}\n"))
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    if !is_installed("systemd-analyze") {
        return;
    }
    let world = World::new();
    for name in [SERVICE, TIMER] {
        std::fs::write(world.path(name), unit(name)).unwrap();
    }
    let mut command = world.command("systemd-analyze");
    let files = [SERVICE, TIMER].map(|name| world.path(name));
    let run = Run::of(command.arg("verify").args(files));
    assert_eq!((run.code, run.text(), &*run.stderr), (Some(0), "", ""));
}

/// Runs the command of the service in the directory of the world. Returns the metrics.
fn collected(world: &World) -> (Run, String) {
    let (_, script) = unit(SERVICE).split_once("ExecStart=/bin/sh -c '").unwrap();
    let (script, _) = script.split_once('\'').unwrap();
    let run = Run::of(world.user_command("/bin/sh").args(["-c", script]));
    let metrics = std::fs::read_to_string(world.path("rpctl.prom"));
    (run, metrics.unwrap_or_default())
}

fn assert_promtool(world: &World, args: &[&str]) {
    let run = Run::of(world.command("promtool").args(args));
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn the_service_replaces_the_metrics_as_a_whole() {
    let world = World::new();
    let (run, metrics) = collected(&world);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(metrics.contains("rpctl_up 0"), "{metrics}");
    let _daemon = Daemon::registered(&world, "cache");
    let (run, metrics) = collected(&world);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(metrics.contains(r#"service="cache""#), "{metrics}");

    // What cannot be written replaces nothing.
    std::fs::remove_file(world.path("rpctl.prom")).unwrap();
    std::os::unix::fs::symlink("/dev/full", world.path("rpctl.new")).unwrap();
    let (run, metrics) = collected(&world);
    assert_ne!(run.code, Some(0), "{run:?}");
    assert_eq!(metrics, "");
}

/// Returns a test for promtool: metrics that stay as they are, but for the start of a daemon that
/// is to raise an alert, and the alert with its summary after 10 minutes, if there is one.
fn alert_test(metrics: &str, alert: &str, summary: Option<&str>) -> String {
    let mut test = "rule_files: [rpctl.rules.yml]\nevaluation_interval: 1m\n\
        tests:\n  - interval: 1m\n    input_series:\n"
        .to_owned();
    for sample in metrics.lines().filter(|line| !line.starts_with('#')) {
        let (series, value) = sample.rsplit_once(' ').unwrap();
        let series = match series.strip_suffix('}') {
            Some(series) => format!(r#"{series},instance="db1"}}"#),
            None => format!(r#"{series}{{instance="db1"}}"#),
        };
        let value: f64 = value.parse().unwrap();
        let is_later = alert == RESTARTS && summary.is_some() && series.starts_with(STARTS);
        let step = if is_later { "+60" } else { "" };
        writeln!(
            test,
            "      - series: '{series}'\n        values: '{value}{step}x15'"
        )
        .unwrap();
    }
    writeln!(
        test,
        "      - series: 'node_textfile_mtime_seconds{{file=\"/x/rpctl.prom\",instance=\"db1\"}}'\n        \
         values: '0+60x15'\n    alert_rule_test:\n      - alertname: {alert}\n        eval_time: 10m"
    )
    .unwrap();
    test + &summary.map_or_else(
        || "        exp_alerts: []\n".to_owned(),
        |summary| expected(metrics, alert, summary),
    )
}

/// Returns the alert that is expected, with the labels of the sample that raises it.
fn expected(metrics: &str, alert: &str, summary: &str) -> String {
    let verdict = match alert {
        "DaemonNotVerified" => "verified",
        "DaemonIsAnotherProcess" => "mismatch",
        _ => "",
    };
    let severity = if verdict == "mismatch" {
        "critical"
    } else {
        "warning"
    };
    let of_alert = match alert {
        RESTARTS => format!("{STARTS}{{"),
        _ => format!(r#"verdict="{verdict}""#),
    };
    let sample = metrics.lines().find(|line| line.contains(&of_alert));
    let mut labels = format!("severity: {severity}, instance: db1");
    if let Some((_, rest)) = sample.and_then(|line| line.split_once('{')) {
        let (pairs, _) = rest.rsplit_once('}').unwrap();
        for pair in pairs.split(',') {
            write!(labels, ", {}", pair.replacen('=', ": ", 1)).unwrap();
        }
    }
    let record = labels
        .split(", ")
        .find_map(|pair| pair.strip_prefix("record: "))
        .map(|record| record.trim_matches('"'));
    let mut text = format!(
        "        exp_alerts:\n          - exp_labels: {{ {labels} }}\n            \
         exp_annotations:\n              summary: '{summary}'\n"
    );
    if let ("DaemonNotVerified", Some(record)) = (alert, record) {
        writeln!(
            text,
            "              description: 'rpctl probe {record} says why'"
        )
        .unwrap();
    }
    text
}

#[test]
fn the_alerts_fire_for_what_rpctl_finds() {
    if !is_installed("promtool") {
        return;
    }
    let world = World::new();
    let rules = block(PAGE, "yaml", "# rpctl.rules.yml");
    std::fs::write(world.path("rpctl.rules.yml"), rules).unwrap();
    assert_promtool(&world, &["check", "rules", "rpctl.rules.yml"]);
    let assert_alert = |metrics: &str, alert: &str, summary: Option<&str>| {
        std::fs::write(world.path("test.yml"), alert_test(metrics, alert, summary)).unwrap();
        assert_promtool(&world, &["test", "rules", "test.yml"]);
    };
    let alerts = [
        "DaemonIsAnotherProcess",
        "DaemonNotVerified",
        "DaemonsNotExamined",
        RESTARTS,
    ];

    let (_, metrics) = collected(&world);
    assert_alert(&metrics, alerts[2], Some("db1: no verdicts on its daemons"));

    let mut daemon = Daemon::registered(&world, "cache");
    let (_, metrics) = collected(&world);
    for alert in alerts {
        assert_alert(&metrics, alert, None);
    }
    let summary = "cache on db1 has started more than twice within 30 minutes";
    assert_alert(&metrics, RESTARTS, Some(summary));
    daemon.kill();
    let (_, metrics) = collected(&world);
    assert_alert(&metrics, alerts[1], Some("cache on db1 is not verified"));
    assert_alert(&metrics, alerts[0], None);
    let _squatter = std::os::unix::net::UnixListener::bind({
        std::fs::remove_file(daemon.socket()).unwrap();
        daemon.socket()
    });
    let (_, metrics) = collected(&world);
    let summary = "cache on db1: another process than recorded";
    assert_alert(&metrics, alerts[0], Some(summary));
}
