//! What can be told when there is not enough to tell it with.

use crate::support::{Daemon, Run, World, is_installed};

/// Which step is the first to get no descriptor depends on how many there are.
#[test]
fn with_few_descriptors_no_daemon_is_accused_or_called_dead() {
    if !is_installed("prlimit") {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let mut verdicts = Vec::new();
    for limit in 4..=16 {
        let mut command = world.command("prlimit");
        command
            .arg(format!("--nofile={limit}"))
            .args([
                env!("CARGO_BIN_EXE_rpctl"),
                "probe",
                "--json",
                "--timeout",
                "30s",
            ])
            .arg(daemon.record());
        let run = Run::of(&mut command);
        verdicts.push((limit, run.json()["verdict"].clone()));
    }
    for (limit, verdict) in &verdicts {
        assert!(
            *verdict != "mismatch" && *verdict != "not_running",
            "{limit}: {verdicts:#?}"
        );
    }
    let found = |wanted: &str| verdicts.iter().any(|(_, verdict)| verdict == wanted);
    assert!(found("indeterminate") && found("verified"), "{verdicts:#?}");
}
