//! Each check fails where it should, alone where that is possible, and the
//! program says so by exit code and reason.

mod digest;
mod process;
mod record;
mod server;
