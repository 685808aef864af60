//! The functions of macOS that no crate wraps. All unsafe code for macOS is here.

pub(super) mod access_list;
pub(super) mod process;
