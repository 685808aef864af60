//! The integration tests: one binary, one module a subject.
//!
//! Every process, socket and namespace is a real one. A test that needs another
//! program, or root, and does not find it says `skipped: …` and passes; where
//! `RPCTL_TEST_REQUIRE_ALL` is set, it fails instead.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and roles speak to the test that started them"
)]

mod checks;
mod control;
mod discovery;
mod endpoint;
mod exit_codes;
mod files;
mod generated;
mod handle;
mod identity;
mod layering;
mod manual;
mod readme;
mod responder;
mod schema;
mod several;
mod spawn_self;
mod support;
mod waiting;
mod wild;
