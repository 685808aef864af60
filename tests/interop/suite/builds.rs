//! The programs under test, built once.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

/// The rpctl to test.
pub static RPCTL: LazyLock<PathBuf> = LazyLock::new(|| match std::env::var_os("RPCTL") {
    Some(path) => path.into(),
    None => build("../../Cargo.toml", &["--release", "--bin", "rpctl"]),
});

/// The daemon and client made with 4.4.0.
pub static PEER_SHA256: LazyLock<PathBuf> =
    LazyLock::new(|| build_peer("peers/sha256/Cargo.toml", "peer-sha256"));

/// The daemon and client made with 4.10.21.
pub static PEER_BLAKE3: LazyLock<PathBuf> =
    LazyLock::new(|| build_peer("peers/blake3/Cargo.toml", "peer-blake3"));

/// The peers share most dependencies, and so a target directory: that of the
/// tests.
fn build_peer(manifest: &str, program: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let target = target.and_then(Path::to_str).expect("a path in UTF-8");
    build(manifest, &["--target-dir", target, "--bin", program])
}

/// Build a package, and let cargo say where its program is.
fn build(manifest: &str, options: &[&str]) -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--locked", "--manifest-path", manifest])
        .args(["--message-format", "json-render-diagnostics"])
        .args(options)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo can be run");
    assert!(output.status.success(), "{manifest} does not build");
    serde_json::Deserializer::from_slice(&output.stdout)
        .into_iter::<Value>()
        .map(|message| message.expect("cargo prints JSON"))
        .find_map(|message| Some(message["executable"].as_str()?.into()))
        .expect("the package has a program")
}
