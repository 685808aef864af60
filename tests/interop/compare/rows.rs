//! The rows of the table: what is measured, and how.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use crate::client_process::{ClientProcess, run, timed};
use crate::daemons::{MEGABYTE, Result};
use crate::fixture::{Fixture, Generation};
use crate::floor;
use crate::line::{Cell, Line};
use crate::process_records;
use crate::registries::{LIVE, RECORDS, Registry, Stale};
use crate::resident;
use crate::times::{Times, by_turns};

/// The size of a large executable: 200 MiB.
const LARGE: usize = 200 << 20;

/// Work that is measured for both generations.
pub struct Row {
    /// What it is, as the table calls it.
    pub work: &'static str,
    pub goal: Goal,
    measure: fn(&mut Fixture, Generation) -> Result<[Cell; 3]>,
}

/// What rpctl is to reach.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    /// A median of at most this many microseconds.
    Micros(u64),
    /// At most this many times the floor.
    OfFloor(f64),
    /// At most this many microseconds more than the floor.
    OverFloor(u64),
    /// What the cell says, word for word.
    Says(&'static str),
}

pub const ROWS: [Row; 13] = [
    Row {
        work: "probe in process, executable of 1 MB",
        goal: Goal::Micros(700),
        measure: |fixture, generation| probe(fixture, generation, MEGABYTE, 200),
    },
    Row {
        work: "probe in process, executable of 200 MiB",
        goal: Goal::OfFloor(1.15),
        measure: probe_large,
    },
    Row {
        work: "the same again, with the digest cache",
        goal: Goal::Micros(300),
        measure: probe_again,
    },
    Row {
        work: "`rpctl probe` as a process, executable of 1 MB",
        goal: Goal::Micros(2000),
        measure: process,
    },
    Row {
        work: "`rpctl probe` of a process record; as floor, of the manifest with a challenge",
        goal: Goal::OfFloor(1.1),
        measure: process_records::probe,
    },
    Row {
        work: "the same beside 20,000 open sockets; as floor, without them",
        goal: Goal::OverFloor(5000),
        measure: process_records::beside_sockets,
    },
    Row {
        work: "`rpctl record`; as floor, `rpctl probe` of the manifest",
        goal: Goal::OfFloor(2.0),
        measure: process_records::record,
    },
    Row {
        work: "stopping a daemon that exits at once",
        goal: Goal::Micros(500),
        measure: stop,
    },
    Row {
        work: "a peer that reads the challenge and closes",
        goal: Goal::Micros(1000),
        measure: close,
    },
    Row {
        work: "registry in process: 1,000 records, 50 live",
        goal: Goal::Micros(25_000),
        measure: |fixture, generation| registry(fixture, generation, Stale::Gone, 10),
    },
    Row {
        work: "`rpctl probe` of these 1,000 records as a process",
        goal: Goal::Micros(25_000),
        measure: registry_process,
    },
    Row {
        work: "registry in process: 50 live, 950 PIDs reused by the same program",
        goal: Goal::Micros(40_000),
        measure: |fixture, generation| registry(fixture, generation, Stale::Reused, 3),
    },
    Row {
        work: "1,000 connects in vain to a full queue",
        goal: Goal::Says("0 threads, 0 descriptors left"),
        measure: connect_in_vain,
    },
];

/// Measure every row with these words in its name, each at most so many times.
pub fn measure(most_rounds: usize, words: &str) -> Result<Vec<Line>> {
    let mut fixture = Fixture::new(most_rounds)?;
    let mut lines = Vec::new();
    for row in ROWS.iter().filter(|row| row.work.contains(words)) {
        for generation in Generation::ALL {
            let [floor, rpctl, established] = (row.measure)(&mut fixture, generation)?;
            let line = Line {
                work: row.work,
                record: generation.name(),
                floor,
                rpctl,
                established,
            };
            eprintln!("{} {line}", if line.reaches(row.goal) { "✓" } else { "✗" });
            lines.push(line);
        }
    }
    Ok(lines)
}

