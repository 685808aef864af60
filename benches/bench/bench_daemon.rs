//! The daemon that is measured against: small, so that a copy of it can be padded
//! to the size that a measurement asks for.
//!
//! `bench-daemon KIND HOME` keeps its socket and its sidecar in the directory HOME,
//! prints `ready`, and ends by a signal, at once, or with its standard input.

#![expect(clippy::print_stdout, reason = "it says that it is ready")]

use std::error::Error;
use std::fs;
use std::io::Read;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::ExitCode;
use std::thread;

use rpctl::protocol::{self, HEADER_LEN};
use rpctl::responder::ProbeResponder;
use rpctl::{DaemonProcess, Endpoint};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [kind, home] => play(kind, Path::new(home)),
        _ => Err("usage: bench-daemon KIND HOME".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("bench-daemon: {error}");
            ExitCode::FAILURE
        }
    }
}

fn play(kind: &str, home: &Path) -> Result<()> {
    match kind {
        // Answers every challenge.
        "answers" => serve(home, |responder, client| {
            let _ = responder.serve(client);
        }),
        // Reads the challenge, and leaves without a word.
        "closes" => serve(home, |_, client| {
            let _ = read_frame(client);
        }),
        // Accepts no client; the first one fills its queue.
        "full" => {
            let listener = UnixListener::bind(home.join("socket"))?;
            rustix::net::listen(&listener, 0)?;
            let _queued = UnixStream::connect(home.join("socket"))?;
            introduce(home)?;
            wait_for_the_end()
        }
        // Is another process of the same program, and does not listen.
        "idles" => wait_for_the_end(),
        _ => Err(format!("there is no kind {kind}").into()),
    }
}

fn serve(home: &Path, mut treat: impl FnMut(&ProbeResponder, UnixStream)) -> Result<()> {
    let listener = UnixListener::bind(home.join("socket"))?;
    let responder = ProbeResponder::new(introduce(home)?);
    thread::spawn(|| {
        let _ = wait_for_the_end();
        std::process::exit(0);
    });
    for client in listener.incoming().flatten() {
        treat(&responder, client);
    }
    Ok(())
}

/// Write the sidecar, and say that all is ready.
fn introduce(home: &Path) -> Result<DaemonProcess> {
    let endpoint = Endpoint {
        namespace_id: "bench".to_owned(),
        path: home.join("socket").display().to_string(),
    };
    let identity = DaemonProcess::current_process(endpoint, None)?;
    // Without what writes any record, the program is smaller than what is measured.
    let sidecar = serde_json::to_vec(&identity.to_proto())?;
    fs::write(home.join("sidecar.json"), sidecar)?;
    println!("ready");
    Ok(identity)
}

fn read_frame(mut client: UnixStream) -> Result<()> {
    let mut header = [0; HEADER_LEN];
    client.read_exact(&mut header)?;
    let body = protocol::announced_body(&header)?.unwrap_or_default();
    client.read_exact(&mut vec![0; body])?;
    Ok(())
}

fn wait_for_the_end() -> Result<()> {
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
