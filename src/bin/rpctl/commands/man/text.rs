//! The sections written by hand.

pub(super) const ENVIRONMENT: &str = include_str!("environment.man");
pub(super) const FILES: &str = include_str!("files.man");

/// The examples for a command; for one that has none, nothing.
pub(super) fn examples(command: &str) -> &'static str {
    match command {
        "rpctl" => include_str!("examples/rpctl.man"),
        "probe" => include_str!("examples/probe.man"),
        "inspect-manifest" => include_str!("examples/inspect-manifest.man"),
        "shutdown" => include_str!("examples/shutdown.man"),
        "kill" => include_str!("examples/kill.man"),
        "spawn-self" => include_str!("examples/spawn-self.man"),
        "completions" => include_str!("examples/completions.man"),
        _ => "",
    }
}