fn probe(
    fixture: &mut Fixture,
    generation: Generation,
    size: usize,
    rounds: usize,
) -> Result<[Cell; 3]> {
    let (daemon, manifest) = fixture.setup.daemon("answers", size, generation)?;
    let (socket, program) = (
        &daemon.identity.ipc_endpoint.path,
        &daemon.identity.exe_path,
    );
    let [floor, ours, theirs] = by_turns(
        fixture.setup.rounds(rounds),
        [
            &mut || Ok(floor::round_trip(socket)? + floor::hash(program, generation)?),
            &mut || told(&mut fixture.ours, "probe", &manifest, "verified"),
            &mut || {
                told(
                    &mut fixture.theirs[generation as usize],
                    "probe",
                    &manifest,
                    "verified",
                )
            },
        ],
    )?;
    Ok([floor, ours, theirs].map(Cell::from))
}

/// The memory is that of whole processes.
fn probe_large(fixture: &mut Fixture, generation: Generation) -> Result<[Cell; 3]> {
    let [floor, ours, theirs] = probe(fixture, generation, LARGE, 7)?;
    let (_daemon, manifest) = fixture.setup.daemon("answers", LARGE, generation)?;
    let manifest = manifest.as_os_str();
    let rpctl = fixture.setup.rpctl.as_os_str();
    let our_size = resident::of(rpctl, &["probe".as_ref(), "--quiet".as_ref(), manifest])?;
    let peer = fixture.setup.peers[generation as usize].as_os_str();
    let their_size = resident::of(peer, &["verify-manifest".as_ref(), manifest])?;
    let resident = |bytes: u64| format!("{:.1} MB resident", bytes as f64 / 1e6);
    Ok([
        floor,
        ours.noting(resident(our_size)),
        theirs.noting(resident(their_size)),
    ])
}

/// Nothing changed, and long enough ago that the digest may be kept.
fn probe_again(fixture: &mut Fixture, generation: Generation) -> Result<[Cell; 3]> {
    let (daemon, manifest) = fixture.setup.daemon("answers", LARGE, generation)?;
    let socket = &daemon.identity.ipc_endpoint.path;
    std::thread::sleep(Duration::from_millis(2100));
    told(&mut fixture.ours, "again", &manifest, "verified")?;
    let theirs = &mut fixture.theirs[generation as usize];
    let times = by_turns(
        fixture.setup.rounds(20),
        [
            &mut || floor::round_trip(socket),
            &mut || told(&mut fixture.ours, "again", &manifest, "verified"),
            &mut || told(theirs, "again", &manifest, "verified"),
        ],
    )?;
    Ok(times.map(Cell::from))
}

fn process(fixture: &mut Fixture, generation: Generation) -> Result<[Cell; 3]> {
    let (daemon, manifest) = fixture.setup.daemon("answers", MEGABYTE, generation)?;
    let (socket, program) = (
        &daemon.identity.ipc_endpoint.path,
        &daemon.identity.exe_path,
    );
    let manifest = manifest.as_os_str();
    let (rpctl, peer) = (
        &fixture.setup.rpctl,
        &fixture.setup.peers[generation as usize],
    );
    let times = by_turns(
        fixture.setup.rounds(100),
        [
            &mut || {
                let probe = floor::round_trip(socket)? + floor::hash(program, generation)?;
                Ok(floor::process()? + probe)
            },
            &mut || timed(|| run(rpctl, &["probe".as_ref(), "--quiet".as_ref(), manifest])),
            &mut || timed(|| run(peer, &["verify-manifest".as_ref(), manifest])),
        ],
    )?;
    Ok(times.map(Cell::from))
}

fn stop(fixture: &mut Fixture, generation: Generation) -> Result<[Cell; 3]> {
    let setup = &fixture.setup;
    let fresh = || setup.daemon("answers", MEGABYTE, generation);
    let times = by_turns(
        setup.rounds(50),
        [
            &mut || floor::stop(fresh()?.0.identity.pid),
            &mut || told(&mut fixture.ours, "stop", &fresh()?.1, "stopped"),
            &mut || {
                told(
                    &mut fixture.theirs[generation as usize],
                    "stop",
                    &fresh()?.1,
                    "stopped",
                )
            },
        ],
    )?;
    Ok(times.map(Cell::from))
}

