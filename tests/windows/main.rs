//! The integration tests for Windows: real processes and real pipes.
//!
//! They run on Windows, and under Wine, whose files have no access control lists of their
//! own: what depends on those is tested by lists that are read from text.

#![cfg(windows)]

mod checks;
mod commands;
mod control;
mod established;
mod handoff;
mod pipes;
mod record_command;
mod records;
mod role;
mod support;
mod words;
mod zccache;
