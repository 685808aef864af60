//! Where a measurement takes place.

use std::path::{Path, PathBuf};

use rpctl::DaemonProcess;
use rpctl::ExeDigest;
use tempfile::TempDir;

use crate::build::build;
use crate::daemons::{Daemon, Lifeline, padded};

/// A directory, and the program of daemons.
pub(crate) struct Setting {
    pub(crate) lifeline: Lifeline,
    pub(crate) bench_daemon: PathBuf,
    directory: TempDir,
}

impl Setting {
    pub(crate) fn new() -> Self {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self {
            lifeline: Lifeline::new().unwrap(),
            bench_daemon: build(checkout, &["--example", "bench-daemon"]).unwrap(),
            directory: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A daemon of a kind (see `bench_daemon.rs`) with an executable of a size.
    pub(crate) fn daemon(&self, kind: &str, size: usize) -> Daemon {
        let program = self.path(&format!("program-{size}"));
        if !program.exists() {
            padded(&self.bench_daemon, &program, size).unwrap();
        }
        let home = self.path(&format!("{kind}-{size}"));
        Daemon::start(&program, kind, &home, &self.lifeline).unwrap()
    }
}

/// Both generations of a record, each with the one digest that it has.
pub(crate) fn generations(identity: &DaemonProcess) -> [(&'static str, DaemonProcess); 2] {
    let ExeDigest { sha256, blake3 } = identity.exe_digest;
    let with = |sha256, blake3| DaemonProcess {
        exe_digest: ExeDigest { sha256, blake3 },
        ..identity.clone()
    };
    [
        ("SHA-256", with(sha256, None)),
        ("BLAKE3", with(None, blake3)),
    ]
}
