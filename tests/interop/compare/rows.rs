//! The rows of the table of the crate: what is measured, and how.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use crate::client_process::{ClientProcess, run, timed};
use crate::daemons::{MEGABYTE, Result};
use crate::fixture::Fixture;
use crate::fixture::Generation::{self, Blake3, Sha256};
use crate::floor;
use crate::line::{Cell, Goal, Line};
use crate::registries::{LIVE, RECORDS, Registry, Stale};
use crate::resident;
use crate::times::by_turns;

const MEBIBYTE: usize = 1 << 20;

/// Work that is measured next to the crate.
pub struct Row {
    /// What it is, as the table calls it.
    pub work: &'static str,
    /// The generations for which it is measured, and what rpctl is to reach.
    pub goals: &'static [(Generation, Goal)],
    measure: fn(&mut Fixture, Generation) -> Result<[Cell; 3]>,
}

/// The rows of the summary.
pub const LARGE: &str = "probe in process, executable of 200 MiB";
pub const PROCESS: &str = "`rpctl probe` as a process, executable of 1 MB";
pub const STOP: &str = "stopping a daemon that exits at once";
pub const REGISTRY: &str = "registry in process: 1,000 records, 50 live";

const fn both(goal: Goal) -> [(Generation, Goal); 2] {
    [(Sha256, goal), (Blake3, goal)]
}

pub const ROWS: [Row; 12] = [
    Row {
        work: "probe in process, executable of 1 MB",
        goals: &[(Sha256, Goal::OfFloor(1.1)), (Blake3, Goal::OfFloor(1.35))],
        measure: |fixture, generation| probe(fixture, generation, MEGABYTE, 200),
    },
    Row {
        work: "probe in process, executable of 20 MiB",
        goals: &[(Blake3, Goal::OfCrate(0.95))],
        measure: |fixture, generation| probe_large(fixture, generation, 20 * MEBIBYTE, 40),
    },
    Row {
        work: LARGE,
        goals: &[(Sha256, Goal::OfFloor(1.05)), (Blake3, Goal::OfCrate(0.95))],
        measure: |fixture, generation| probe_large(fixture, generation, 200 * MEBIBYTE, 15),
    },
    Row {
        work: "probe in process, executable of 1,000 MiB",
        goals: &[(Blake3, Goal::OfCrate(0.95))],
        measure: |fixture, generation| probe_large(fixture, generation, 1000 * MEBIBYTE, 7),
    },
    Row {
        work: "the same again with 200 MiB, with the digest cache",
        goals: &both(Goal::Micros(100)),
        measure: probe_again,
    },
    Row {
        work: PROCESS,
        goals: &both(Goal::OfFloor(1.4)),
        measure: process,
    },
    Row {
        work: STOP,
        goals: &both(Goal::Micros(250)),
        measure: stop,
    },
    Row {
        work: "a peer that reads the challenge and closes",
        goals: &both(Goal::Micros(500)),
        measure: close,
    },
    Row {
        work: REGISTRY,
        goals: &both(Goal::OverFloor(6000)),
        measure: |fixture, generation| registry(fixture, generation, Stale::Gone, 10),
    },
    Row {
        work: "`rpctl probe` of these 1,000 records as a process",
        goals: &both(Goal::OverFloor(6000)),
        measure: registry_process,
    },
    Row {
        work: "registry in process: 50 live, 950 PIDs reused by the same program",
        goals: &both(Goal::OverFloor(12_000)),
        measure: |fixture, generation| registry(fixture, generation, Stale::Reused, 3),
    },
    Row {
        work: "1,000 connects in vain to a full queue",
        goals: &both(Goal::Says("0 threads, 0 descriptors left")),
        measure: connect_in_vain,
    },
];

/// Measures every row with these words in its name.
pub fn measure(fixture: &mut Fixture, words: &str) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for row in ROWS.iter().filter(|row| row.work.contains(words)) {
        for (generation, goal) in row.goals {
            let [floor, rpctl, established] = (row.measure)(fixture, *generation)?;
            let line = Line {
                work: row.work,
                record: generation.name(),
                floor,
                rpctl,
                established,
            };
            eprintln!("{} {line}", line.mark(*goal));
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
fn probe_large(
    fixture: &mut Fixture,
    generation: Generation,
    size: usize,
    rounds: usize,
) -> Result<[Cell; 3]> {
    let [floor, ours, theirs] = probe(fixture, generation, size, rounds)?;
    let (_daemon, manifest) = fixture.setup.daemon("answers", size, generation)?;
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
    let (daemon, manifest) = fixture
        .setup
        .daemon("answers", 200 * MEBIBYTE, generation)?;
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
