//! The kind of probe that asks the kernel alone: nothing is connected to, and nothing is
//! sent to the process.

mod family_sockets;
mod gather;
mod image;
mod listener_family;
mod listeners;
mod socket_file;
mod subject;

pub(super) use gather::{ObservedRequest, gather};
pub(super) use subject::Subject;
