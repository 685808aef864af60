//! Programs to measure, built where they are not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::daemons::Result;

/// Only optimised is it worth measuring.
const PROFILE: &str = if cfg!(debug_assertions) {
    "dev"
} else {
    "release"
};

/// Build a package as this program was, and let cargo say where its program is.
pub(crate) fn build(package: &Path, options: &[&str]) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--locked", "--profile", PROFILE])
        .args(["--message-format", "json-render-diagnostics"])
        .args(options)
        .current_dir(package)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{} does not build", package.display()).into());
    }
    serde_json::Deserializer::from_slice(&output.stdout)
        .into_iter::<serde_json::Value>()
        .filter_map(std::result::Result::ok)
        .find_map(|message| Some(message["executable"].as_str()?.into()))
        .ok_or_else(|| format!("{} has no program", package.display()).into())
}
