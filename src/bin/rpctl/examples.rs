//! The examples at the end of the help of each command.

macro_rules! examples {
    ($file:literal) => {
        concat!("Examples:\n", include_str!(concat!("examples/", $file)))
    };
}

pub(crate) const RPCTL: &str = examples!("rpctl.txt");
pub(crate) const PROBE: &str = examples!("probe.txt");
pub(crate) const INSPECT_MANIFEST: &str = examples!("inspect-manifest.txt");
pub(crate) const SHUTDOWN: &str = examples!("shutdown.txt");
pub(crate) const KILL: &str = examples!("kill.txt");
pub(crate) const SPAWN_SELF: &str = examples!("spawn-self.txt");
pub(crate) const LIST: &str = examples!("list.txt");
pub(crate) const PRUNE: &str = examples!("prune.txt");
pub(crate) const COMPLETIONS: &str = examples!("completions.txt");
