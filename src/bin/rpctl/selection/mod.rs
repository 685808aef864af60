//! Which records a command is about: from arguments, a service, the environment or
//! the registry to the records that are meant, now and in the next round.

mod candidates;
mod registry;
mod source;

pub(crate) use candidates::{Candidates, living_pid};
pub(crate) use registry::{SET_HOME, SelectionError, no_records, record_files, require_registry};
pub(crate) use source::{Selection, select_named, select_one};
