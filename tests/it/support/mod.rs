//! What the tests share: a private world of files, the program, daemons to
//! probe, and roles for child processes.

use std::path::PathBuf;

mod client;
mod daemon;
mod document;
mod family;
mod page;
mod pid_reuse;
pub(crate) mod proc;
mod program;
mod record_reuse;
mod role;
mod schema;
mod script;
mod server;
mod sources;
mod timing;
mod traced;
mod world;
mod yaml;

pub(crate) use client::{Client, PATIENCE, ask, large_request};
pub(crate) use daemon::{Daemon, KillOnDrop};
pub(crate) use document::{check, checks_with, failed};
pub(crate) use family::Family;
pub(crate) use page::block;
pub(crate) use pid_reuse::{is_signalled, sleeper_on, stop};
pub(crate) use proc::{MAX_PID, before_boot_ms, before_start_ms};
pub(crate) use program::{LANGUAGES, Program};
pub(crate) use role::{Role, append, most_memory, role};
pub(crate) use schema::{SCHEMA, Validator, assert_conforms};
pub(crate) use script::{Script, identity_of};
pub(crate) use server::{TestServer, misbehaving, read_request, this_process};
pub(crate) use sources::sources;
pub(crate) use timing::{assert_on_time, wait_until};
pub(crate) use traced::{Renames, at_each_change, at_each_link_read, at_every_step, errno_for};
pub(crate) use world::{
    MOUNTS, PIDS, Run, World, committed, copy_program, golden_file, patient, resize_program,
    write_program,
};
pub(crate) use yaml::{assert_accepted, strings, yaml};

/// The overflow user, who owns nothing.
pub(crate) const NOBODY: u32 = 65_534;

/// The formats of `rpctl probe`.
pub(crate) const FORMATS: [&str; 7] = [
    "table",
    "json",
    "ndjson",
    "junit",
    "nagios",
    "prometheus",
    "github",
];

/// Say why a test cannot be made here; a failure where nothing may be left out.
pub(crate) fn skipped(why: &str) {
    assert!(
        std::env::var_os("RPCTL_TEST_REQUIRE_ALL").is_none(),
        "skipped, and nothing may be: {why}"
    );
    eprintln!("skipped: {why}");
}

/// How often something is to be tried: a variable says, for those with time.
pub(crate) fn rounds(variable: &str, usual: usize) -> usize {
    std::env::var(variable).map_or(usual, |rounds| rounds.parse().unwrap())
}

/// Tries the rounds of PID reuse, at most so many at once.
#[track_caller]
pub(crate) fn reuse_in_parts(most: usize, attempt: fn(usize)) {
    let mut left = rounds("RPCTL_TEST_REUSE_ROUNDS", 100);
    while left > 0 {
        let part = left.min(most);
        attempt(part);
        left -= part;
    }
}

/// Whether the tests run as root; says so where they do not.
pub(crate) fn is_root() -> bool {
    let is_root = nix::unistd::geteuid().is_root();
    if !is_root {
        skipped("this needs root");
    }
    is_root
}

/// Whether a program is installed; says so where it is not.
pub(crate) fn is_installed(program: &str) -> bool {
    let is_installed = std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
    });
    if !is_installed {
        skipped(&format!("{program} is not installed"));
    }
    is_installed
}

/// The Python environment; says so where there is none.
pub(crate) fn python_env() -> Option<PathBuf> {
    let directory = std::env::var_os("RPCTL_TEST_PYTHON_ENV");
    if directory.is_none() {
        skipped("RPCTL_TEST_PYTHON_ENV is not set");
    }
    directory.map(PathBuf::from)
}
