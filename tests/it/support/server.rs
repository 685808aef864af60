//! A socket that the test process itself serves, well or badly.

use std::io::{self, PipeWriter, Read, pipe};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::LazyLock;
use std::thread::{self, JoinHandle};

use rpctl::endpoint::Listener;
use rpctl::protocol::HEADER_LEN;
use rpctl::responder::{Limits, ProbeResponder, Server};
use rpctl::{DaemonProcess, Endpoint};

/// A socket answering challenges with one identity, as long as this value lives.
pub(crate) struct TestServer {
    stop: Option<PipeWriter>,
    server: Option<JoinHandle<()>>,
}

/// This very process, listening at an endpoint.
pub(crate) fn this_process(endpoint: &Endpoint) -> DaemonProcess {
    // Its executable is hashed once, for all tests.
    static THIS: LazyLock<DaemonProcess> =
        LazyLock::new(|| DaemonProcess::current_process(Endpoint::default(), None).unwrap());
    DaemonProcess {
        ipc_endpoint: endpoint.clone(),
        started_at_unix_ms: rpctl::__private::unix_now_ms(),
        ..THIS.clone()
    }
}

impl TestServer {
    /// Answer at `endpoint` with any identity, right or wrong.
    pub(crate) fn with(endpoint: &Endpoint, identity: DaemonProcess) -> Self {
        Self::within(Limits::default(), endpoint, identity)
    }

    /// Answers with these limits.
    pub(crate) fn within(limits: Limits, endpoint: &Endpoint, identity: DaemonProcess) -> Self {
        let listener = Listener::bind(endpoint).unwrap();
        let (stopped, stop) = pipe().unwrap();
        let server = thread::spawn(move || {
            Server::new(listener, ProbeResponder::new(identity), limits)
                .run(&stopped, None)
                .unwrap();
        });
        Self {
            stop: Some(stop),
            server: Some(server),
        }
    }

    /// Answer where and with what the identity says.
    pub(crate) fn truly(identity: &DaemonProcess) -> Self {
        Self::with(&identity.ipc_endpoint, identity.clone())
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(server) = self.server.take() {
            let _ = server.join();
        }
    }
}

/// Treat every client as `behave` does, until the test process ends.
pub(crate) fn misbehaving(endpoint: &Endpoint, behave: impl Fn(UnixStream) + Send + 'static) {
    let listener = UnixListener::bind(&endpoint.path).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            behave(stream.unwrap());
        }
    });
}

/// Read the body of one request.
pub(crate) fn read_request(mut stream: &UnixStream) -> io::Result<Vec<u8>> {
    let mut header = [0; HEADER_LEN];
    stream.read_exact(&mut header)?;
    let [_, length @ ..] = header;
    let mut body = vec![0; usize::try_from(u32::from_le_bytes(length)).unwrap()];
    stream.read_exact(&mut body)?;
    Ok(body)
}
