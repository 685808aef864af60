//! The identity that a probe compares a process with.

use std::net::SocketAddr;
use std::path::Path;

use crate::endpoint::LeftSocket;
use crate::identity::{DaemonProcess, Endpoint};
use crate::platform::{ListeningAddress, ListeningPlace};
use crate::process::{ProcessRecord, RecordedListener, UnixListenerRecord};
use crate::record::{Content, PidFile, Record};

/// The identity that a record claims.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expected {
    /// A daemon, which is asked.
    Daemon(DaemonProcess),
    /// A process, which is only looked at.
    Process(Box<ProcessRecord>),
    /// A number, of which the file tells no more.
    Number(PidFile),
}

impl Expected {
    /// Returns the identity in a record, if there is one that breaks no rule.
    pub(crate) fn from_record(record: &Record) -> Option<Self> {
        match &record.content {
            Content::Process(process) => Some(Self::Process(process.clone())),
            Content::PidFile(file) => Some(Self::Number(*file)),
            Content::Manifest(_) | Content::Daemon(_) | Content::Named(_) => {
                record.daemon().map(Self::Daemon)
            }
        }
    }

    pub(crate) fn daemon(&self) -> Option<&DaemonProcess> {
        match self {
            Self::Daemon(daemon) => Some(daemon),
            Self::Process(_) | Self::Number(_) => None,
        }
    }

    pub(crate) fn process(&self) -> Option<&ProcessRecord> {
        match self {
            Self::Daemon(_) | Self::Number(_) => None,
            Self::Process(record) => Some(record),
        }
    }

    pub(crate) fn number(&self) -> Option<PidFile> {
        match self {
            Self::Number(file) => Some(*file),
            Self::Daemon(_) | Self::Process(_) => None,
        }
    }

    /// Returns the paths of the recorded Unix sockets. One that starts with `@` is a name in
    /// the abstract namespace.
    pub(crate) fn socket_paths(&self) -> Vec<&Path> {
        match self {
            Self::Daemon(daemon) => vec![Path::new(&daemon.ipc_endpoint.path)],
            Self::Number(_) => Vec::new(),
            Self::Process(record) => unix_listeners(record)
                .map(|socket| Path::new(&socket.path))
                .collect(),
        }
    }

    /// Returns the recorded places, without the files of sockets.
    pub(crate) fn places(&self) -> Vec<ListeningPlace> {
        let unix = |path: &str, network| ListeningPlace {
            address: ListeningAddress::Unix {
                path: path.to_owned(),
                file: None,
            },
            network,
        };
        let place = |listener: &RecordedListener| match listener {
            RecordedListener::Unix(socket) => Some(unix(&socket.path, socket.network_namespace)),
            RecordedListener::Tcp(socket) => Some(ListeningPlace {
                address: ListeningAddress::Tcp(SocketAddr::new(socket.address, socket.port)),
                network: socket.network_namespace,
            }),
            RecordedListener::Unknown => None,
        };
        match self {
            Self::Daemon(daemon) => vec![unix(&daemon.ipc_endpoint.path, None)],
            Self::Number(_) => Vec::new(),
            Self::Process(record) => record.listeners.iter().filter_map(place).collect(),
        }
    }

    /// Returns the recorded socket files that exist now.
    pub(crate) fn left_sockets(&self) -> Vec<LeftSocket> {
        match self {
            Self::Daemon(daemon) => LeftSocket::at_path(&daemon.ipc_endpoint)
                .into_iter()
                .collect(),
            Self::Number(_) => Vec::new(),
            Self::Process(record) => unix_listeners(record)
                .filter_map(|socket| {
                    let endpoint = Endpoint {
                        path: socket.path.clone(),
                        ..Endpoint::default()
                    };
                    LeftSocket::at_path(&endpoint)?.with_inode(socket.inode?)
                })
                .collect(),
        }
    }
}

fn unix_listeners(record: &ProcessRecord) -> impl Iterator<Item = &UnixListenerRecord> {
    record
        .listeners
        .iter()
        .filter_map(|listener| match listener {
            RecordedListener::Unix(socket) => Some(socket),
            RecordedListener::Tcp(_) | RecordedListener::Unknown => None,
        })
}
