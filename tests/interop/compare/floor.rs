//! What no client can do without: the same work and nothing else.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rpctl::protocol::Challenge;
use rpctl::protocol::{self, HEADER_LEN};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use sha2::Digest;

use crate::daemons::Result;
use crate::fixture::Generation;

/// Read at a time.
const BUFFER: usize = 128 * 1024;

/// Hash a file.
pub fn hash(path: &Path, generation: Generation) -> Result<Duration> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; BUFFER];
    let start = Instant::now();
    match generation {
        Generation::Sha256 => {
            let mut hasher = sha2::Sha256::new();
            each_part(&mut file, &mut buffer, |part| hasher.update(part))?;
            std::hint::black_box(hasher.finalize());
        }
        Generation::Blake3 => {
            let mut hasher = blake3::Hasher::new();
            each_part(&mut file, &mut buffer, |part| {
                hasher.update(part);
            })?;
            std::hint::black_box(hasher.finalize());
        }
    }
    Ok(start.elapsed())
}

fn each_part(file: &mut File, buffer: &mut [u8], mut treat: impl FnMut(&[u8])) -> Result<()> {
    loop {
        match file.read(buffer)? {
            0 => return Ok(()),
            read => treat(&buffer[..read]),
        }
    }
}

/// Connect, challenge, and read the answer, or that there is none.
pub fn round_trip(socket: &str) -> Result<Duration> {
    let request = Challenge::fresh()?.request();
    let start = Instant::now();
    let mut stream = UnixStream::connect(socket)?;
    stream.write_all(&request)?;
    let mut header = [0; HEADER_LEN];
    if stream.read(&mut header)? == HEADER_LEN {
        let body = protocol::announced_body(&header)?.unwrap_or_default();
        stream.read_exact(&mut vec![0; body])?;
    }
    Ok(start.elapsed())
}

/// Start a program that does nothing, and wait for its end.
pub fn process() -> Result<Duration> {
    let start = Instant::now();
    Command::new("/bin/true").status()?;
    Ok(start.elapsed())
}

/// Signal a process, and wait until it is gone.
pub fn stop(pid: u32) -> Result<Duration> {
    let pid = Pid::from_raw(pid.try_into()?).ok_or("there is no process 0")?;
    let pidfd = pidfd_open(pid, PidfdFlags::empty())?;
    let start = Instant::now();
    kill_process(pid, Signal::TERM)?;
    poll(&mut [PollFd::new(&pidfd, PollFlags::IN)], None)?;
    Ok(start.elapsed())
}
