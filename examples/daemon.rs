//! A daemon that proves which process it is: `daemon SOCKET RECORD`.
//!
//! Try it: `cargo run --no-default-features --features responder --example daemon --
//! /tmp/exampled.sock /tmp/exampled.json`, and `rpctl probe /tmp/exampled.json` beside it.

use std::error::Error;
use std::path::Path;

use rpctl::endpoint::Listener;
use rpctl::record::{self, Content, DigestChoice, Format, NamedDaemon, Record};
use rpctl::responder::{Limits, ProbeResponder, Server};
use rpctl::{DaemonProcess, Endpoint, HostIdentity};
use signal_hook::consts::{SIGINT, SIGTERM};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    serve(&arguments)
}

/// Runs the daemon with its command line, until a signal ends it.
pub(crate) fn serve(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let [socket, record] = arguments else {
        return Err("usage: daemon SOCKET RECORD".into());
    };
    let (stop, stopper) = std::io::pipe()?;
    for signal in [SIGINT, SIGTERM] {
        signal_hook::low_level::pipe::register(signal, stopper.try_clone()?)?;
    }

    // Listen before recording, so that a client that finds the record can connect.
    let endpoint = Endpoint {
        namespace_id: "exampled".to_owned(),
        path: std::path::absolute(socket)?.display().to_string(),
    };
    let listener = Listener::bind(&endpoint)?;
    let identity = DaemonProcess::current_process(endpoint, None)?;
    let content = Content::Named(Box::new(NamedDaemon {
        daemon: identity.to_proto(),
        service_name: "exampled".to_owned(),
        service_version: env!("CARGO_PKG_VERSION").to_owned(),
        host: Some((&HostIdentity::current(Path::new(record))).into()),
    }));
    let record = Path::new(record);
    record::save(record, &content, Format::SidecarJson, DigestChoice::All)?;

    // Serves any number of clients in this thread, until `stop` is readable.
    let responder = ProbeResponder::new(identity.clone());
    let server = Server::new(listener, responder, Limits::default());
    server.run(&stop, None)?; // removes the socket at the end

    // The next daemon may have started since, with a record of its own at this path.
    let is_own = |record: &Record| record.daemon().as_ref() == Some(&identity);
    record::remove_if(record, is_own)?;
    Ok(())
}
