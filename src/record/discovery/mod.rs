//! Discovery of the identity that belongs to a manifest without a daemon.
//!
//! Most daemons leave `current_daemon` unset and keep their identity in a file in a
//! root of kind `locks` or `runtime`. The search stays within the control of the
//! manifest's owner: it examines the roots themselves, without subdirectories, and
//! accepts only files of that owner or of root.

pub(crate) mod file_names;
mod found;
mod search;

pub(super) use file_names::implied_service;
pub use found::{CutShort, Discovery, Ignored};
pub use search::discover;
