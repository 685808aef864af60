//! What to do next: the hints below reports and errors, in commands of this program.
//!
//! The library explains a verdict in one sentence. Only the program knows which of its
//! options helps.

mod again;
mod asked;
mod denial;
mod endpoint;
mod left;
mod listener;
mod load_error;
mod mismatch;
mod names;
mod pid_file;
mod process;
mod record;
mod reports;
mod require_program;
mod rights;
mod standstill;
mod survivor;

pub(crate) use self::again::by_path;
pub(crate) use self::asked::Asked;
pub(crate) use self::denial::{as_owner, for_denial, for_unsent};
pub(crate) use self::left::{for_left, right_to_hold};
pub(crate) use self::load_error::for_load_error;
pub(crate) use self::record::{for_no_record, without_look};
pub(crate) use self::reports::{for_report, take_over};
pub(crate) use self::require_program::require_program;
pub(crate) use self::rights::{elsewhere, without_right};
pub(crate) use self::standstill::{before_wait, of_standstill};
pub(crate) use self::survivor::{for_changed, for_survivor};
