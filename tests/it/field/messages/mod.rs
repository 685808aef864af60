//! The table of messages: for each situation the sentence and the hints, as they are printed,
//! in `table.txt`, to be read in a row: each is true, names the cause, and harms no process.
//!
//! If `RPCTL_UPDATE_GENERATED` is set, the table is written again.

mod actions;
mod endpoints;
mod every;
mod families;
mod observed;
mod pid_files;
mod places;
mod processes;
mod records;
mod rights;
mod standstills;
mod table;
