//! `rpctl spawn-self`: rpctl as its own daemon.

mod daemon;
mod existing;
mod launch;
mod once;
mod place;
mod plan;
mod records;
mod run;
mod told;

pub(super) use run::run;
