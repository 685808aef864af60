//! The kind of probe that has nothing but the number in a PID file: the times of the file,
//! the locks on it and the requirements of the caller take the place of an identity.

mod gather;
mod lock;

pub(super) use gather::{PidFileRequest, gather};
