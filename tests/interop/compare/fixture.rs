//! Everything that the rows need: programs, daemons, clients.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use rpctl::record::DigestChoice;
use tempfile::TempDir;

use crate::build::build;
use crate::client_process::ClientProcess;
use crate::daemons::{Daemon, Lifeline, MEGABYTE, Result, padded, write_manifest};
use crate::registries::{Registry, Stale};

/// The two generations of records, each with a release of the crate that reads it.
#[derive(Clone, Copy, Debug)]
pub enum Generation {
    Sha256,
    Blake3,
}

impl Generation {
    /// The digest in a record.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Blake3 => "BLAKE3",
        }
    }

    pub fn digest(self) -> DigestChoice {
        match self {
            Self::Sha256 => DigestChoice::Sha256,
            Self::Blake3 => DigestChoice::Blake3,
        }
    }

    /// The package with the client of this generation.
    fn peer(self) -> &'static str {
        match self {
            Self::Sha256 => "peers/sha256",
            Self::Blake3 => "peers/blake3",
        }
    }
}

pub struct Fixture {
    pub setup: Setup,
    /// rpctl, as a library.
    pub ours: ClientProcess,
    /// The crate, by generation.
    pub theirs: [ClientProcess; 2],
}

impl Fixture {
    pub fn new(most_rounds: usize, static_rpctl: Option<PathBuf>) -> Result<Self> {
        let setup = Setup::new(most_rounds, static_rpctl)?;
        let [sha256, blake3] = &setup.peers;
        Ok(Self {
            ours: ClientProcess::start(&std::env::current_exe()?, &["serve"])?,
            theirs: [
                ClientProcess::start(sha256, &["measure", "-"])?,
                ClientProcess::start(blake3, &["measure", "-"])?,
            ],
            setup,
        })
    }
}

/// What only daemons and whole processes need.
pub struct Setup {
    pub rpctl: PathBuf,
    /// The static program, if there is one to measure.
    pub static_rpctl: Option<PathBuf>,
    /// The crate's clients as programs, by generation.
    pub peers: [PathBuf; 2],
    lifeline: Lifeline,
    bench_daemon: PathBuf,
    directory: TempDir,
    homes: Cell<usize>,
    most_rounds: usize,
}

impl Setup {
    fn new(most_rounds: usize, static_rpctl: Option<PathBuf>) -> Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let interop = here.join("..");
        let rpctl = match std::env::var_os("RPCTL") {
            Some(path) => path.into(),
            None => build(&interop.join("../.."), &["--bin", "rpctl"])?,
        };
        let target = std::env::current_exe()?;
        let target = target.ancestors().nth(2).ok_or("no target directory")?;
        let peer = |generation: Generation| {
            let target = target.to_str().ok_or("the path is not UTF-8")?;
            let options = ["--target-dir", target, "--bins"];
            build(&interop.join(generation.peer()), &options)
        };
        Ok(Self {
            rpctl,
            static_rpctl,
            peers: [peer(Generation::Sha256)?, peer(Generation::Blake3)?],
            lifeline: Lifeline::new()?,
            bench_daemon: build(here, &["--bin", "bench-daemon"])?,
            directory: tempfile::tempdir()?,
            homes: Cell::new(0),
            most_rounds,
        })
    }

    /// Returns the number of rounds: `worth`, but at most the number that was asked for.
    pub fn rounds(&self, worth: usize) -> usize {
        worth.min(self.most_rounds)
    }

    /// A name for a directory that is not there yet.
    pub fn new_home(&self) -> PathBuf {
        self.homes.set(self.homes.get() + 1);
        self.directory.path().join(self.homes.get().to_string())
    }

    /// A daemon's program of a size; made once.
    pub fn program(&self, size: usize) -> Result<PathBuf> {
        let path = self.directory.path().join(format!("program-{size}"));
        if !path.exists() {
            padded(&self.bench_daemon, &path, size)?;
        }
        Ok(path)
    }

    /// A daemon of a kind, and its manifest.
    pub fn daemon(
        &self,
        kind: &str,
        size: usize,
        generation: Generation,
    ) -> Result<(Daemon, PathBuf)> {
        let home = self.new_home();
        let daemon = Daemon::start(&self.program(size)?, kind, &home, &self.lifeline)?;
        let manifest = home.join("manifest.pb");
        write_manifest(&manifest, "bench", &daemon.identity, generation.digest())?;
        Ok((daemon, manifest))
    }

    /// Many records; see [`Registry`].
    pub fn registry(&self, stale: Stale, generation: Generation) -> Result<Registry> {
        let (program, home) = (self.program(MEGABYTE)?, self.new_home());
        Registry::new(&program, &home, &self.lifeline, stale, generation.digest())
    }
}
