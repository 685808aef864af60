//! How long it takes to stop a daemon, from the call to its return: the crate's
//! own shutdown and that of rpctl, by turns in one run.
//!
//! The argument is the program rpctl, as an absolute path. One daemon is that,
//! which removes its records first; the other is this very program, which SIGTERM
//! ends at once. Printed are the medians in microseconds, and their ratio.
//!
//! The crate looks right after the signal, and then every 20 ms: where the daemon
//! needs about as long as the first look, its median is one or the other.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::pin::pin;
use std::process::{Child, Command, Stdio};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use running_process::broker::backend_handle::{BackendHandle, DaemonProcess};
use running_process::broker::backend_lifecycle::probe::handle_endpoint_probe;
use running_process::broker::backend_sdk::{read_daemon_identity_file, write_daemon_identity_file};
use running_process::broker::protocol::Endpoint;

/// The argument that makes this program a daemon.
const DAEMON: &str = "daemon";

/// What a daemon keeps in its directory.
const SOCKET: &str = "socket";
const SIDECAR: &str = "sidecar.json";

/// The line after which a daemon is ready: rpctl's ends a JSON document.
const READY: &str = "}";

const ROUNDS: usize = 50;

const TIMEOUT: Duration = Duration::from_secs(10);

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    match std::env::args_os().nth(1) {
        None => Err("usage: stop-bench /path/to/rpctl".into()),
        Some(role) if role == DAEMON => serve(),
        Some(program) => {
            compare("a daemon that exits at once", || {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg(DAEMON);
                Ok(command)
            })?;
            compare("rpctl spawn-self", || {
                let mut command = Command::new(&program);
                command
                    .args(["spawn-self", "--foreground", "--json"])
                    .args(["--endpoint", SOCKET, "--sidecar", SIDECAR])
                    .args(["--manifest", "-", "--idle-timeout", "1m"])
                    .env_remove("RPCTL_OUTPUT");
                Ok(command)
            })
        }
    }
}

fn compare(daemon: &str, command: impl Fn() -> Result<Command>) -> Result<()> {
    let mut established = Vec::new();
    let mut rpctl = Vec::new();
    for _ in 0..ROUNDS {
        established.push(stop_one(command()?, stop_by_the_crate)?);
        rpctl.push(stop_one(command()?, stop_by_rpctl)?);
    }
    let (established, rpctl) = (median(established), median(rpctl));
    println!(
        "{daemon}: running-process {} µs, rpctl {} µs, ratio {:.1}",
        established.as_micros(),
        rpctl.as_micros(),
        established.div_duration_f64(rpctl)
    );
    Ok(())
}

/// Be a daemon in the current directory until a signal ends it.
fn serve() -> Result<()> {
    let home = std::env::current_dir()?;
    let listener = UnixListener::bind(SOCKET)?;
    let endpoint = Endpoint {
        namespace_id: "bench".to_owned(),
        path: home.join(SOCKET).display().to_string(),
    };
    let identity = DaemonProcess::current_process(endpoint, None)?;
    write_daemon_identity_file(&home.join(SIDECAR), &identity)?;
    println!("{READY}");
    for mut client in listener.incoming().flatten() {
        // A client that leaves early is no concern of the next one.
        let _ = handle_endpoint_probe(&mut client, &identity);
    }
    Ok(())
}

/// Start a daemon, have it verified and stopped, and tell how long the stop took.
fn stop_one(command: Command, stop: fn(&Path) -> Result<Duration>) -> Result<Duration> {
    let home = tempfile::tempdir()?;
    let mut daemon = Daemon::start(command, home.path())?;
    let took = stop(&home.path().join(SIDECAR))?;
    daemon.0.wait()?;
    Ok(took)
}

fn stop_by_the_crate(sidecar: &Path) -> Result<Duration> {
    let identity = read_daemon_identity_file(sidecar).ok_or("there is no sidecar")?;
    let endpoint = &identity.ipc_endpoint;
    let handle = BackendHandle::probe_with_service("bench", "1.0.0", endpoint, &identity)?;
    let start = Instant::now();
    // It waits for nothing but the process, and that blocking.
    let shutdown = pin!(handle.shutdown(TIMEOUT));
    match shutdown.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result?,
        Poll::Pending => return Err("the shutdown is not over".into()),
    }
    Ok(start.elapsed())
}

fn stop_by_rpctl(sidecar: &Path) -> Result<Duration> {
    let record = rpctl::manifest::load(sidecar)?;
    let handle = rpctl::Probe::of_record(&record).run().into_handle()?;
    let start = Instant::now();
    handle.shutdown_blocking(TIMEOUT)?;
    Ok(start.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// A daemon that is ready; killed on drop.
struct Daemon(Child);

impl Daemon {
    fn start(mut command: Command, home: &Path) -> Result<Self> {
        let child = command.current_dir(home).stdout(Stdio::piped()).spawn()?;
        let mut daemon = Self(child);
        let stdout = daemon.0.stdout.take().ok_or("its output is not piped")?;
        for line in BufReader::new(stdout).lines() {
            if line? == READY {
                return Ok(daemon);
            }
        }
        Err("the daemon ended before it was ready".into())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It has ended already where nothing failed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
