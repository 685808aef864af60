//! `rpctl spawn-self`: rpctl as its own daemon.

mod daemon;
mod launch;
mod once;
mod plan;
mod run;

pub(super) use run::run;
