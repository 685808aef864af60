//! A client of the challenge, in steps that a test can stop between.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use rpctl::DaemonProcess;
use rpctl::protocol::Challenge;
use rpctl::protocol::{Frame, HEADER_LEN, announced_body};

/// After this long a test has failed; nothing that works takes a part of it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A connection, and the challenge that is to be made on it.
pub(crate) struct Client {
    pub(crate) stream: UnixStream,
    challenge: Challenge,
}

impl Client {
    pub(crate) fn connect(socket: impl AsRef<Path>) -> Self {
        let stream = UnixStream::connect(socket).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        let challenge = Challenge::fresh().unwrap();
        Self { stream, challenge }
    }

    /// The framed challenge.
    pub(crate) fn request(&self) -> Vec<u8> {
        self.challenge.request()
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Sends bytes to a server that may have closed the connection.
    pub(crate) fn send_if_open(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Connect and send the challenge.
    pub(crate) fn asking(socket: impl AsRef<Path>) -> Self {
        let mut client = Self::connect(socket);
        client.send(&client.request());
        client
    }

    /// Send one request after the other, as much as is taken without waiting.
    /// `sent` counts the bytes of all of them.
    pub(crate) fn stuff(&mut self, request: &[u8], sent: &mut usize) {
        self.stream.set_nonblocking(true).unwrap();
        while let Ok(written @ 1..) = self.stream.write(&request[*sent % request.len()..]) {
            *sent += written;
        }
    }

    /// Reads the answer to the challenge.
    pub(crate) fn answer(&mut self) -> DaemonProcess {
        let body = self.body();
        self.challenge.read_answer(&body).unwrap()
    }

    /// Reads the next frame.
    pub(crate) fn frame(&mut self) -> Frame {
        Frame::from_body(&self.body()).unwrap()
    }

    /// Reads the body of the next frame, byte by byte.
    fn body(&mut self) -> Vec<u8> {
        let mut received = Vec::new();
        loop {
            let body = announced_body(&received).unwrap();
            if body.is_some_and(|body| received.len() == HEADER_LEN + body) {
                return received.split_off(HEADER_LEN);
            }
            let mut byte = [0];
            self.stream.read_exact(&mut byte).unwrap();
            received.push(byte[0]);
        }
    }

    /// Whether the server has closed the connection, with nothing more to read.
    /// Waits until there is something to tell.
    pub(crate) fn is_closed(&mut self) -> bool {
        match self.stream.read(&mut [0]) {
            Ok(read) => read == 0,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => true,
            Err(error) => panic!("neither closed nor readable: {error}"),
        }
    }

    /// Returns whether the server has closed the connection already.
    pub(crate) fn is_closed_by_now(&mut self) -> bool {
        self.stream.set_nonblocking(true).unwrap();
        let read = self.stream.read(&mut [0]);
        self.stream.set_nonblocking(false).unwrap();
        !matches!(read, Err(error) if error.kind() == ErrorKind::WouldBlock)
    }
}

/// A challenge of almost the largest size a server accepts, and as large an
/// answer: the trace context comes back.
pub(crate) fn large_request(client: &Client) -> Vec<u8> {
    let mut request = Frame::from_body(&client.request()[HEADER_LEN..]).unwrap();
    request.tracestate = "x".repeat(8_000);
    request.to_bytes()
}

/// One whole exchange: who answers at a socket.
pub(crate) fn ask(socket: impl AsRef<Path>) -> DaemonProcess {
    Client::asking(socket).answer()
}
