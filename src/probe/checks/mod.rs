//! The checks: each a pure function of the evidence, in a file of its own.

mod boot_id;
mod check_text;
mod digest;
mod endpoint;
mod examine;
mod exe_path;
mod host;
mod listeners;
mod nonce;
mod observed;
mod observed_image;
mod peer;
mod pid;
mod pid_file;
mod pid_file_place;
mod pid_file_times;
mod program;
mod record;
mod start_time;
pub(crate) mod state;
mod user;

pub(crate) use self::check_text::CheckText;
pub(crate) use self::examine::examine;
pub(crate) use self::observed::examine_observed;
pub(crate) use self::pid_file::examine_pid_file;
pub(crate) use self::program::require_program;
pub(crate) use self::record::{examine_findings, missing, state_of, unreadable};
pub(crate) use self::user::examine_required;
