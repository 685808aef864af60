//! A client that measures itself: it reads commands, one a line, and prints for
//! each how many nanoseconds it took, and what came of it.

use std::error::Error;
use std::io::{BufRead, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How long a command took, and what came of it.
pub type Measurement = Result<(Duration, String), Box<dyn Error>>;

/// How often a client tries to connect in vain, and how many threads do it.
const ATTEMPTS: usize = 1000;
const CALLERS: usize = 100;

/// What a client can do: each is told the file or directory it is about.
pub struct Client {
    /// Verify the daemon of a manifest that was read before.
    pub probe: fn(&Path) -> Measurement,
    /// Probes again, with the results of the last time if a client can use them.
    pub again: fn(&Path) -> Measurement,
    /// Stops the daemon of a manifest; verifying it does not count.
    pub stop: fn(&Path) -> Measurement,
    /// Read every manifest in a directory, and verify its daemon.
    pub registry: fn(&Path) -> Measurement,
}

/// Carry out the commands on standard input until it ends.
pub fn serve(client: &Client) -> Result<String, Box<dyn Error>> {
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (command, path) = line.split_once(' ').ok_or("a command has a path")?;
        let path = Path::new(path);
        let (took, came) = match command {
            "probe" => (client.probe)(path),
            "again" => (client.again)(path),
            "stop" => (client.stop)(path),
            "registry" => (client.registry)(path),
            "probe-in-vain" => Ok(probe_in_vain(client, path)),
            _ => Err(format!("there is no command {command}").into()),
        }?;
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "{} {came}", took.as_nanos())?;
        stdout.flush()?;
    }
    Ok("done".to_owned())
}

/// Probes a thousand times, a hundred at once. Returns the leftovers.
fn probe_in_vain(client: &Client, path: &Path) -> (Duration, String) {
    let before = (entries("task"), entries("fd"));
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                for _ in 0..ATTEMPTS / CALLERS {
                    // It fails, and what it says is asked elsewhere.
                    let _ = (client.probe)(path);
                }
            });
        }
    });
    let took = start.elapsed();
    // A thread that was joined may still be on its way out of the kernel.
    let patience = Instant::now() + Duration::from_secs(1);
    while entries("task") > before.0 && Instant::now() < patience {
        thread::sleep(Duration::from_millis(1));
    }
    let threads = entries("task").saturating_sub(before.0);
    let descriptors = entries("fd").saturating_sub(before.1);
    (
        took,
        format!("{threads} threads, {descriptors} descriptors left"),
    )
}

/// How many threads or descriptors this process has.
fn entries(what: &str) -> usize {
    std::fs::read_dir(format!("/proc/self/{what}")).map_or(0, Iterator::count)
}
