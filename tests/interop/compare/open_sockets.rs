//! Many open sockets, in processes of their own: this program in another role.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::daemons::Result;

/// The processes: together they have more sockets than one may have open files.
const PROCESSES: usize = 4;

/// The sockets of each process; half of them are Unix sockets, half of them TCP sockets.
const SOCKETS: usize = 5000;

/// The processes that hold the sockets; killed on drop.
pub struct OpenSockets(Vec<Child>);

impl OpenSockets {
    pub fn new() -> Result<Self> {
        let mut holders = Self(Vec::new());
        for _ in 0..PROCESSES {
            let mut holder = Command::new(std::env::current_exe()?)
                .arg("hold-sockets")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()?;
            let said = holder.stdout.take().map(BufReader::new);
            holders.0.push(holder);
            let said = said.and_then(|said| said.lines().next()).transpose()?;
            if said.as_deref() != Some("ready") {
                return Err("the sockets are not open: allow more open files (ulimit -n)".into());
            }
        }
        Ok(holders)
    }
}

impl Drop for OpenSockets {
    fn drop(&mut self) {
        for holder in &mut self.0 {
            // It may have ended already.
            let _ = holder.kill();
            let _ = holder.wait();
        }
    }
}

/// The role: open the sockets, say so, and wait for the end of standard input.
pub fn hold() -> Result<()> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
    let pairs: std::io::Result<Vec<_>> = (0..SOCKETS / 4).map(|_| UnixStream::pair()).collect();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let connect = |_| Ok((TcpStream::connect(address)?, listener.accept()?));
    let connections: std::io::Result<Vec<_>> = (0..SOCKETS / 4).map(connect).collect();
    let _held = (pairs?, connections?);
    println!("ready");
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}
