//! Process records: what recording a daemon and finding it again costs, next to a challenge
//! of the same daemon.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::client_process::{run, timed};
use crate::daemons::{Daemon, MEGABYTE, Result};
use crate::fixture::{Fixture, Generation};
use crate::line::Cell;
use crate::open_sockets::OpenSockets;
use crate::times::by_turns;

/// The age of an executable, beyond which a later change has another time, so that it need
/// not be hashed again.
const SETTLED: Duration = Duration::from_millis(2100);

/// A daemon with both kinds of records.
struct Recorded<'a> {
    rpctl: &'a Path,
    daemon: Daemon,
    manifest: PathBuf,
    record: PathBuf,
}

impl<'a> Recorded<'a> {
    fn new(fixture: &'a Fixture, generation: Generation) -> Result<Self> {
        let (daemon, manifest) = fixture.setup.daemon("answers", MEGABYTE, generation)?;
        std::thread::sleep(SETTLED);
        let recorded = Self {
            rpctl: &fixture.setup.rpctl,
            daemon,
            record: manifest.with_file_name("process.json"),
            manifest,
        };
        recorded.record()?;
        Ok(recorded)
    }

    fn record(&self) -> Result<Duration> {
        let pid = self.daemon.identity.pid.to_string();
        let words = ["record", "--quiet", "--replace", "--pid", &pid, "--record"];
        let words = words.iter().map(OsStr::new);
        let words: Vec<&OsStr> = words.chain([self.record.as_os_str()]).collect();
        timed(|| run(self.rpctl, &words))
    }

    fn probe(&self, record: &Path) -> Result<Duration> {
        let words = ["probe".as_ref(), "--quiet".as_ref(), record.as_os_str()];
        timed(|| run(self.rpctl, &words))
    }
}

pub fn probe(fixture: &mut Fixture, generation: Generation) -> Result<[Cell; 3]> {
    let daemon = Recorded::new(fixture, generation)?;
    let [challenge, ours] = by_turns(
        fixture.setup.rounds(100),
        [&mut || daemon.probe(&daemon.manifest), &mut || {
            daemon.probe(&daemon.record)
        }],
    )?;
    Ok([challenge.into(), ours.into(), Cell::default()])
}

pub fn record(fixture: &mut Fixture, generation: Generation) -> Result<[Cell; 3]> {
    let daemon = Recorded::new(fixture, generation)?;
    let [challenge, ours] = by_turns(
        fixture.setup.rounds(100),
        [&mut || daemon.probe(&daemon.manifest), &mut || {
            daemon.record()
        }],
    )?;
    Ok([challenge.into(), ours.into(), Cell::default()])
}

pub fn beside_sockets(fixture: &mut Fixture, generation: Generation) -> Result<[Cell; 3]> {
    let daemon = Recorded::new(fixture, generation)?;
    let sockets = RefCell::new(None);
    let [alone, beside] = by_turns(
        fixture.setup.rounds(20),
        [
            &mut || {
                sockets.replace(None);
                daemon.probe(&daemon.record)
            },
            &mut || {
                if sockets.borrow().is_none() {
                    sockets.replace(Some(OpenSockets::new()?));
                }
                daemon.probe(&daemon.record)
            },
        ],
    )?;
    Ok([alone.into(), beside.into(), Cell::default()])
}