fn close(fixture: &mut Fixture, generation: Generation) -> Result<[Cell; 3]> {
    let (daemon, manifest) = fixture.setup.daemon("closes", MEGABYTE, generation)?;
    let socket = &daemon.identity.ipc_endpoint.path;
    let (_, they_say) = fixture.theirs[generation as usize].measure("probe", &manifest)?;
    let [floor, ours, theirs] = by_turns(
        fixture.setup.rounds(20),
        [
            &mut || floor::round_trip(socket),
            &mut || told(&mut fixture.ours, "probe", &manifest, "endpoint_closed"),
            &mut || {
                told(
                    &mut fixture.theirs[generation as usize],
                    "probe",
                    &manifest,
                    &they_say,
                )
            },
        ],
    )?;
    Ok([
        floor.into(),
        Cell::from(ours).noting("`endpoint_closed`"),
        Cell::from(theirs).noting(format!("“{they_say}”")),
    ])
}

fn registry(
    fixture: &mut Fixture,
    generation: Generation,
    stale: Stale,
    rounds: usize,
) -> Result<[Cell; 3]> {
    let registry = fixture.setup.registry(stale, generation)?;
    let directory = &registry.directory;
    let all = format!("{LIVE} of {RECORDS} verified");
    let [floor, ours, theirs] = by_turns(
        fixture.setup.rounds(rounds),
        [
            &mut || floor_of_live(&registry, generation),
            &mut || told(&mut fixture.ours, "registry", directory, &all),
            &mut || {
                told(
                    &mut fixture.theirs[generation as usize],
                    "registry",
                    directory,
                    &all,
                )
            },
        ],
    )?;
    Ok([floor, ours, theirs].map(Cell::from))
}

/// Every daemon that runs is probed, on all cores.
fn floor_of_live(registry: &Registry, generation: Generation) -> Result<Duration> {
    let cores = std::thread::available_parallelism()?;
    let mut sum = Duration::ZERO;
    for daemon in registry.live() {
        sum += floor::round_trip(&daemon.identity.ipc_endpoint.path)?;
        sum += floor::hash(&daemon.identity.exe_path, generation)?;
    }
    Ok(sum / u32::try_from(cores.get())?)
}

/// The crate has no such program.
fn registry_process(fixture: &mut Fixture, generation: Generation) -> Result<[Cell; 3]> {
    let registry = fixture.setup.registry(Stale::Gone, generation)?;
    let mut arguments = vec![OsString::from("probe"), "--quiet".into()];
    arguments.extend(registry.records()?.into_iter().map(OsString::from));
    let [floor, ours] = by_turns(
        fixture.setup.rounds(10),
        [
            &mut || Ok(floor::process()? + floor_of_live(&registry, generation)?),
            &mut || timed(|| run(&fixture.setup.rpctl, &arguments)),
        ],
    )?;
    Ok([floor.into(), ours.into(), Cell::default()])
}

/// Measures both clients at once, because the leftovers count and not the time.
fn connect_in_vain(fixture: &mut Fixture, generation: Generation) -> Result<[Cell; 3]> {
    let (_daemon, manifest) = fixture.setup.daemon("full", MEGABYTE, generation)?;
    let theirs = &mut fixture.theirs[generation as usize];
    let left = |client: &mut ClientProcess| {
        let measured = client.measure("probe-in-vain", &manifest);
        measured
            .map(|(_, left)| left)
            .map_err(|error| error.to_string())
    };
    let (ours, theirs) = std::thread::scope(|scope| {
        let theirs = scope.spawn(|| left(theirs));
        (left(&mut fixture.ours), theirs.join())
    });
    let theirs = theirs.map_err(|_| "a client could not be asked")?;
    Ok([Cell::default(), Cell::text(ours?), Cell::text(theirs?)])
}

/// How long a client took for what came out as it should.
fn told(
    client: &mut ClientProcess,
    command: &str,
    path: &Path,
    expected: &str,
) -> Result<Duration> {
    let (took, came) = client.measure(command, path)?;
    if came == expected {
        Ok(took)
    } else {
        Err(format!("{command} {}: {came}, not {expected}", path.display()).into())
    }
}

impl Line {
    fn reaches(&self, goal: Goal) -> bool {
        let median = |cell: &Cell| cell.times.as_ref().map(Times::median);
        match (goal, median(&self.rpctl), median(&self.floor)) {
            (Goal::Micros(most), Some(ours), _) => ours <= Duration::from_micros(most),
            (Goal::OfFloor(times), Some(ours), Some(floor)) => ours <= floor.mul_f64(times),
            (Goal::OverFloor(micros), Some(ours), Some(floor)) => {
                ours <= floor + Duration::from_micros(micros)
            }
            (Goal::Says(text), ..) => self.rpctl.note == text,
            _ => false,
        }
    }
}
