//! Registries with many records, few of them of daemons that run.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rpctl::DaemonProcess;
use rpctl::record::DigestChoice;

use super::daemons::{Daemon, Lifeline, MEGABYTE, Result, padded, recorded, write_manifest};

/// How many records there are, and how many of daemons that run.
pub(crate) const RECORDS: usize = 1000;
pub(crate) const LIVE: usize = 50;

/// The first of the highest numbers that a process can have, which are given out last.
const NO_PID: u32 = (1 << 22) - 1000;

/// What the other records name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stale {
    /// Processes that are gone.
    Gone,
    /// Other processes of the program of a daemon that runs.
    Reused,
}

/// Writes records of processes that are gone, otherwise like `identity`. Returns their paths.
pub(crate) fn write_stale(
    directory: &Path,
    identity: &DaemonProcess,
    digest: DigestChoice,
) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(directory)?;
    let write = |number: u32| {
        let gone = recorded(identity, NO_PID + number, &directory.join("gone"));
        let path = directory.join(format!("stale-{number:04}-1.0.0.pb"));
        write_manifest(&path, "stale", &gone, digest)?;
        Ok(path)
    };
    (0..).take(RECORDS).map(write).collect()
}

/// A registry, and the processes that its records name.
pub(crate) struct Registry {
    pub(crate) directory: PathBuf,
    live: Vec<Daemon>,
    _others: Vec<Daemon>,
}

impl Registry {
    /// Daemons with a copy each of `program`, and stale records, all below `home`,
    /// which is made.
    pub(crate) fn new(
        program: &Path,
        home: &Path,
        lifeline: &Lifeline,
        stale: Stale,
        digest: DigestChoice,
    ) -> Result<Self> {
        let directory = home.join("registry");
        fs::create_dir_all(&directory)?;
        // In any other directory the crate lists nothing.
        fs::set_permissions(&directory, Permissions::from_mode(0o700))?;
        let mut live = Vec::new();
        for number in 0..LIVE {
            let home = home.join(number.to_string());
            fs::create_dir(&home)?;
            let copy = home.join("program");
            padded(program, &copy, MEGABYTE)?;
            live.push(Daemon::start(&copy, "answers", &home, lifeline)?);
        }
        let like = &live[0].identity;
        let mut others = Vec::new();
        let mut stale_records = Vec::new();
        for number in (0..).take(RECORDS - LIVE) {
            let pid = match stale {
                Stale::Gone => NO_PID + number,
                Stale::Reused => {
                    others.push(Daemon::idle(&like.exe_path, like, lifeline)?);
                    others[others.len() - 1].identity.pid
                }
            };
            stale_records.push(recorded(like, pid, &home.join("gone")));
        }
        let recorded = live.iter().map(|daemon| &daemon.identity);
        for (number, identity) in recorded.chain(&stale_records).enumerate() {
            let service = format!("bench-{number:04}");
            let path = directory.join(format!("{service}-1.0.0.pb"));
            write_manifest(&path, &service, identity, digest)?;
        }
        Ok(Self {
            directory,
            live,
            _others: others,
        })
    }

    /// The daemons that run.
    pub(crate) fn live(&self) -> impl Iterator<Item = &Daemon> {
        self.live.iter()
    }

    /// Every record.
    pub(crate) fn records(&self) -> Result<Vec<PathBuf>> {
        fs::read_dir(&self.directory)?
            .map(|entry| Ok(entry?.path()))
            .collect()
    }
}
