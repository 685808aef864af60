//! The failures of an exchange, and how far it had come.

use std::fmt;
use std::io;
use std::time::Duration;

use crate::protocol::FrameError;

/// The reasons that an exchange ends without a complete answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ExchangeError {
    /// The peer closed the connection.
    #[error("the connection was closed {0}")]
    Closed(Progress),
    /// The deadline passed.
    #[error("timed out after {} ms {progress}", elapsed.as_millis())]
    TimedOut {
        /// The progress of the exchange at that time.
        progress: Progress,
        /// The duration of the exchange.
        elapsed: Duration,
    },
    /// The received bytes are not a frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// Any other error of the system.
    #[error("the connection failed: {0}")]
    Io(#[source] io::Error),
}

/// The progress of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Number of bytes of the request that were sent.
    pub sent: usize,
    /// Number of bytes of the request.
    pub to_send: usize,
    /// Number of bytes of the answer that were received.
    pub received: usize,
    /// Number of bytes of the answer; `None` until its header is received.
    pub to_receive: Option<usize>,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sent,
            to_send,
            received,
            to_receive,
        } = *self;
        match to_receive {
            // A peer can answer before it has received the request.
            Some(whole) => write!(
                f,
                "in the middle of the answer ({received} of {whole} bytes received)"
            ),
            None if received > 0 => {
                write!(f, "in the middle of the answer ({received} bytes received)")
            }
            // Before a process of the daemon has accepted, none of it is sent.
            None if (1..to_send).contains(&sent) => {
                write!(
                    f,
                    "while sending the challenge ({sent} of {to_send} bytes sent)"
                )
            }
            None => f.write_str("without an answer (0 bytes received)"),
        }
    }
}
